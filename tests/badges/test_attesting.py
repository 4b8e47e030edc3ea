"""A manager's word: given once by somebody above, followed at once, taken back, and nothing else changes."""

from datetime import timedelta

import pytest

from badges.criteria import Condition, to_json
from badges.models import Attestation, Award
from badges.selectors.attesting import words_asked_about
from badges.services.attesting import take_word_back, vouch_for
from badges.services.erasing import forget_holder
from badges.services.following import follow_all_rules
from badges.services.rules import disable_rule, enable_rule, save_rule
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.people.models import ReportingLine
from lms.records.models import LearningRecord
from lms.records.services import deliver_to_all
from tests.badges.test_at_once import together

SEEN = "Checks each promise against the case."


@pytest.fixture
def asks(mei, noon):
    """Return a function that lets an achievement ask for a manager's word, on itself or on another one."""

    def ask(achievement, about=None, purpose="earn"):
        condition = Condition("manager_attested", (about or achievement).public_id)
        tree = to_json(condition)
        rule = save_rule(achievement=achievement, tree=tree, actor=mei, at=noon, purpose=purpose)
        return enable_rule(rule=rule, actor=mei, at=noon)

    return ask


@pytest.fixture
def ida(person_factory, ada, linus):
    """Ida manages Linus, and so Ada."""
    ida = person_factory("ida@larkfield.example", full_name="Ida Holm")
    ReportingLine.objects.create(manager=ida, report=linus, depth=1)
    ReportingLine.objects.create(manager=ida, report=ada, depth=2)
    return ida


@pytest.fixture
def say(prompt_craft, ada, linus, noon):
    """Return a function that lets Linus vouch for Ada; every part of it can be given."""

    def vouch(**facts):
        given = {"achievement": prompt_craft, "person": ada, "manager": linus, "statement": SEEN, "at": noon}
        return vouch_for(**{**given, **facts})

    return vouch


def nothing_was_said():
    return not (
        Attestation.objects.exists()
        or LearningRecord.objects.filter(verb="attested").exists()
        or AuditEntry.objects.filter(action="badges.vouch").exists()
    )


def test_a_word_awards_what_waits_for_it_without_waiting_for_the_round(ada, prompt_craft, asks, say, noon):
    asks(prompt_craft)

    say()
    deliver_to_all()

    award = Award.objects.get()
    assert (award.recipient, award.achievement, award.source) == (ada, prompt_craft, "rule")
    record = LearningRecord.objects.get(verb="attested")
    assert (record.actor, record.object_type, record.object_id) == (
        ada,
        "achievement",
        prompt_craft.public_id,
    )
    assert (record.object_title, record.object_version, record.at) == ("Prompt craft", "1", noon)


def test_the_ledger_and_the_audit_trail_say_that_it_was_given_and_not_what_was_said(
    ada, linus, prompt_craft, asks, say
):
    asks(prompt_craft)

    say()

    entry = AuditEntry.objects.get(action="badges.vouch")
    assert (entry.actor, entry.object_type, entry.object_id) == (
        linus.as_actor,
        "people.user",
        str(ada.public_id),
    )
    assert entry.after == {"achievement": "Prompt craft"}
    record = LearningRecord.objects.get(verb="attested")
    assert (record.result, record.context) == ({}, {})


def test_a_word_on_one_achievement_opens_another_that_asks_for_it(achievement_factory, asks, say):
    craft, coach = achievement_factory("Craft"), achievement_factory("Coach")
    asks(coach, about=craft)

    say(achievement=craft)
    deliver_to_all()

    assert [award.achievement for award in Award.objects.all()] == [coach]


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("bruno", "Only somebody above Ada Okafor can vouch for them."),
        ("ada", "Only somebody above Ada Okafor can vouch for them."),
        ("mei", "Only somebody above Ada Okafor can vouch for them."),
    ],
)
def test_only_somebody_above_a_person_vouches_for_them(request, prompt_craft, asks, say, bruno, who, told):
    asks(prompt_craft)

    with pytest.raises(ActionRefused) as refused:
        say(manager=request.getfixturevalue(who))

    assert refused.value.message == told
    assert nothing_was_said()


def test_nobody_vouches_for_themselves_even_in_a_circle_of_managers(ada, prompt_craft, asks, say):
    asks(prompt_craft)
    ReportingLine.objects.create(manager=ada, report=ada, depth=2)

    with pytest.raises(ActionRefused):
        say(manager=ada)

    assert nothing_was_said()


@pytest.mark.parametrize("status", ["left", "suspended", "prehire"])
def test_nothing_is_said_about_somebody_who_does_not_work_here(ada, prompt_craft, asks, say, status):
    asks(prompt_craft)
    type(ada).objects.filter(pk=ada.pk).update(status=status)

    with pytest.raises(ActionRefused) as refused:
        say()

    assert refused.value.message == "Ada Okafor does not work here now. Nothing new is said about them."
    assert nothing_was_said()


def test_a_word_that_no_rule_asks_for_is_refused(prompt_craft, asks, say, mei, noon):
    disable_rule(rule=asks(prompt_craft), actor=mei, at=noon)

    with pytest.raises(ActionRefused) as refused:
        say()

    assert refused.value.message == "No rule asks for your word on “Prompt craft” now."
    assert nothing_was_said()


@pytest.mark.parametrize(
    ("statement", "told"),
    [("  ", "Say in a few words what you have seen them do."), ("x" * 501, "Shorten it to 500 characters.")],
)
def test_a_word_says_something_and_not_too_much(prompt_craft, asks, say, statement, told):
    asks(prompt_craft)

    with pytest.raises(ActionRefused) as refused:
        say(statement=statement)

    assert (refused.value.message, refused.value.field) == (told, "statement")
    assert nothing_was_said()


def test_the_second_manager_is_told_who_was_faster(linus, ida, prompt_craft, asks, say):
    asks(prompt_craft)
    say()

    with pytest.raises(ActionRefused) as refused:
        say(manager=ida, statement="I have seen it, too.")

    assert refused.value.message == (
        "Linus Berg vouched for Ada Okafor on 24 November 2026. One word is enough."
    )
    word = Attestation.objects.get()
    assert (word.attested_by, word.statement) == (linus, SEEN)
    assert LearningRecord.objects.filter(verb="attested").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_one_wins(ida, prompt_craft, asks, say):
    asks(prompt_craft)

    results = together(say, lambda: say(manager=ida))

    assert [
        each.message.partition(" vouched ")[2] for each in results if isinstance(each, ActionRefused)
    ] == ["for Ada Okafor on 24 November 2026. One word is enough."]
    assert Attestation.objects.count() == 1
    assert LearningRecord.objects.filter(verb="attested").count() == 1
    assert AuditEntry.objects.filter(action="badges.vouch").count() == 1


# Taking it back


def test_a_word_that_was_taken_back_awards_nothing(ada, linus, prompt_craft, asks, say, noon):
    asks(prompt_craft)
    word = say()

    take_word_back(word=word, actor=linus, at=noon)
    deliver_to_all()
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert not Attestation.objects.exists()
    assert not Award.objects.exists()
    entry = AuditEntry.objects.get(action="badges.take_word_back")
    assert (entry.actor, entry.object_id) == (linus.as_actor, str(ada.public_id))


def test_what_a_word_has_awarded_stays_when_it_is_taken_back(linus, prompt_craft, asks, say, noon):
    asks(prompt_craft)
    word = say()
    deliver_to_all()

    take_word_back(word=word, actor=linus, at=noon)
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert Award.objects.get().state == "issued"


def test_a_rule_to_keep_it_warns_its_holder_once_the_word_is_taken_back(linus, awarded, asks, say, noon):
    asks(awarded.achievement, purpose="keep")
    take_word_back(word=say(), actor=linus, at=noon)

    follow_all_rules(at=noon, goes_on=lambda: True)

    awarded.refresh_from_db()
    assert awarded.lapses_at == noon + timedelta(days=30)


def test_nobody_takes_back_the_word_of_somebody_else(ida, prompt_craft, asks, say, noon):
    asks(prompt_craft)
    word = say()

    with pytest.raises(ActionRefused) as refused:
        take_word_back(word=word, actor=ida, at=noon)

    assert refused.value.message == (
        "While they are above the person, only whoever gave their word takes it back. Nothing has changed."
    )
    assert Attestation.objects.get() == word
    assert not AuditEntry.objects.filter(action__startswith="badges.take").exists()


@pytest.fixture
def word(prompt_craft, asks, say):
    """Linus has vouched for Ada."""
    asks(prompt_craft)
    return say()


def moved(ada, linus, how):
    """Let Linus be above Ada no more."""
    if how == "moved":
        ReportingLine.objects.filter(manager=linus, report=ada).delete()
    elif how == "left":
        type(linus).objects.filter(pk=linus.pk).update(status="left", is_active=False)
    elif how == "forgotten":
        Attestation.objects.update(attested_by=None)


@pytest.mark.parametrize("how", ["moved", "left", "forgotten"])
@pytest.mark.parametrize("who", ["ida", "mei"])
def test_once_who_gave_it_is_above_no_more_who_is_and_administrators_take_it_back(
    request, ada, linus, ida, word, noon, how, who
):
    actor = request.getfixturevalue(who)
    moved(ada, linus, how)

    take_word_back(word=word, actor=actor, at=noon)
    deliver_to_all()
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert not Attestation.objects.exists()
    assert not Award.objects.exists()
    entry = AuditEntry.objects.get(action="badges.take_back_word_of_another")
    assert (entry.actor, entry.object_id, entry.after) == (
        actor.as_actor,
        str(ada.public_id),
        {"achievement": "Prompt craft"},
    )
    assert LearningRecord.objects.filter(verb="attested").count() == 1  # it was given, and stays so


@pytest.mark.parametrize("who", ["ada", "bruno", "grace", "radia"])
def test_nobody_else_takes_it_back_even_then(request, ada, linus, ida, word, noon, who):
    moved(ada, linus, "moved")

    with pytest.raises(ActionRefused):
        take_word_back(word=word, actor=request.getfixturevalue(who), at=noon)

    assert Attestation.objects.get() == word
    assert not AuditEntry.objects.filter(action__startswith="badges.take").exists()


def test_an_administrator_leaves_alone_what_is_said_of_them_and_what_its_giver_can_take_back(
    ada, linus, mei, ida, word, noon
):
    with pytest.raises(ActionRefused):
        take_word_back(word=word, actor=mei, at=noon)
    Attestation.objects.update(person=mei)

    with pytest.raises(ActionRefused):
        take_word_back(word=Attestation.objects.get(), actor=mei, at=noon)

    assert Attestation.objects.count() == 1


def test_who_gave_it_takes_it_back_after_they_have_moved_too(ada, linus, word, noon):
    moved(ada, linus, "moved")

    take_word_back(word=word, actor=linus, at=noon)

    assert not Attestation.objects.exists()
    assert AuditEntry.objects.filter(action="badges.take_word_back").count() == 1


def test_taking_back_twice_is_written_down_once(linus, prompt_craft, asks, say, noon):
    asks(prompt_craft)
    word = say()
    take_word_back(word=Attestation.objects.get(), actor=linus, at=noon)

    with pytest.raises(ActionRefused):
        take_word_back(word=word, actor=linus, at=noon)

    assert AuditEntry.objects.filter(action="badges.take_word_back").count() == 1


# Renewing


def test_a_renewal_takes_a_word_said_since_its_window_opened(linus, ida, awarded, asks, say, noon):
    craft, opened = awarded.achievement, noon + timedelta(days=320)
    asks(craft, purpose="renew")
    say()
    follow_all_rules(at=opened, goes_on=lambda: True)
    awarded.refresh_from_db()
    assert awarded.cycle == 0
    assert [each.is_outdated for each in words_asked_about(awarded.recipient, at=opened)] == [True]

    say(manager=ida, statement="She still does.", at=opened)
    follow_all_rules(at=opened, goes_on=lambda: True)

    awarded.refresh_from_db()
    assert (awarded.cycle, awarded.valid_from) == (1, opened)
    word = Attestation.objects.get()
    assert (word.attested_by, word.statement, word.at) == (ida, "She still does.", opened)
    with pytest.raises(ActionRefused):
        say(at=opened + timedelta(days=1))


# What is asked for


def test_what_is_asked_for_tells_nothing_about_what_the_person_has_done(
    ada, bruno, awarded, asks, noon, achievement_factory
):
    asks(awarded.achievement)
    asks(achievement_factory("Another"))

    of_each = [
        [(str(each.achievement), each.is_needed) for each in words_asked_about(person, at=noon)]
        for person in (ada, bruno)
    ]

    assert of_each == [[("Another", True), ("Prompt craft", True)]] * 2


def test_what_is_asked_for_costs_the_same_for_one_achievement_and_for_fifty(
    ada, achievement_factory, asks, noon, django_assert_num_queries
):
    asks(achievement_factory())
    with django_assert_num_queries(3):
        words_asked_about(ada, at=noon)
    for _number in range(49):
        asks(achievement_factory())

    with django_assert_num_queries(3):
        assert len(words_asked_about(ada, at=noon)) == 50


# Forgetting


def test_what_was_said_about_a_forgotten_person_is_gone(ada, mei, prompt_craft, asks, say, noon):
    asks(prompt_craft)
    say()

    forget_holder(person=ada, actor=mei, at=noon)

    assert not Attestation.objects.exists()


def test_what_a_forgotten_manager_said_stays_without_their_name(linus, mei, prompt_craft, asks, say, noon):
    asks(prompt_craft)
    say()

    forget_holder(person=linus, actor=mei, at=noon)

    word = Attestation.objects.get()
    assert (word.attested_by, word.statement) == (None, SEEN)
