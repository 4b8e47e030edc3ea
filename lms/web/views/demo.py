"""One-click sign-in as a person of the demo company. Its routes exist only where PRAXIS_DEMO is set."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from lms.people.models import User
from lms.web.demo_company import CAST


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show who one can be."""
    people = User.objects.current().filter(email__in=CAST).select_related("job_role", "org_unit")
    by_email = {person.email: person for person in people}
    cast = [(by_email[email], part) for email, part in CAST.items() if email in by_email]
    return render(request, "web/demo.html", {"cast": cast})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast; 404 for anyone else."""
    cast = User.objects.current().filter(email__in=CAST)
    person = get_object_or_404(cast, email=request.POST.get("email", ""))
    login(request, person, backend="lms.people.backends.PersonBackend")
    return redirect("today")
