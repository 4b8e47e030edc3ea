"""Long work that can be trusted: shown while it runs, stopped, continued, taken back, and never half done.

A `Job` is a row. Workers do it in chunks, each chunk in one transaction with the place where the next begins, so that
a worker may be killed at any moment and any other goes on. What a kind of job does is a class under the `job_kind`
decorator of `registry` in the `job_kinds` module of the app that knows the subject; it is found at start.

Rooms of its own: `job_kinds` (of other apps), `registry` (the kinds, by name), `runner` (the part of `services` that
workers enter).
"""
