"""The ledger: append-only learning records and the consumers that read them.

Producers call `services.record_learning` inside their own transaction. An app that wants to react puts a
function with the `consumer` decorator of `registry` into its `consumers` module; it is found at start.
Delivery is at least once, in order, replayable.

Rooms of its own: `registry` (the consumers, by name).
"""
