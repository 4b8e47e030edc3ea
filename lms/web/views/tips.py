"""The page of one's own weekly tip: opened from a message, without signing in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.core.errors import ActionRefused
from lms.tips.services.answering import NoSuchTip, answer_tip, read_token, say_useful
from lms.web.tip_page import tip_page


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
    refused = ""
    if request.method == "POST":
        choice = _choice(request.POST.get("choice", ""))
        if choice is None:
            refused = _("Choose an answer first.")
        else:
            try:
                answer_tip(delivery=delivery, choice=choice, channel="web", at=timezone.now())
            except ActionRefused as refusal:
                refused = refusal.message
            else:
                return redirect("tip-answer", token=token)
    page = tip_page(delivery, chosen=_choice(request.GET.get("choice", "")))
    context = {"page": page, "token": token, "refused": refused}
    return render(request, "web/tips/tip.html", context, status=422 if refused else 200)


@require_POST
def useful(request: HttpRequest, token: str) -> HttpResponse:
    """Note whether a tip was useful to whoever got it."""
    try:
        delivery = read_token(token)
    except NoSuchTip:
        return render(request, "web/tips/unknown.html", status=404)
    say_useful(delivery=delivery, is_useful=request.POST.get("useful") == "yes")
    messages.success(request, _("Thank you. It decides what you get next."))
    return redirect("tip-answer", token=token)


def _choice(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
