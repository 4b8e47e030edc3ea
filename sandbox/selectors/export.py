"""All that a person's practice consists of, for that person to take along."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from lms.people.models import User
from sandbox.models import Attempt, PracticeSettings, PromptTemplate, Run, SecondOpinion, SharedAttempt

FORMAT = "praxis-practice-1"
"""Named in every export, so that whatever reads one knows what it holds."""


def practice_export(person: User, now: datetime) -> dict[str, Any]:
    """Return attempts, templates and shared copies of this person and of nobody else, as plain values; six queries."""
    attempts = (
        Attempt.objects.visible_to(person)
        .select_related("exercise", "rubric", "continues", "opinion")
        .order_by("tried_at", "pk")
    )
    templates = PromptTemplate.objects.visible_to(person).order_by("made_at", "pk")
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "keeps_text": not PracticeSettings.objects.filter(learner=person.pk, keeps_text=False).exists(),
        "attempts": [
            _attempt(each)
            for each in attempts.prefetch_related(Prefetch("runs", Run.objects.select_related("review")))
        ],
        "templates": [_template(each) for each in templates.prefetch_related("uses")],
        "shared_copies": [
            _copy(each) for each in SharedAttempt.objects.visible_to(person).order_by("shared_at", "pk")
        ],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": str(attempt.public_id),
        "exercise": {"id": str(attempt.exercise.uuid), "title": attempt.exercise.title},
        "rubric_version": attempt.rubric.number,
        "number": attempt.number,
        "tried_at": attempt.tried_at.isoformat(),
        "prompt": attempt.prompt,
        "prompt_score": attempt.prompt_score,
        "feedback": attempt.feedback,
        "goes_on_from": attempt.continues and str(attempt.continues.public_id),
        "opinion": _opinion(getattr(attempt, "opinion", None)),
        "answers": [_answer(run) for run in attempt.runs.all()],
    }


def _opinion(opinion: SecondOpinion | None) -> dict[str, Any] | None:
    if opinion is None:
        return None
    return {
        "model": opinion.model_name,
        "state": opinion.state,
        "criteria": opinion.criteria,
        "what_happened": opinion.failure_sentence,
    }


def _answer(run: Run) -> dict[str, Any]:
    review = getattr(run, "review", None)
    return {
        "id": str(run.public_id),
        "model": "" if run.is_blind else run.model_name,
        "state": run.state,
        "what_happened": run.failure_sentence,
        "is_preferred": run.is_preferred,
        "answer": run.answer,
        "checks": run.outcome,
        "outcome_score": run.outcome_score,
        "review": review
        and {
            "reviewed_at": review.reviewed_at.isoformat(),
            "marks": review.marks,
            "result": review.result,
            "score": review.score,
        },
    }


def _template(template: PromptTemplate) -> dict[str, Any]:
    return {
        "id": str(template.public_id),
        "title": template.title,
        "body": template.body,
        "made_at": template.made_at.isoformat(),
        "uses": [
            {"used_on": use.used_on.isoformat(), "minutes_saved": use.minutes_saved}
            for use in template.uses.all()
        ],
    }


def _copy(copy: SharedAttempt) -> dict[str, Any]:
    return {
        "id": str(copy.public_id),
        "title": copy.title,
        "prompt": copy.prompt,
        "answer": copy.answer,
        "note": copy.note,
        "shared_at": copy.shared_at.isoformat(),
        "taken_back_at": copy.revoked_at and copy.revoked_at.isoformat(),
    }
