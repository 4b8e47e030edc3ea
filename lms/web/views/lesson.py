"""A micro-lesson: reading it, answering its question, completing it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from lms.core.errors import ActionRefused
from lms.paths.services import answer_question, complete_lesson
from lms.people.requests import SignedInRequest
from lms.web.lesson_page import Asked, lesson_view

REVISION_SALT = "lesson-revision"


@require_safe
@login_required
def lesson(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show a lesson at its place on the reader's path."""
    asked = Asked(
        path=request.GET.get("path", ""),
        answered=request.GET.get("answered", ""),
        question=request.GET.get("question", ""),
        chosen=frozenset(request.GET.getlist("chosen")),
    )
    view = lesson_view(request.user, slug, asked, timezone.now())
    if view is None:
        raise Http404
    context = {
        "view": view,
        "revision": signing.dumps([slug, view.lesson.revision_id], salt=REVISION_SALT),
        "just_completed": "done" in request.GET,
    }
    return render(request, "web/lesson.html", context)


@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep an answer and show what it teaches."""
    question_id, chosen = request.POST.get("question", ""), request.POST.getlist("chosen")
    if not request.user.is_authenticated:
        return ask_to_sign_in(request, slug, {"question": question_id, "chosen": chosen})
    view = lesson_view(request.user, slug, Asked(path=request.POST.get("path", "")), timezone.now())
    if view is None:
        raise Http404
    question = view.question(question_id)
    try:
        if view.is_locked:
            raise ActionRefused(_("This step is not open yet. Your answer was not counted."))
        if question is None:
            raise ActionRefused(
                _(
                    "This lesson was updated while you were reading. Please answer the question as it stands now."
                )
            )
        answer_question(
            learner=request.user,
            lesson=view.lesson,
            question=question,
            chosen=set(chosen),
            at=timezone.now(),
        )
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return back_to(request, slug)
    return back_to(request, slug, answered=question_id)


@require_POST
def complete(request: HttpRequest, slug: str) -> HttpResponse:
    """Complete the step and show the bar moved."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request, slug, {})
    try:
        complete_lesson(
            learner=request.user,
            slug=slug,
            revision_id=revision_on_screen(request, slug),
            at=timezone.now(),
            path_slug=request.POST.get("path", ""),
        )
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return back_to(request, slug)
    return back_to(request, slug, done="1")


def revision_on_screen(request: HttpRequest, slug: str) -> int | None:
    """Return the revision that the page in front of the reader was made from; None when it does not say."""
    try:
        of_slug, revision = signing.loads(request.POST.get("revision", ""), salt=REVISION_SALT)
    except signing.BadSignature:
        return None
    return revision if of_slug == slug else None


def back_to(request: HttpRequest, slug: str, **query: str) -> HttpResponseRedirect:
    """Return to the lesson by GET, so that reloading and going back repeat nothing."""
    if path := request.POST.get("path", ""):
        query["path"] = path
    address = reverse("lesson", kwargs={"slug": slug})
    fragment = f"#question-{query['answered']}" if "answered" in query else ""
    return HttpResponseRedirect(f"{address}?{urlencode(query)}{fragment}" if query else address, status=303)


def ask_to_sign_in(request: HttpRequest, slug: str, entered: dict[str, object]) -> HttpResponse:
    """Send someone whose session ended to sign in, and back to the lesson with what they had chosen."""
    query = {key: value for key, value in {"path": request.POST.get("path", ""), **entered}.items() if value}
    target = reverse("lesson", kwargs={"slug": slug})
    if query:
        target = f"{target}?{urlencode(query, doseq=True)}"
    messages.warning(request, _("You were signed out. Sign in and send it again: what you chose is kept."))
    address = f"{reverse('account_login')}?{urlencode({'next': target})}"
    # A page of its own: its scripts and its bar are not those of the lesson.
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)
