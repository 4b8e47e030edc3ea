"""The word of a manager who is no longer above a person: an administrator takes it back in their stead."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.web.views.vouching import take_back_and_tell, word_to_take_back


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def take_back(request: SignedInRequest, person: UUID, achievement: UUID) -> HttpResponse:
    """Ask whether the administrator means it, or take the word back; 404 while whoever gave it is above the person."""
    about = get_object_or_404(User, public_id=person)
    word = word_to_take_back(request, about, achievement)
    if request.method != "POST":
        return render(request, "web/manage/word_take_back.html", {"word": word, "about": about})
    take_back_and_tell(request, word)
    return redirect("manage-person", person)
