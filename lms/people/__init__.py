"""Who works here: users, employment history, units, job roles, audiences, what each persona may do, people sync.

Rooms of its own: `permissions` (predicates), `audience_rules` (pure), `hr_export` (parsing, pure),
`adapters` (allauth).
"""
