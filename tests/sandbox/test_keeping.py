"""What stays, what goes, and what is shared on purpose."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from lms.core.errors import ActionRefused
from sandbox.definitions import Span
from sandbox.models import Attempt, PromptTemplate, Review, Run, SharedAttempt
from sandbox.services.keeping import (
    CopyRefused,
    forget_attempt,
    note_use,
    placeholders_in,
    remove_old_text,
    revoke_copy,
    save_template,
    set_keeping,
    share_run,
)
from sandbox.services.reviewing import review_run
from tests.sandbox.exercises import PROMPT


@pytest.fixture
def reviewed(tried, noon):
    """An attempt of Ada's whose planted answer she has reviewed."""
    run = tried().runs[0]
    start = run.answer.index("A refund")
    review_run(run=run, marks=[Span(start, start + 27)], at=noon)
    return run


def texts():
    return (
        set(Attempt.objects.values_list("prompt", flat=True)),
        set(Run.objects.values_list("answer", flat=True)),
        [review.marks for review in Review.objects.all()],
    )


def test_after_ninety_days_the_text_goes_and_the_scores_stay(reviewed, noon):
    assert remove_old_text(now=noon + timedelta(days=90)) == 0
    assert remove_old_text(now=noon + timedelta(days=90, seconds=1)) == 1

    assert texts() == ({""}, {""}, [[]])
    assert Attempt.objects.get().prompt_score == 90
    assert Review.objects.get().score == 100
    assert PROMPT.split()[0] not in str(Attempt.objects.get().feedback["criteria"][0]["evidence"])
    assert remove_old_text(now=noon + timedelta(days=91)) == 0


def test_who_keeps_only_scores_loses_the_text_at_once(reviewed, ada, noon):
    set_keeping(learner=ada, keeps_text=False, at=noon)

    assert texts() == ({""}, {""}, [[]])


def test_what_comes_later_goes_within_the_day(ada, tried, noon):
    set_keeping(learner=ada, keeps_text=False, at=noon)
    tried()

    assert remove_old_text(now=noon + timedelta(hours=11)) == 0
    assert remove_old_text(now=noon + timedelta(hours=13)) == 1


def test_the_text_of_others_stays(reviewed, bruno, noon):
    set_keeping(learner=bruno, keeps_text=False, at=noon)

    assert Attempt.objects.get().prompt == PROMPT


def test_an_attempt_can_be_deleted_and_one_under_way_cannot(reviewed, tried, model):
    forget_attempt(attempt=reviewed.attempt)
    waiting = tried(providers=[model]).attempt

    with pytest.raises(ActionRefused, match="Stop it first"):
        forget_attempt(attempt=waiting)

    assert list(Attempt.objects.all()) == [waiting]


def test_a_copy_is_frozen_and_read_by_the_guard_once_more(reviewed, noon):
    with pytest.raises(CopyRefused):
        share_run(run=reviewed, prompt=PROMPT, answer="Ask Mrs Rosalind Harper.", note="", at=noon)

    copy = share_run(run=reviewed, prompt=PROMPT, answer=reviewed.answer, note="Check quotes.", at=noon)
    forget_attempt(attempt=reviewed.attempt)
    copy.refresh_from_db()

    assert (copy.prompt, copy.note, copy.run) == (PROMPT, "Check quotes.", None)
    assert copy.scores == {"prompt": 90, "outcome": 50, "review": 100}


def test_a_copy_taken_back_is_empty(reviewed, noon):
    copy = share_run(run=reviewed, prompt=PROMPT, answer=reviewed.answer, note="n", at=noon)

    revoke_copy(copy=copy, at=noon)
    revoke_copy(copy=copy, at=noon + timedelta(days=1))

    assert SharedAttempt.objects.values_list("prompt", "answer", "note", "revoked_at").get() == (
        "",
        "",
        "",
        noon,
    )


def test_a_template_knows_its_placeholders_and_its_uses(ada, noon):
    template = save_template(
        owner=ada, title=" Hand  over ", body="Sum up {{ case }} for {{reader}} and {{case}}.", at=noon
    )
    note_use(template=template, minutes_saved=-5, on=noon.date())

    assert template.title == "Hand over"
    assert placeholders_in(template.body) == ["case", "reader"]
    assert list(template.uses.values_list("minutes_saved", flat=True)) == [-5]


@pytest.mark.parametrize(("title", "body"), [("", "text"), ("title", " "), ("title", "x" * 12_001)])
def test_a_template_without_name_or_text_is_refused(ada, noon, title, body):
    with pytest.raises(ActionRefused):
        save_template(owner=ada, title=title, body=body, at=noon)

    assert not PromptTemplate.objects.exists()


def test_hours_saved_that_nobody_saves_are_refused(ada, noon):
    template = save_template(owner=ada, title="t", body="b", at=noon)

    with pytest.raises(ActionRefused):
        note_use(template=template, minutes_saved=481, on=noon.date())


def test_erasing_a_person_erases_their_practice(reviewed, ada):
    Attempt.objects.filter(learner=ada).delete()

    assert not Run.objects.exists()
    assert not Review.objects.exists()


def test_no_fixture_or_dump_command_of_ours_writes_practice(reviewed, capsys):
    call_command("dumpdata", "records")

    assert PROMPT not in capsys.readouterr().out
