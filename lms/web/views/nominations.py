"""Nominations of and by a person: putting forward, evidence, submitting, appealing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.models import Achievement, Evidence, Nomination
from badges.selectors.earning import award_to_renew
from badges.selectors.nominations import (
    RELATED,
    colleagues_named,
    nominations_made_by,
    nominations_of,
    open_to_nominations,
    pieces_of,
)
from badges.selectors.reviewers import reviewers_missing
from badges.services.evidence import add_evidence, remove_evidence
from badges.services.nominating import (
    appeal_nomination,
    nominate,
    submit_nomination,
    withdraw_nomination,
)
from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.web.nomination_forms import AppealForm, ColleagueForm, EvidenceForm, WhyForm, no_copies_sentence
from lms.web.nomination_page import made_card, own_card, said_about


@require_safe
@login_required
def mine(request: SignedInRequest) -> HttpResponse:
    """Show what the person was put forward for, whom they put forward, and what one can be put forward for."""
    context = {
        "own": [own_card(each) for each in nominations_of(request.user)],
        "made": [made_card(each) for each in nominations_made_by(request.user)],
        "achievements": open_to_nominations(),
    }
    return render(request, "web/nominations/nominations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Put oneself forward, or find a colleague and put them forward."""
    open_now = Achievement.objects.taking_nominations().select_related("live")
    achievement = get_object_or_404(open_now, public_id=achievement_id)
    nominee = _nominee(request)
    form = WhyForm(_posted(request))
    if form.is_valid():
        try:
            made = nominate(
                achievement=achievement, nominee=nominee, nominated_by=request.user, at=timezone.now(),
                why=form.cleaned_data["why"],
            )  # fmt: skip
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _put_forward(made, request.user))
            return redirect("nomination", made.public_id)
    search = ColleagueForm(request.GET if "q" in request.GET else None)
    context = {
        "achievement": achievement,
        "nominee": nominee,
        "is_own": nominee == request.user,
        "renews": nominee == request.user
        and award_to_renew(achievement, request.user, at=timezone.now()) is not None,
        "form": form,
        "search": search,
        "asked": search.asked,
        "found": colleagues_named(search.asked, asked_by=request.user),
    }
    return render(request, "web/nominations/new.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def nomination(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    """Show a nomination to the nominee with all that is in it, to whoever made it with how it stands."""
    found = _visible(request, nomination_id)
    if found.nominee_id != request.user.pk:
        return render(request, "web/nominations/made.html", {"card": made_card(found), "nomination": found})
    kind = request.GET.get("add", "")
    form = EvidenceForm(kind, request.user) if kind in Evidence.Kind.values else None
    return _page(request, found, form=form)


@require_POST
@login_required
def add(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    """Add a piece of evidence; what was typed stays when it cannot be."""
    found = _own(request, nomination_id)
    kind = request.POST.get("kind", "")
    if kind not in Evidence.Kind.values:
        messages.error(request, _("Choose what to add. Nothing has changed."))
        return redirect("nomination", nomination_id)
    form = EvidenceForm(kind, request.user, request.POST, request.FILES)
    if form.is_valid():
        try:
            add_evidence(nomination=found, actor=request.user, new=form.new_evidence(), at=timezone.now())
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Added."))
            return redirect("nomination", nomination_id)
    return _page(request, found, form=form, status=422)


@require_POST
@login_required
def remove(request: SignedInRequest, nomination_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Take a piece of evidence away."""
    pieces = Evidence.objects.of(request.user).select_related("nomination")
    piece = get_object_or_404(pieces, public_id=evidence_id, nomination__public_id=nomination_id)
    try:
        remove_evidence(evidence=piece, actor=request.user, at=timezone.now())
        messages.success(request, _("Removed."))
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("nomination", nomination_id)


@require_POST
@login_required
def submit(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    """Hand it to the reviewers."""
    try:
        own = _own(request, nomination_id)
        made = submit_nomination(nomination=own, actor=request.user, at=timezone.now())
        if not reviewers_missing([made])[made.pk]:
            messages.success(request, _("The reviewers have it now. You read here what they say."))
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("nomination", nomination_id)


@require_POST
@login_required
def withdraw(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    """End it."""
    try:
        found = _visible(request, nomination_id)
        withdraw_nomination(nomination=found, actor=request.user, at=timezone.now())
        messages.success(request, _("Withdrawn."))
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("nomination", nomination_id)


@require_POST
@login_required
def appeal(request: SignedInRequest, nomination_id: UUID) -> HttpResponse:
    """Ask that somebody else looks at it."""
    found = _own(request, nomination_id)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            made = appeal_nomination(
                nomination=found, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            if not reviewers_missing([made])[made.pk]:
                messages.success(request, _("Somebody who has not decided before looks at it now."))
            return redirect("nomination", nomination_id)
    return _page(request, found, appeal_form=form, status=422)


def _page(
    request: SignedInRequest,
    found: Nomination,
    *,
    form: EvidenceForm | None = None,
    appeal_form: AppealForm | None = None,
    status: int = 200,
) -> HttpResponse:
    can_change = found.state in Nomination.CAN_CHANGE
    has_no_copy = form is not None and form.kind == Evidence.Kind.PRACTICE and not form.has_copies
    context: dict[str, Any] = {
        "nomination": found,
        # Until it is submitted the newest words count: it is reviewed by those.
        "version": (found.achievement.live if can_change else None) or found.version,
        "card": own_card(found),
        "pieces": pieces_of(found, for_reviewers=False),
        "said": said_about(found),
        "can_change": can_change,
        "too_few": found.state == Nomination.State.SUBMITTED and reviewers_missing([found])[found.pk],
        "kinds": Evidence.Kind.choices,
        "form": None if has_no_copy or not (can_change or status != 200) else form,
        "no_copies": no_copies_sentence() if has_no_copy else "",
        "appeal_form": appeal_form or (AppealForm() if found.can_be_appealed else None),
    }
    return render(request, "web/nominations/nomination.html", context, status=status)


def _posted(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _nominee(request: SignedInRequest) -> User:
    """Return whom the address names, or the person themselves; 404 for nobody who works here."""
    wanted = request.GET.get("for", "")
    if not wanted:
        return request.user
    try:
        public_id = UUID(wanted)
    except ValueError:
        public_id = UUID(int=0)
    found: User = get_object_or_404(User.objects.current(), public_id=public_id)
    return found


def _put_forward(made: Nomination, by: User) -> str:
    if made.nominee_id == by.pk:
        return _("You are put forward. Add what speaks for you, then submit.")
    told = _("%(name)s is put forward. They decide whether to add evidence and submit.")
    return told % {"name": made.nominee}


def _visible(request: SignedInRequest, public_id: UUID) -> Nomination:
    rows = Nomination.objects.visible_to(request.user).select_related(*RELATED)
    found: Nomination = get_object_or_404(rows, public_id=public_id)
    return found


def _own(request: SignedInRequest, public_id: UUID) -> Nomination:
    rows = Nomination.objects.of(request.user).select_related(*RELATED)
    found: Nomination = get_object_or_404(rows, public_id=public_id)
    return found
