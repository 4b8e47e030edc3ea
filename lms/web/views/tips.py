"""One's own weekly tips: each opened from a message without signing in, and all of them in a list."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.people.requests import SignedInRequest
from lms.tips.models import TipDelivery
from lms.tips.services.answering import NoSuchTip, answer_tip, note_opened, read_token, say_useful
from lms.web.tip_page import own_tips, tip_page

ANSWERED_HERE = "tips_answered_here"
MOST_REMEMBERED = 20


@require_safe
@login_required
def own(request: SignedInRequest) -> HttpResponse:
    """Show the tips one has had."""
    shown = own_tips(request.user, timezone.now(), request.GET.get("from", ""))
    return render(request, "web/tips/tips.html", {"shown": shown, "page": shown.page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a tip and its question with what was clicked filled in, and record it on POST.

    Programs that open every link in a mail only read: an answer counts once a person confirms it.
    """
    try:
        delivery = read_token(token)
    except NoSuchTip:
        return render(request, "web/tips/unknown.html", status=404)
    if request.user.is_authenticated and not _is_own(request, delivery):
        # Good tips are passed on. Whoever opens somebody else's reads the tip, and nothing about that person.
        status = 403 if request.method == "POST" else 200
        return render(request, "web/tips/passed_on.html", {"tip": delivery.tip}, status=status)
    refused = ""
    if request.method == "POST":
        refused = _answer(delivery, request.POST.get("choice", ""))
        if not refused:
            _remember(request, delivery)
            return redirect(_way_back(request, delivery, token))
    elif request.method == "GET" and _is_own(request, delivery):
        # Whoever is signed in is no program that opens links; of others it is not known, and not counted.
        note_opened(delivery=delivery, at=timezone.now())
    context = {
        "page": tip_page(delivery, chosen=_choice(request.GET.get("choice", ""))),
        "refused": refused,
        "is_own": _is_own(request, delivery),
        "may_see": _is_own(request, delivery) or delivery.uuid.hex in request.session.get(ANSWERED_HERE, []),
    }
    return render(request, "web/tips/tip.html", context, status=422 if refused else 200)


def _answer(delivery: TipDelivery, text: str) -> str:
    """Record an answer; returns why it is refused, or nothing."""
    choice = _choice(text)
    if choice is None:
        return _("Choose an answer first.")
    try:
        answer_tip(delivery=delivery, choice=choice, channel="web", at=timezone.now())
    except ActionRefused as refusal:
        return refusal.message
    note_opened(delivery=delivery, at=timezone.now())
    return ""


@require_POST
def useful(request: HttpRequest, token: str) -> HttpResponse:
    """Note whether a tip was useful to whoever got it."""
    try:
        delivery = read_token(token)
    except NoSuchTip:
        return render(request, "web/tips/unknown.html", status=404)
    said = request.POST.get("useful")
    if request.user.is_authenticated and not _is_own(request, delivery):
        return render(request, "web/tips/passed_on.html", {"tip": delivery.tip}, status=403)
    if said in {"yes", "no"}:
        say_useful(delivery=delivery, is_useful=said == "yes", at=timezone.now())
        messages.success(request, _("Thank you. It decides what you get next."))
    else:
        messages.error(request, _("Say whether it was useful: yes or no. Nothing was noted."))
    return redirect(_way_back(request, delivery, token))


def _way_back(request: HttpRequest, delivery: TipDelivery, token: str) -> str:
    """Return where a form leads: to Today if it stood there, or else to the page of the tip."""
    if request.POST.get("back") == "today" and _is_own(request, delivery):
        return reverse("today") + "#tip"
    return reverse("tip-answer", args=[token])


def _remember(request: HttpRequest, delivery: TipDelivery) -> None:
    """Let the browser in which it was answered show what was answered; the address alone does not."""
    answered = [*request.session.get(ANSWERED_HERE, []), delivery.uuid.hex]
    request.session[ANSWERED_HERE] = answered[-MOST_REMEMBERED:]


def _is_own(request: HttpRequest, delivery: TipDelivery) -> bool:
    return request.user.pk == delivery.recipient_id


def _choice(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
