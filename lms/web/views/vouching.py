"""A manager's word about a person: given on what they have seen, and taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.selectors.attesting import WordAsked, words_about, words_asked_about
from badges.services.attesting import take_word_back, vouch_for
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.web.team_forms import VouchForm
from lms.web.views.team_person import below_or_404, posted


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_manager")
def vouch(request: SignedInRequest, person: UUID, achievement: UUID) -> HttpResponse:
    """Ask what the manager has seen, or keep it; where the word was given already, their page says by whom."""
    about = below_or_404(request, person)
    asked = _asked(about, achievement)
    if request.method != "POST" and not asked.is_needed:
        return redirect("team-person", person)
    form = VouchForm(posted(request), about=about)
    if form.is_valid():
        try:
            vouch_for(
                achievement=asked.achievement,
                person=about,
                manager=request.user,
                statement=form.cleaned_data["statement"],
                at=timezone.now(),
            )
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            told = _("You vouched for %(name)s: “%(what)s”. They read it in their record.")
            messages.success(request, told % {"name": about, "what": asked.achievement})
            return redirect("team-person", person)
    return render(request, "web/team/vouch.html", {"form": form, "asked": asked, "about": about})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_manager")
def take_back(request: SignedInRequest, person: UUID, achievement: UUID) -> HttpResponse:
    """Ask whether the manager means it, or take their word back; 404 for the word of anyone else."""
    about = below_or_404(request, person)
    own = words_about(about).filter(attested_by=request.user)
    word = get_object_or_404(own, achievement__public_id=achievement)
    if request.method != "POST":
        return render(request, "web/team/vouch_take_back.html", {"word": word, "about": about})
    try:
        take_word_back(word=word, manager=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        told = _("Your word about %(name)s does not count any more: “%(what)s”.")
        messages.success(request, told % {"name": about, "what": word.achievement})
    return redirect("team-person", person)


def _asked(person: User, achievement: UUID) -> WordAsked:
    for asked in words_asked_about(person, at=timezone.now()):
        if asked.is_asked and asked.achievement.public_id == achievement:
            return asked
    raise Http404
