"""What reaches a person: what they get, when and where, and one click to stop it."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from lms.core.errors import ActionRefused
from lms.notifications.registry import all_types
from lms.notifications.selectors.preferences import what_is_wanted
from lms.notifications.selectors.reach import EVERYTHING, who_stopped
from lms.notifications.services.preferences import set_types
from lms.notifications.services.stopping import NoSuchMessage, read_stop_token, set_wanted
from lms.people.requests import SignedInRequest
from lms.people.selectors import today_of
from lms.tips.services.preferences import set_times, take_a_break
from lms.web.message_forms import wanted_in
from lms.web.message_page import MessagePage, message_page

ONE_WEEK = timedelta(days=7)
SETTINGS = "settings-messages"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: SignedInRequest) -> HttpResponse:
    """Show what one gets, when and where; save when and where."""
    now = timezone.now()
    page = message_page(request.user, now, times=request.POST if request.method == "POST" else None)
    form = page.times
    if form.is_valid():
        try:
            set_times(person=request.user, wish=form.wish, tip=form.tip, at=now)
        except ActionRefused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Saved. It holds from now on, also for what is on its way."))
            return redirect(SETTINGS)
    return _page(request, page, is_refused=form.is_bound)


@require_POST
@login_required
def types(request: SignedInRequest) -> HttpResponse:
    """Save which types come where."""
    wanted = wanted_in(request.POST, what_is_wanted(request.user).choices)
    set_types(person=request.user, wanted=wanted, at=timezone.now())
    messages.success(request, _("Saved. It holds from now on, also for what is on its way."))
    return redirect(SETTINGS)


@require_POST
@login_required
def pause(request: SignedInRequest) -> HttpResponse:
    """Reach somebody no more for a week or until a day, or again from now on."""
    now = timezone.now()
    how = request.POST.get("how", "")
    page = message_page(request.user, now, pause=request.POST if how == "until" else None)
    if how == "until" and not page.pause.is_valid():
        return _page(request, page, is_refused=True)
    days = {"week": today_of(request.user, now) + ONE_WEEK, "end": None}
    until = page.pause.cleaned_data["until"] if how == "until" else days.get(how)
    try:
        take_a_break(person=request.user, until=until, at=now)
    except ActionRefused as refusal:
        page.pause.add_error("until", refusal.message)
        return _page(request, page, is_refused=True)
    told = _("You are reached again.") if until is None else _("Nothing is sent to you until then.")
    messages.success(request, told)
    return redirect(SETTINGS)


@require_POST
@login_required
def stop_all(request: SignedInRequest) -> HttpResponse:
    """Stop everything that can be stopped, or let it come again."""
    is_wanted = request.POST.get("again") == "yes"
    set_wanted(person=request.user, type=EVERYTHING, is_wanted=is_wanted, at=timezone.now())
    messages.success(request, _("Messages come again.") if is_wanted else _("Stopped, from now on."))
    return redirect(SETTINGS)


def _page(request: SignedInRequest, page: MessagePage, *, is_refused: bool) -> HttpResponse:
    status = 422 if is_refused else 200
    return render(request, "web/messages/preferences.html", {"shown": page}, status=status)


@never_cache
@csrf_exempt  # mailbox providers send this POST for their users, without cookies (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether messages shall stop, and stop them on POST: programs that open links change nothing."""
    try:
        person, scope = read_stop_token(token)
    except NoSuchMessage:
        return render(request, "web/messages/stop_unknown.html", status=404)
    is_wanted = not who_stopped([person.pk], scope)
    if request.method == "POST":
        is_wanted = request.POST.get("again") == "yes"
        set_wanted(person=person, type=scope, is_wanted=is_wanted, at=timezone.now())
    context = {
        "person": person,
        "what": next((each.label for each in all_types() if each.name == scope), ""),
        "is_everything": scope == EVERYTHING,
        "is_wanted": is_wanted,
        "is_news": request.method == "POST",
    }
    return render(request, "web/messages/stop.html", context)
