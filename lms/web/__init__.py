"""Pages composed from many apps: Today, My learning, Path, Lesson, My record, Settings, Manage, and the demo's sign-in.

Rooms of its own: `navigation` (what the bar shows), `lesson_page` and the like (what these pages show),
`keyset` (long lists by the page), `decisions` (what waits for an administrator), `audit_sentences`,
`views` (a folder, one module per page).
"""
