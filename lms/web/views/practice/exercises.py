"""The list of exercises, one exercise, and trying a prompt on it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.core.errors import ActionRefused
from lms.people.requests import SignedInRequest
from lms.web.practice_page import attempt_view, found_lines, what_completes
from sandbox.comparison import ScoreChange, compare_prompts, compare_scores
from sandbox.embedded.state import model_status
from sandbox.models import Attempt, Provider, Run
from sandbox.rubric import PromptFeedback, live_rules
from sandbox.selectors import ExercisePage, exercise_page, own_run, practice_list
from sandbox.services.answering import watch_runs
from sandbox.services.guarding import Look, hide_chosen
from sandbox.services.trying import PromptRefused, look_at_prompt, try_prompt

EXERCISE = "web/practice/exercise.html"


@require_safe
@login_required
def practice(request: SignedInRequest) -> HttpResponse:
    """Show the exercises, those of the person's role first."""
    context = {"shown": practice_list(request.user, timezone.now()), "model": model_status()}
    return render(request, "web/practice/practice.html", context)


@require_safe
@login_required
def exercise(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show an exercise with what the person has tried on it."""
    page = _page(request, slug, number=_number(request.GET.get("attempt", "")))
    for run in page.runs:
        if run.is_under_way:  # without JavaScript this page is asked again and again while an answer comes
            watch_runs(run_ids=[run.pk], at=timezone.now())
    return render(request, EXERCISE, _context(page, prompt=page.shown.prompt if page.shown else ""))


@require_http_methods(["GET", "POST"])
@login_required
def attempt(request: SignedInRequest, slug: str) -> HttpResponse:
    """Try a prompt, or replace what the guard found in it; what was written is never lost."""
    if request.method == "GET":  # somebody signed in again after their session had ended
        return redirect("practice-exercise", slug)
    page = exercise_page(request.user, slug, timezone.now(), even_if_not_live=True)
    prompt = request.POST.get("prompt", "")
    if page is None:
        raise Http404
    if not page.exercise.live:
        return render(request, EXERCISE, _context(page, prompt=prompt), status=409)
    try:
        providers = _chosen(request, page.providers)
        if chosen := request.POST.getlist("replace"):
            look = look_at_prompt(prompt=prompt, exercise=page.exercise, providers=providers)
            hidden = hide_chosen(look=look, placeholders=chosen)
            return render(request, EXERCISE, _context(page, prompt=hidden, sent=request.POST))
        tried = try_prompt(
            learner=request.user,
            exercise=page.exercise,
            prompt=prompt,
            at=timezone.now(),
            providers=providers,
            accepted=request.POST.getlist("accept"),
            continues=_continued(request, page),
            is_blind="blind" in request.POST,
        )
    except PromptRefused as refusal:
        context = _context(page, prompt=prompt, refusal=refusal.message, look=refusal.look, sent=request.POST)
        return render(request, EXERCISE, context, status=422)
    except ActionRefused as refusal:
        context = _context(page, prompt=prompt, refusal=refusal.message, sent=request.POST)
        return render(request, EXERCISE, context, status=422)
    if tried.budget_message:
        messages.warning(request, tried.budget_message)
    return redirect(f"{reverse('practice-exercise', args=[slug])}?attempt={tried.attempt.number}#result")


@require_safe
@login_required
def compare(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show two attempts of the person side by side, with what changed."""
    later, earlier = (
        _page(request, slug, number=_number(request.GET.get(name, ""))) for name in ("with", "and")
    )
    if later.shown is None or earlier.shown is None or later.shown == earlier.shown:
        raise Http404
    before, after = sorted([earlier.shown, later.shown], key=lambda each: each.number)
    context = {
        "page": later,
        "before": attempt_view(before),
        "after": attempt_view(after),
        "changes": compare_prompts(before.prompt, after.prompt),
        "scores": _score_changes(before, after),
        "both": [attempt_view(before), attempt_view(after)],
        "same_model": _models(before) == _models(after),
        "same_answer": all(_is_prepared(each) for each in (before, after)),
    }
    return render(request, "web/practice/compare.html", context)


@require_safe
@login_required
def material(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Hand out one material as a file."""
    page = _page(request, slug)
    if not 1 <= number <= len(page.definition.materials):
        raise Http404
    chosen = page.definition.materials[number - 1]
    ending = "csv" if chosen.kind == "table" else "txt"
    response = HttpResponse(chosen.body, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{number}.{ending}"'
    return response


def _page(request: SignedInRequest, slug: str, *, number: int | None = None) -> ExercisePage:
    page = exercise_page(request.user, slug, timezone.now(), number=number)
    if page is None or (number is not None and page.shown is None):
        raise Http404
    return page


def _context(
    page: ExercisePage,
    *,
    prompt: str,
    refusal: str = "",
    look: Look | None = None,
    sent: QueryDict | None = None,
) -> dict[str, Any]:
    first = [str(page.providers[0].public_id)] if page.providers else []
    return {
        "ticked": [*sent.getlist("model"), *sent.getlist("accept"), sent.get("continue", "")]
        if sent
        else first,
        "is_blind": bool(sent and "blind" in sent),
        "page": page,
        "prompt": prompt,
        "refusal": refusal,
        "found": found_lines(look) if look else [],
        "view": attempt_view(page.shown) if page.shown else None,
        "contract": what_completes(page.definition),
        "live_rules": live_rules(page.definition.language),
        "facts": [{"name": fact.name, "words": fact.words} for fact in page.definition.facts],
        "weights": page.definition.weights,
        "model": model_status()
        if any(each.is_local for each in page.providers) or not page.providers
        else None,
    }


def _chosen(request: SignedInRequest, providers: list[Provider]) -> list[Provider]:
    """Return the models that the learner chose; none when the one on this machine is not ready yet.

    A prompt never goes to a model that was not chosen: only where there is just one, nothing is asked.

    Raises:
        ActionRefused: None of several was chosen.
    """
    wanted = set(request.POST.getlist("model"))
    chosen = (
        [each for each in providers if str(each.public_id) in wanted] if len(providers) > 1 else providers
    )
    if providers and not chosen:
        raise ActionRefused(_("Choose which model shall answer; yours was not sent to any."), field="model")
    return [each for each in chosen if not each.is_local or model_status().is_running]


def _continued(request: SignedInRequest, page: ExercisePage) -> Run | None:
    """Return the answer to go on from; None when none was chosen.

    Raises:
        ActionRefused: It is none of this exercise that has come whole.
    """
    value = request.POST.get("continue", "")
    if not value:
        return None
    try:
        run = own_run(request.user, UUID(value))
    except ValueError:
        run = None
    if (
        run is None
        or run.attempt.exercise_id != page.exercise.pk
        or run.state != Run.State.DONE
        or run.is_planted
    ):
        raise ActionRefused(_("This answer cannot be sent along. Untick it, or choose another one."))
    return run


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 7 else None


def _score_changes(before: Attempt, after: Attempt) -> Sequence[ScoreChange]:
    """Return how each criterion moved; empty when the rubric changed between the two."""
    feedback = [PromptFeedback.from_json(each.feedback) for each in (before, after)]
    return compare_scores(*feedback) if feedback[0].version == feedback[1].version else ()


def _is_prepared(attempt: Attempt) -> bool:
    """Return whether the only answer to an attempt is the one that an author prepared."""
    return [run.is_planted for run in attempt.runs.all()] == [True]


def _models(attempt: Attempt) -> set[str]:
    return {run.model_name for run in attempt.runs.all()}
