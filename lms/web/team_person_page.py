"""One person as their manager sees them: what is required, what became of it, and what the manager may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from badges.selectors.attesting import WordAsked, words_asked_about
from lms.paths.models import Encouragement, Enrollment
from lms.paths.selectors import RequiredPath, nudges_this_week, required_history, required_paths
from lms.people.models import User
from lms.people.selectors import today_of
from lms.web.team_page import REMINDABLE
from lms.web.team_words import PathLine, change_text, path_line, why_required


@dataclass(frozen=True)
class Happened:
    """One thing that happened to an enrollment, on a day where the person lives."""

    on: date
    text: str


@dataclass(frozen=True)
class Round:
    """An earlier time that a path was taken.

    Attributes:
        completed_on: None when it was not completed.
        expires_on: Last day on which it counted; None for ever.
    """

    number: int
    completed_on: date | None
    expires_on: date | None
    changes: list[Happened]


@dataclass(frozen=True)
class PathCard:
    """One required path with its history.

    Attributes:
        line: None when the path is required no longer; then only earlier rounds are shown.
        thanked_on: When this manager thanked for it; None if they have not.
    """

    title: str
    enrollment: Enrollment
    line: PathLine | None
    why: str
    changes: list[Happened]
    earlier: list[Round]
    thanked_on: date | None
    can_be_reminded: bool

    @property
    def is_open(self) -> bool:
        """Whether there is something to do, and so something to extend."""
        return self.line is not None and self.enrollment.is_open

    @property
    def can_be_thanked(self) -> bool:
        """Whether it is complete and this manager has not thanked for it."""
        return self.line is not None and not self.enrollment.is_open and self.thanked_on is None


@dataclass(frozen=True)
class WordLine:
    """One achievement on which the manager may give their word, or somebody has.

    Attributes:
        given_on: Where the person lives; None while nobody has.
        is_own: Whether this manager gave it.
        can_be_taken_back: Whether this manager may do so: it is theirs, or whoever gave it is above the person no more.
    """

    asked: WordAsked
    given_on: date | None
    is_own: bool
    can_be_taken_back: bool


@dataclass(frozen=True)
class TeamPersonPage:
    """All that the page shows.

    Attributes:
        words: On what rules ask for the word of somebody above the person, or asked for it once.
        nudge: This week's reminder; None without one.
        reminded_on: Its day, where the person lives.
    """

    person: User
    cards: list[PathCard]
    words: list[WordLine]
    nudge: Encouragement | None
    reminded_on: date | None

    @property
    def is_away(self) -> bool:
        """Whether the person is on leave."""
        return self.person.status == User.Status.ON_LEAVE


def team_person_page(manager: User, person: User, now: datetime) -> TeamPersonPage:
    """Return what a manager sees of one person below them; seven queries, and those of `words_asked_about`.

    Args:
        manager: Who looks.
        person: Someone below them, with role, unit and manager.
        now: The present.
    """
    history = required_history(manager, person)
    current = {path.enrollment.pk: path for path in required_paths(manager, [person], now)[person.pk]}
    nudge = nudges_this_week([person], now).get(person.pk)
    thanks = {
        word.enrollment_id: word
        for word in Encouragement.objects.filter(
            kind=Encouragement.Kind.RECOGNITION, sender=manager, enrollment__in=current
        )
    }
    by_path: dict[int, list[Enrollment]] = {}
    for enrollment in history:
        enrollment.learner = person
        by_path.setdefault(enrollment.path_id, []).append(enrollment)
    may_remind = nudge is None and person.status == User.Status.ACTIVE
    cards = [_card(person, rounds, current, thanks, may_remind=may_remind) for rounds in by_path.values()]
    order = {pk: rank for rank, pk in enumerate(current)}
    cards.sort(key=lambda card: order.get(card.enrollment.pk, len(order)))
    words = [_word(manager, person, each) for each in words_asked_about(person, at=now)]
    return TeamPersonPage(person, cards, words, nudge, today_of(person, nudge.at) if nudge else None)


def _word(manager: User, person: User, asked: WordAsked) -> WordLine:
    word = asked.word
    given_on = today_of(person, word.at) if word else None
    is_own = bool(word and word.attested_by_id == manager.pk)
    return WordLine(asked, given_on, is_own, is_own or bool(word and not word.giver_is_above))


def _card(
    person: User,
    rounds: Sequence[Enrollment],
    current: dict[int, RequiredPath],
    thanks: dict[int, Encouragement],
    *,
    may_remind: bool,
) -> PathCard:
    newest, earlier = rounds[0], rounds[1:]
    path = current.get(newest.pk)
    thanked = thanks.get(newest.pk)
    return PathCard(
        title=path.title if path else newest.path.title,
        enrollment=newest,
        line=path_line(path) if path else None,
        why=why_required(newest),
        changes=_changes(person, newest) if path else [],
        earlier=[_round(person, each) for each in (earlier if path else rounds)],
        thanked_on=today_of(person, thanked.at) if thanked else None,
        can_be_reminded=bool(may_remind and path and path.standing in REMINDABLE),
    )


def _round(person: User, enrollment: Enrollment) -> Round:
    at = enrollment.completed_at
    return Round(
        enrollment.cycle,
        today_of(person, at) if at else None,
        enrollment.expires_on,
        _changes(person, enrollment),
    )


def _changes(person: User, enrollment: Enrollment) -> list[Happened]:
    said = [(change.at, change_text(change)) for change in enrollment.changes.all()]
    return [Happened(today_of(person, at), text) for at, text in said if text]
