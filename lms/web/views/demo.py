"""One-click sign-in as a person of the demo company. Its routes exist only where PRAXIS_DEMO is set."""

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from lms.people.models import User
from lms.web.demo_company import CAST


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show who one can be."""
    people = User.objects.current().filter(email__in=CAST).select_related("job_role", "org_unit")
    by_email = {person.email: person for person in people}
    cast = [(by_email[email], part) for email, part in CAST.items() if email in by_email]
    return render(request, "web/demo.html", {"cast": cast, "next": request.GET.get("next", "")})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast, as everybody signs in; 404 for anyone else."""
    cast = User.objects.current().filter(email__in=CAST)
    person = get_object_or_404(cast, email=request.POST.get("email", ""))
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    if request.user.is_authenticated:
        logout(request)
    response: HttpResponse = perform_login(request, person, redirect_url=target)
    return response
