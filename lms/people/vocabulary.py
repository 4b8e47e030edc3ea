"""Codes that rules and files may use, as plain text; a test holds them equal to the choices of the models."""

EMPLOYMENT_TYPES = ("full_time", "part_time", "contract", "intern", "temporary")
STATUSES = ("prehire", "active", "on_leave", "suspended", "left")
SIGN_IN_STATUSES = frozenset({"active", "on_leave"})
