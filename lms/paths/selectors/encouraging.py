"""What managers say to a person."""

from collections.abc import Collection
from dataclasses import dataclass

from lms.paths.library import Library, PathOutline
from lms.paths.models import Encouragement, Enrollment
from lms.people.models import User

WORDS_READ = 20


@dataclass(frozen=True)
class Word:
    """A reminder or thanks, as its recipient reads it."""

    said: Encouragement
    enrollment: Enrollment
    path: PathOutline

    @property
    def is_reminder(self) -> bool:
        """Whether it asks for something; it thanks otherwise."""
        return self.said.kind == Encouragement.Kind.NUDGE


def unseen_words(person: User, enrollments: Collection[Enrollment], shelf: Library) -> list[Word]:
    """Return what a person has not put away yet, newest first; one query.

    Of several reminders of the same path only the latest, and none of a path that is done or no longer required.

    Args:
        person: The recipient.
        enrollments: What they are on now.
        shelf: The library, read after the enrollments.
    """
    said = Encouragement.objects.filter(recipient=person, seen_at=None).select_related("sender", "enrollment")
    reminded_of = {each.pk for each in enrollments if each.is_required and each.completed_at is None}
    words = []
    for each in said[:WORDS_READ]:
        word = Word(each, each.enrollment, shelf.paths[each.enrollment.path_id])
        if word.is_reminder:
            if each.enrollment_id not in reminded_of:
                continue
            reminded_of.remove(each.enrollment_id)
        words.append(word)
    return words
