"""The credentials of one person as their record shows them: held, in reach, over."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from badges.models import Achievement, Attestation, Award, Nomination
from badges.selectors.attesting import words_about
from badges.selectors.awards import InProgress, credentials_of
from badges.selectors.nominations import nominations_of, open_to_nominations
from badges.selectors.trying_out import Things, things_in
from lms.people.models import User
from lms.web.credential_upkeep import Upkeep, upkeep_of
from lms.web.credential_words import own_lack_texts
from lms.web.nomination_page import Card as NominationCard
from lms.web.nomination_page import own_card
from lms.web.verify_page import state_of


@dataclass(frozen=True)
class HeldCard:
    """One that was awarded.

    Attributes:
        upkeep: What its holder does to renew it, or not to lose it.
    """

    award: Award
    state: str
    pill: str
    upkeep: list[Upkeep]


@dataclass(frozen=True)
class ReachCard:
    """One that somebody has begun to earn.

    Attributes:
        achievement: What it is.
        progress: Such as "2 of 3 done".
        missing: What is still to do, in words.
    """

    achievement: Achievement
    progress: str
    missing: list[str]


@dataclass(frozen=True)
class CredentialCards:
    """All of them.

    Attributes:
        words: What managers have said about the person, the newest first.
    """

    held: list[HeldCard]
    past: list[HeldCard]
    in_reach: list[ReachCard]
    to_be_put_forward_for: list[Achievement]
    waiting: list[NominationCard]
    words: list[Attestation]


def credential_cards(person: User, at: datetime) -> CredentialCards:
    """Return what a person holds and could earn, in words; at most ten queries, and those of `upkeep_of`."""
    credentials = credentials_of(person, at=at)
    cards = [own_card(each) for each in nominations_of(person)]
    held = {award.achievement_id for award in credentials.held if not award.can_be_renewed_at(at)}
    not_again = held | {
        each.nomination.achievement_id for each in cards if each.nomination.state in Nomination.OPEN
    }
    things = things_in([missing for each in credentials.in_progress for missing in each.outcome.missing])
    upkeep = upkeep_of([*credentials.held, *credentials.past], at=at)
    return CredentialCards(
        held=[HeldCard(award, *state_of(award, at), upkeep.get(award.pk, [])) for award in credentials.held],
        past=[HeldCard(award, *state_of(award, at), upkeep.get(award.pk, [])) for award in credentials.past],
        in_reach=[_reach(each, things) for each in credentials.in_progress],
        to_be_put_forward_for=[each for each in open_to_nominations() if each.pk not in not_again],
        waiting=[card for card in cards if _goes_on(card)],
        words=list(words_about(person)),
    )


def _goes_on(card: NominationCard) -> bool:
    """Return whether somebody still has to act: the nominee, or the reviewers whom they wait for."""
    is_with_reviewers = card.nomination.state == Nomination.State.SUBMITTED
    return card.nomination.award_id is None and (bool(card.next_step) or is_with_reviewers)


def _reach(each: InProgress, things: Things) -> ReachCard:
    progress = _("%(done)s of %(needed)s done") % {"done": each.outcome.done, "needed": each.outcome.needed}
    return ReachCard(each.achievement, progress, own_lack_texts(each.outcome.missing, things))
