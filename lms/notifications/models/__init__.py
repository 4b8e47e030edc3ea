"""Rows about reaching people. `Delivery` is abstract: each thing that is sent has a ledger of its own."""

from lms.notifications.models.channels import ChannelLink, ChannelState, Suppression
from lms.notifications.models.deliveries import Delivery, Digest
from lms.notifications.models.notifications import Notification
from lms.notifications.models.preferences import DeliveryPreferences, TypePreference

__all__ = [
    "ChannelLink",
    "ChannelState",
    "Delivery",
    "DeliveryPreferences",
    "Digest",
    "Notification",
    "Suppression",
    "TypePreference",
]
