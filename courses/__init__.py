"""What authors write in Wagtail: micro-lessons and learning paths, and the starter content as files.

Rooms of its own: `blocks` (a folder of twins, one lesson block each), `lesson_files` (parsing, pure, with
`front_matter`, `lesson_body`, `markdown` and `file_problems` below it), `reading` (minutes, pure),
`rendering` (a lesson body, once per revision), `guards` (why a page must stay, in words), `cms_widgets` and
`draft_form` (Wagtail's editor, adapted), `content` (the starter files themselves).
"""
