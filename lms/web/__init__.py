"""Pages composed from many apps: Today, My learning, Path, Lesson, My record, Settings, and the demo's sign-in.

Rooms of its own: `navigation` (what the bar shows), `lesson_page` and `path_page` (what these pages show),
`views` (a folder, one module per page).
"""
