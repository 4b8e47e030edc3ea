"""What reaches people: notifications, their preferences, and the ledger of everything that is sent.

Something worth telling becomes a `Notification`, once for each event. What leaves Praxis is a row of a ledger before
it leaves: a `Delivery`, such as a digest here or a tip in a higher app. A worker claims rows, has their `Message`
composed, and hands them to a channel. The database is the truth; the broker only wakes workers.

Beside the usual rooms: `channels` holds one twin for each way to reach somebody, `ledgers` says how the messages of a
ledger are written, `message_commands` what words that people write to us in a chat do, and `registry` knows what
higher apps bring.
"""
