"""What reaches a person: their inbox, what they get and when, and one click to stop it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lms.notifications.services.stopping import NoSuchMessage, read_stop_token, set_wanted


@csrf_exempt  # mailbox providers send this POST for their users, without cookies (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether messages shall stop, and stop them on POST: programs that open links change nothing."""
    try:
        person, scope = read_stop_token(token)
    except NoSuchMessage:
        return render(request, "web/messages/stop_unknown.html", status=404)
    if request.method == "POST":
        wanted = request.POST.get("again") == "yes"
        set_wanted(person=person, type=scope, is_wanted=wanted, at=timezone.now())
        context = {"person": person, "scope": scope, "is_wanted": wanted}
        return render(request, "web/messages/stopped.html", context)
    return render(request, "web/messages/stop.html", {"person": person, "scope": scope})
