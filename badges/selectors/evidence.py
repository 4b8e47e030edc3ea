"""Evidence that its nominee wants everyone to see, as it goes into credentials."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q

from badges.models import Award, Evidence, Nomination
from badges.querysets import EvidenceQuerySet
from sandbox.models import SharedAttempt

LONGEST_NARRATIVE = 1000


def public_evidence_of(nomination: Nomination) -> Sequence[Evidence]:
    """Return what of a nomination everyone may see, in the order in which it was added; one query."""
    return list(_public().filter(nomination=nomination))


def results_among(pieces: Iterable[Evidence]) -> list[Evidence]:
    """Return the measured results of some evidence that reviewers can see, and so confirm when they accept."""
    hidden = Evidence.Visibility.PRIVATE
    return [each for each in pieces if each.kind == Evidence.Kind.RESULT and each.visibility != hidden]


def public_evidence_behind(awards: Iterable[Award]) -> dict[int, list[Evidence]]:
    """Return what everyone may see of the evidence behind awards, by their keys; one query, none without reviews."""
    reviewed = [award.pk for award in awards if award.source == Award.Source.REVIEW]
    found: dict[int, list[Evidence]] = {}
    if reviewed:
        for piece in _public().filter(nomination__award__in=reviewed).select_related("nomination"):
            found.setdefault(piece.nomination.award_id or 0, []).append(piece)
    return found


def _public() -> EvidenceQuerySet:
    """A copy of one's practice that was taken back is shown to nobody, whatever was said before."""
    shared = SharedAttempt.objects.filter(public_id=OuterRef("shared_copy"), revoked_at=None)
    rows: EvidenceQuerySet = Evidence.objects.public().filter(
        ~Q(kind=Evidence.Kind.PRACTICE) | Exists(shared)
    )
    return rows.order_by("pk")


def narrative_of(pieces: Iterable[Evidence]) -> str:
    """Return evidence in one text, a line for each piece."""
    return "\n".join(_line(piece) for piece in pieces)[:LONGEST_NARRATIVE]


def _line(piece: Evidence) -> str:
    said = " ".join(part for part in (piece.text, piece.url) if part)
    return f"{piece.title}: {said}" if said else piece.title
