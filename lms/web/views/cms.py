"""The way into the CMS."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe


@require_safe
def enter_cms(request: HttpRequest) -> HttpResponse:
    """Send whom the CMS turned away to sign in; for those who are signed in it does not exist."""
    if request.user.is_authenticated:
        raise Http404
    query = request.GET.urlencode()
    return redirect(f"{reverse('account_login')}?{query}" if query else "account_login")
