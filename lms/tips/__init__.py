"""The weekly tip: authored in Wagtail, chosen for each person by rules that can be told, sent once a week.

`choosing` and `recall` decide and are pure; `shares` says what may be told of a number of people; `tip_files` reads
tips from files. `services.planning` writes the rows of a week, `messages` and `ledgers` what they say, and
`services.answering` hears what people answer inside them. What authors see is in `cms`, a room of its own: views of
Wagtail are classes with manners of their own, and `wagtail_hooks` registers them.
"""
