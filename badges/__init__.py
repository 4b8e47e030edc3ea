"""Credentials that mean something: achievements, rules, awards, and the files that anyone can verify.

Beside the usual rooms: `ob3` is Open Badges 3.0 as pure functions, `ob2` the older form; `drawing` draws a badge, its
words by `lettering`; `criteria` are the rules of an achievement on plain facts; `signing_keys` hands out signers.
"""
