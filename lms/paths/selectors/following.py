"""Whether the rules keep up with the people."""

from datetime import datetime

from django.db.models import Q

from lms.people.models import PersonChange
from lms.records.models import ConsumerPosition

FOLLOWER = "paths.follow_people"


def waiting_since() -> datetime | None:
    """Return since when a change of a person has not been followed; None when all have. Two queries."""
    place = ConsumerPosition.objects.filter(consumer=FOLLOWER).values_list("position", flat=True).first() or 0
    unread = PersonChange.objects.filter(Q(position=None) | Q(position__gt=place)).order_by("pk")
    return unread.values_list("at", flat=True).first()
