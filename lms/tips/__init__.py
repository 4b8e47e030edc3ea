"""The weekly tip: authored in Wagtail, chosen for each person by rules that can be told, sent once a week.

`choosing` and `recall` decide and are pure. `services.planning` writes the rows of a week, `messages` and `ledgers`
what they say, and `services.answering` hears what people answer inside them.
"""
