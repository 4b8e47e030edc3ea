"""Open Badges 3.0 on W3C Verifiable Credentials 2.0, as pure Python.

Nothing here knows a database, a clock, a setting or the network: moments and fetchers are arguments, and what comes
out is plain JSON. `credentials` builds, `guard` refuses what would be signed wrongly, `data_integrity` and `vc_jwt`
sign, `baking` puts the result into a picture, and `verifying` tells a stranger what is true about one.
"""
