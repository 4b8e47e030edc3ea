"""One-click sign-in as a person of the demo company. Its routes exist only where PRAXIS_DEMO is set."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from lms.people.models import User

CAST = [
    ("ada@larkfield.example", _("works in customer service and is about to start the path of her role")),
    ("bruno@larkfield.example", _("is halfway along the same path")),
    ("linus@larkfield.example", _("manages the team in Porto")),
    ("grace@larkfield.example", _("writes lessons and publishes them")),
    ("radia@larkfield.example", _("reviews lessons")),
    ("mei@larkfield.example", _("administers Praxis")),
]


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show who one can be."""
    people = {
        person.email: person
        for person in User.objects.current()
        .select_related("job_role", "org_unit")
        .filter(email__in=[email for email, _does in CAST])
    }
    cast = [(people[email], does) for email, does in CAST if email in people]
    return render(request, "web/demo.html", {"cast": cast})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast; 404 for anyone else."""
    emails = [email for email, _does in CAST]
    person = get_object_or_404(
        User.objects.current().filter(email__in=emails), email=request.POST.get("email", "")
    )
    login(request, person, backend="lms.people.backends.PersonBackend")
    return redirect("today")
