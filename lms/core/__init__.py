"""The ground floor: errors, audit trail, sealing, security headers. Knows no product word and imports no other app.

Rooms of its own: `sealing` (numbers committed rows in order), `content_security_policy` (one middleware).
"""
