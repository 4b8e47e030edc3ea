"""A person's way along a learning path: enrollment, answers, completed steps.

Rooms of its own: `progress` (pure: what is done, open, locked and why).
"""
