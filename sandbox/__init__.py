"""A private place to try prompts on the real tasks of one's role.

Rooms that only this app has: `guard` (what may leave, and what is replaced before it does), `rubric` (what a prompt
shows and lacks), `checks` (what holds of an answer), `review` (whether the learner found what is wrong with it),
`comparison` (two attempts side by side), `providers` (models behind one protocol), `embedded` (the model that runs on
this machine) and `streaming` (answers as they come). The first five are pure: text in, findings out.
"""
