"""An answer: watching it come, stopping it, reviewing it, sharing a copy of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.paths.services import credit_lessons_everywhere
from lms.people.requests import SignedInRequest
from lms.web.practice_page import attempt_view, found_lines
from sandbox.definitions import Span
from sandbox.models import Run
from sandbox.selectors import exercise_page, own_attempt, own_run, shared_copy
from sandbox.services.answering import places_before, stop_run, watch_runs
from sandbox.services.judging import ask_for_opinion
from sandbox.services.keeping import CopyRefused, forget_attempt, share_run
from sandbox.services.reviewing import prefer_run, review_run


@require_safe
@login_required
def result(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Return one answer as it stands and the scores, as parts of the page; asked for when the answer has ended."""
    run = _own(request, run_id)
    if run.is_under_way:
        watch_runs(run_ids=[run.pk], at=timezone.now())
    attempt = run.attempt
    page = exercise_page(request.user, attempt.exercise.slug, timezone.now(), number=attempt.number)
    if page is None or page.shown is None:
        raise Http404
    view = attempt_view(page.shown)
    each = next(each for each in view.runs if each.run == run)
    context = {"page": page, "view": view, "each": each, "before": places_before(run)}
    return render(request, "web/practice/_partials/answered.html", context)


@require_POST
@login_required
def stop(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Stop an answer; the model is free at once."""
    run = _own(request, run_id)
    stop_run(run=run, at=timezone.now())
    return _to_attempt(run)


@require_POST
@login_required
def review(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Keep the marks, complete the exercise, and move every bar it stands on."""
    run = _own(request, run_id)
    now = timezone.now()
    found_nothing = "nothing" in request.POST
    marks = [span for value in request.POST.getlist("mark") if (span := _span(value))]
    if found_nothing and marks == _reviewed(run):
        marks = []  # ticked by an earlier review, not now
    elif found_nothing and marks:
        messages.info(request, _("You had ticked sentences, so they count. Untick them if nothing is wrong."))
    if not marks and not found_nothing:
        messages.error(request, _("Mark what is wrong, or say that nothing is."))
        return _to_attempt(run)
    try:
        with transaction.atomic():
            review_run(run=run, marks=marks, at=now)
            credit_lessons_everywhere(learner_id=request.user.pk, at=now)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return _to_attempt(run, fragment=f"review-{run.pk}")


@require_POST
@login_required
def prefer(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Note which of two answers is better, and show which model gave which."""
    run = _own(request, run_id)
    prefer_run(run=run)
    return _to_attempt(run)


@login_required
def share(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """Show the copy before it is shared, and share it."""
    run = _own(request, run_id)
    if run.state != Run.State.DONE or not run.attempt.prompt:
        raise Http404
    values = {name: request.POST.get(name, "") for name in ("prompt", "answer", "note")}
    if request.method != "POST":
        values = {"prompt": run.attempt.prompt, "answer": run.answer, "note": ""}
        return render(request, "web/practice/share.html", {"run": run, **values})
    try:
        copy = share_run(
            run=run, **values, at=timezone.now(), accepted=frozenset(request.POST.getlist("accept"))
        )
    except CopyRefused as refusal:
        context = {"run": run, **values, "refusal": refusal.message, "found": found_lines(refusal.look)}
        return render(request, "web/practice/share.html", context, status=422)
    except ActionRefused as refusal:
        context = {"run": run, **values, "refusal": refusal.message}
        return render(request, "web/practice/share.html", context, status=422)
    messages.success(
        request, _("The copy is frozen. Whoever you give its address can read it; nothing else.")
    )
    return redirect("practice-shared", copy.public_id)


@require_safe
@login_required
def shared(request: SignedInRequest, copy_id: UUID) -> HttpResponse:
    """Show a copy that a learner shared on purpose, to whoever is signed in and has its address."""
    copy = shared_copy(copy_id)
    if copy is None:
        raise Http404
    return render(request, "web/practice/shared.html", {"copy": copy, "is_own": copy.learner == request.user})


@require_POST
@login_required
def ask_opinion(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """Ask for a second opinion on a prompt; it comes within a minute or so."""
    attempt = own_attempt(request.user, attempt_id)
    if attempt is None:
        raise Http404
    try:
        ask_for_opinion(attempt=attempt, learner=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    address = reverse("practice-exercise", args=[attempt.exercise.slug])
    return redirect(f"{address}?attempt={attempt.number}#opinion")


@require_POST
@login_required
def forget(request: SignedInRequest, attempt_id: UUID) -> HttpResponse:
    """Delete an attempt for good."""
    attempt = own_attempt(request.user, attempt_id)
    if attempt is None:
        raise Http404
    try:
        forget_attempt(attempt=attempt)
        messages.success(request, _("The attempt is deleted."))
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("practice-exercise", attempt.exercise.slug)


def _own(request: SignedInRequest, run_id: UUID) -> Run:
    run = own_run(request.user, run_id)
    if run is None:
        raise Http404
    return run


def _reviewed(run: Run) -> list[Span]:
    """Return what an earlier review marked; empty before the first."""
    review = getattr(run, "review", None)
    return [Span(*mark) for mark in review.marks] if review else []


def _span(value: str) -> Span | None:
    start, _dash, end = value.partition("-")
    return Span(int(start), int(end)) if start.isdecimal() and end.isdecimal() and len(value) < 20 else None


def _to_attempt(run: Run, *, fragment: str = "result") -> HttpResponse:
    address = reverse("practice-exercise", args=[run.attempt.exercise.slug])
    return HttpResponseRedirect(f"{address}?attempt={run.attempt.number}#{fragment}", status=303)
