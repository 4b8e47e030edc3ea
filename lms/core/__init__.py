"""The ground floor: errors, audit trail, sealing, security headers.

It knows no product word and imports no other app.

Rooms of its own: `sealing` (numbers committed rows in order), `audit` (the hash chain), `append_only` (a
migration operation that protects a table in the database itself), `content_security_policy` (one middleware).
"""
