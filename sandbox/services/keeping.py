"""What a learner keeps on purpose: templates, frozen copies that others may read, and how long the rest stays."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.people.models import User
from sandbox.definitions import Definition
from sandbox.models import (
    Attempt,
    PracticeSettings,
    PromptTemplate,
    Review,
    Run,
    SecondOpinion,
    SharedAttempt,
    TemplateUse,
)
from sandbox.services.guarding import Look, look_at
from sandbox.storable import storable

KEPT_FOR = timedelta(days=90)
PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")
MOST_TEMPLATES = 500
REMOVED_AT_ONCE = 500


class CopyRefused(ActionRefused):
    """The copy holds something that must not be shared."""

    def __init__(self, look: Look) -> None:
        """Keep what was found, for the page."""
        super().__init__(
            _("Your copy still holds private data. Replace what is marked, then share it."), field="prompt"
        )
        self.look = look


def placeholders_in(body: str) -> list[str]:
    """Return the names of the placeholders of a template, each once, in order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(body)))


@transaction.atomic
def save_template(
    *,
    owner: User,
    title: str,
    body: str,
    at: datetime,
    attempt: Attempt | None = None,
    template: PromptTemplate | None = None,
) -> PromptTemplate:
    """Keep a prompt as a template, new or changed.

    Raises:
        ActionRefused: It has no title or no text, or the library is full.
    """
    title, body = " ".join(storable(title).split()), storable(body).strip()
    if not title:
        raise ActionRefused(_("Give the template a name that you will find it by."), field="title")
    if not body or len(body) > 12_000:
        raise ActionRefused(_("A template needs a text of at most 12,000 characters."), field="body")
    if template is None:
        if PromptTemplate.objects.visible_to(owner).count() >= MOST_TEMPLATES:
            raise ActionRefused(_("Your library has 500 templates. Delete one that you do not use any more."))
        template = PromptTemplate(owner=owner, exercise=attempt.exercise if attempt else None, made_at=at)
    template.title, template.body, template.changed_at = title[:200], body, at
    template.save()
    return template


def note_use(*, template: PromptTemplate, minutes_saved: int, on: date) -> TemplateUse:
    """Note a use of a template at work.

    Raises:
        ActionRefused: More than eight hours.
    """
    if not -480 <= minutes_saved <= 480:
        raise ActionRefused(_("Write minutes between -480 and 480."), field="minutes_saved")
    return TemplateUse.objects.create(template=template, minutes_saved=minutes_saved, used_on=on)


def share_run(
    *, run: Run, prompt: str, answer: str, note: str, at: datetime, accepted: frozenset[str] = frozenset()
) -> SharedAttempt:
    """Freeze a copy of an attempt that its learner previewed; the guard reads it once more.

    Args:
        run: The answer, of the learner who shares it.
        prompt: As previewed; parts may have been taken out.
        answer: As previewed.
        note: What they learned, in their words.
        at: Moment of sharing.
        accepted: Digests of values that the learner called fictional.

    Raises:
        CopyRefused: It holds private data.
        ActionRefused: It is empty, or longer than what it is a copy of.
        GuardUnavailable: It could not be looked at.
    """
    attempt = run.attempt
    prompt, answer, note = storable(prompt), storable(answer), storable(note)
    if not prompt.strip() or not answer.strip():
        raise ActionRefused(_("A copy needs the prompt and the answer."), field="prompt")
    if len(note) > 2_000 or len(prompt) > 12_000 or len(answer) > 60_000:
        raise ActionRefused(_("Shorten the copy: it is longer than what you tried."), field="note")
    definition = Definition.from_json(attempt.rubric.definition)
    text = "\n\n".join([prompt, answer, note])
    look = look_at(text=text, material=definition.released_text, providers=[])
    open_warnings = [
        each for each in look.inspection.warnings if look.inspection.digest_of(each) not in accepted
    ]
    if look.inspection.is_blocked or open_warnings:
        raise CopyRefused(look)
    review = getattr(run, "review", None)
    return SharedAttempt.objects.create(
        learner=attempt.learner,
        exercise=attempt.exercise,
        run=run,
        title=attempt.exercise.title,
        prompt=prompt.strip(),
        answer=answer.strip(),
        note=note.strip(),
        # Scores are of what was tried; what was changed for the copy carries none.
        scores={}
        if (prompt.strip(), answer.strip()) != (attempt.prompt.strip(), run.answer.strip())
        else {
            "prompt": attempt.prompt_score,
            "outcome": run.outcome_score,
            "review": review.score if review else None,
        },
        shared_at=at,
    )


@transaction.atomic
def revoke_copy(*, copy: SharedAttempt, at: datetime) -> None:
    """Take a shared copy back: its text is gone, that it was shared stays. Doing it twice changes nothing."""
    if copy.revoked_at is None:
        copy.prompt = copy.answer = copy.note = ""
        copy.scores, copy.run, copy.revoked_at = {}, None, at
        copy.save()


@transaction.atomic
def set_keeping(*, learner: User, keeps_text: bool, at: datetime) -> None:
    """Set whether a person's prompts and answers are kept; those that are there go at once when they are not."""
    PracticeSettings.objects.update_or_create(learner=learner, defaults={"keeps_text": keeps_text})
    if not keeps_text:
        own = Attempt.objects.visible_to(learner).filter(text_removed_at=None)
        _remove_text(list(_at_rest(own).values_list("pk", flat=True)), at)


@transaction.atomic
def forget_attempt(*, attempt: Attempt) -> None:
    """Delete an attempt with its answers and reviews; what the ledger knows, a score and an id, stays.

    Raises:
        ActionRefused: An answer is still coming, or an opinion.
    """
    if not _at_rest(Attempt.objects.filter(pk=attempt.pk)).exists():
        raise ActionRefused(_("Its answer is still coming. Stop it first, then delete the attempt."))
    attempt.delete()


def remove_old_text(*, now: datetime) -> int:
    """Remove prompts and answers that are older than 90 days, or of people who keep only scores; returns how many."""
    total = 0
    while batch := list(_due(now)[:REMOVED_AT_ONCE]):
        with transaction.atomic():
            total += _remove_text(batch, now)
    return total


def _due(now: datetime) -> Any:
    with_text = _at_rest(Attempt.objects.filter(text_removed_at=None))
    old = with_text.filter(tried_at__lt=now - KEPT_FOR)
    # Who keeps only scores still reviews the answer that has just come.
    unwanted = with_text.filter(
        learner__practice_settings__keeps_text=False, tried_at__lt=now - timedelta(hours=12)
    )
    return (old | unwanted).order_by("pk").values_list("pk", flat=True).distinct()


def _at_rest(attempts: Any) -> Any:
    """Return the attempts for which nothing is coming any more: what it reserved has to be settled first."""
    return attempts.exclude(runs__state__in=Run.UNDER_WAY).exclude(opinion__state__in=SecondOpinion.UNDER_WAY)


def _remove_text(attempt_ids: list[int], at: datetime) -> int:
    for attempt in Attempt.objects.filter(pk__in=attempt_ids):
        attempt.feedback = _scores_only(attempt.feedback)
        attempt.prompt, attempt.accepted, attempt.text_removed_at = "", [], at
        attempt.save(update_fields=["feedback", "prompt", "accepted", "text_removed_at"])
    runs = Run.objects.filter(attempt__in=attempt_ids)
    runs.update(answer="", outcome=[])
    Review.objects.filter(run__attempt__in=attempt_ids).update(marks=[], result={})
    SecondOpinion.objects.filter(attempt__in=attempt_ids).delete()  # it quotes the prompt, and is no score
    return len(attempt_ids)


def _scores_only(feedback: dict[str, object]) -> dict[str, object]:
    """Return feedback without places in a text that is gone."""
    criteria = feedback.get("criteria")
    kept = [{**each, "evidence": []} for each in criteria] if isinstance(criteria, list) else []
    return {**feedback, "criteria": kept}
