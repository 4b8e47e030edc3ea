"""What people are told of their credentials: once for each event, and to them alone."""

from datetime import timedelta

import pytest

from badges.models import Award, CriteriaRule
from badges.services.awarding import award_achievement
from badges.services.evidence import add_evidence
from badges.services.following import follow_all_rules
from badges.services.nominating import nominate, submit_nomination
from badges.services.reminding import remind_of_expiry
from badges.services.revoking import revoke_award
from lms.notifications.models import Notification

pytestmark = pytest.mark.django_db


def told(person=None):
    rows = Notification.objects.order_by("pk")
    if person is not None:
        rows = rows.filter(recipient=person)
    return [(row.type, row.title) for row in rows]


def test_whoever_is_awarded_something_is_told_once(ada, prompt_craft, noon):
    for _ in range(2):
        award_achievement(achievement=prompt_craft, recipient=ada, at=noon, source=Award.Source.RULE)

    assert told(ada) == [("badges.awarded", "You hold “Prompt craft” now")]
    assert Notification.objects.get().path == f"/verify/{Award.objects.get().public_id}/"


def test_reminders_come_at_sixty_thirty_seven_and_no_days_once_each(awarded, ada, noon):
    award = awarded
    Award.objects.update(valid_until=noon + timedelta(days=60))
    Notification.objects.all().delete()

    for day in range(62):
        for _ in range(2):
            remind_of_expiry(at=noon + timedelta(days=day))

    titles = [title for kind, title in told(ada) if kind == "badges.expiring"]
    assert titles == [
        f"“{award.version.name}” expires within 60 days",
        f"“{award.version.name}” expires within 30 days",
        f"“{award.version.name}” expires within 7 days",
        f"“{award.version.name}” expires today",
    ]


def test_whoever_loses_something_reads_the_reason_for_everyone(awarded, ada, grace, noon):
    award = awarded

    revoke_award(
        award=award, actor=grace, at=noon, code="mistake", public_text="Awarded twice.", private_note="mix-up"
    )

    kind, title = told(ada)[-1]
    assert (kind, title) == ("badges.revoked", f"“{award.version.name}” was revoked")
    assert Notification.objects.get(type="badges.revoked").text == "Awarded twice."


def test_whoever_no_longer_meets_a_rule_is_warned_once(awarded, ada, noon, lesson_factory):
    award = awarded
    tree = {"lesson_mastered": {"id": str(lesson_factory().uuid)}}
    CriteriaRule.objects.create(
        achievement=award.achievement, purpose="keep", tree=tree, is_enabled=True, notice_days=30
    )

    for hour in (1, 2):
        follow_all_rules(at=noon + timedelta(hours=hour), goes_on=lambda: True)

    assert [title for kind, title in told(ada) if kind == "badges.lapsing"] == [
        f"“{award.version.name}” lapses unless you act"
    ]


def test_a_nominee_is_told_by_whom_and_nobody_else_is(coach, ada, linus, noon):
    nominate(achievement=coach, nominee=ada, nominated_by=linus, why="She does it daily.", at=noon)

    assert [(row.recipient, row.title) for row in Notification.objects.all()] == [
        (ada, f"{linus} puts you forward for “AI coach”")
    ]


def test_whoever_puts_themselves_forward_is_not_told_so(coach, ada, noon):
    nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I do it daily.", at=noon)

    assert told() == []


def test_reviewers_are_told_what_waits_but_not_of_themselves(coach, person_factory, link, noon):
    mary, dorothy = (person_factory(groups=("Reviewers",)) for _ in range(2))
    nomination = nominate(achievement=coach, nominee=mary, nominated_by=mary, why="I do.", at=noon)
    add_evidence(nomination=nomination, actor=mary, new=link, at=noon)

    submit_nomination(nomination=nomination, actor=mary, at=noon)

    assert [(row.recipient, row.title) for row in Notification.objects.all()] == [
        (dorothy, "A nomination for “AI coach” waits for review")
    ]


@pytest.mark.parametrize(
    ("decision", "title"),
    [
        ("return", "Reviewers ask for more about “AI coach”"),
        ("decline", "Reviewers declined “AI coach” this time"),
        ("accept", "You hold “AI coach” now"),
    ],
)
def test_the_nominee_is_told_what_reviewers_decide(submitted, decide, ada, person_factory, decision, title):
    decide(submitted, person_factory(groups=("Reviewers",)), decision)

    assert [each for _kind, each in told(ada)] == [title]
