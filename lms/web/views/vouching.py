"""A manager's word about a person: given on what they have seen, and taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.models import Attestation
from badges.selectors.attesting import WordAsked, can_take_back, words_about, words_asked_about
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
    """Ask whether the manager means it, or take a word back; 404 for that of anyone else who is above the person."""
    about = below_or_404(request, person)
    word = word_to_take_back(request, about, achievement)
    if request.method != "POST":
        context = {"word": word, "about": about, "is_own": word.attested_by == request.user}
        return render(request, "web/team/vouch_take_back.html", context)
    take_back_and_tell(request, word)
    return redirect("team-person", person)


def word_to_take_back(request: SignedInRequest, about: User, achievement: UUID) -> Attestation:
    """Return what was said about a person, if whoever asks may take it back.

    Raises:
        Http404: Nobody said anything, or it is not theirs to take back.
    """
    word = get_object_or_404(words_about(about), achievement__public_id=achievement)
    if not can_take_back(word, request.user):
        raise Http404
    return word


def take_back_and_tell(request: SignedInRequest, word: Attestation) -> None:
    """Take a word back and say so, or why not, on the next page."""
    try:
        take_word_back(word=word, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return
    if word.attested_by == request.user:
        told = _("Your word about %(name)s does not count any more: “%(what)s”.")
    else:
        told = _("That word about %(name)s does not count any more: “%(what)s”.")
    messages.success(request, told % {"name": word.person, "what": word.achievement})


def _asked(person: User, achievement: UUID) -> WordAsked:
    for asked in words_asked_about(person, at=timezone.now()):
        if asked.is_asked and asked.achievement.public_id == achievement:
            return asked
    raise Http404
