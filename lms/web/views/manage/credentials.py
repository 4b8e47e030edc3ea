"""Credentials: what can be earned, who holds it, what expires; written, opened and retired by administrators."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.drawing import Emblem, draw_emblem
from badges.models import Achievement, AchievementVersion, Award, Issuer
from badges.selectors.images import drawn_image_of
from badges.selectors.managing import find_achievement
from badges.selectors.nominations import reviewer_count
from badges.services.achievements import (
    change_achievement,
    make_achievement,
    open_achievement,
    retire_achievement,
)
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.credential_forms import WORDS, AchievementForm
from lms.web.credential_page import achievement_page, credentials_page, expiring_page
from lms.web.credential_words import achievement_tone, months, reviewers_sentence
from lms.web.issuer_forms import IssuerForm
from lms.web.people_page import unit_choices

GET_AND_POST = ["GET", "HEAD", "POST"]
LONGEST_SEARCH = 200
View = Callable[[SignedInRequest], HttpResponse]


def with_issuer(view: View) -> View:
    """Ask who vouches before anything else can be done; afterwards the page is where it was."""

    @wraps(view)
    def asked(request: SignedInRequest) -> HttpResponse:
        if Issuer.objects.exists():
            return view(request)
        return render(request, "web/manage/issuer_new.html", {"form": IssuerForm()})

    return asked


@require_safe
@requires("people.act_as_admin")
@with_issuer
def credentials(request: SignedInRequest) -> HttpResponse:
    """Show what can be earned, and what expires soon."""
    return render(request, "web/manage/credentials.html", {"shown": credentials_page(timezone.now())})


@require_safe
@requires("people.act_as_admin")
def expiring(request: SignedInRequest) -> HttpResponse:
    """Show what expires within 60 days, by name."""
    unit = request.GET.get("unit", "")[:64]
    held = expiring_page(unit, request.GET.get("from", ""), timezone.now())
    context = {"held": held, "unit": unit, "units": unit_choices(unit)}
    return render(request, "web/manage/credentials_expiring.html", context)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
@with_issuer
def new(request: SignedInRequest) -> HttpResponse:
    """Write a new achievement."""
    return _edit(request, None)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def edit(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Change what an achievement says."""
    return _edit(request, achievement_or_404(achievement_id))


def _edit(request: SignedInRequest, achievement: Achievement | None) -> HttpResponse:
    version = achievement.live if achievement else None
    issuers = [] if achievement else list(Issuer.objects.order_by("pk"))
    if request.method != "POST":
        return _show_form(request, achievement, AchievementForm(version=version, issuers=issuers))
    form = AchievementForm(request.POST, version=version, issuers=issuers)
    if version and request.POST.get("begun_from") != fingerprint(version):
        form.add_error(
            None,
            _(
                "Somebody saved other words after you had begun. Nothing was overwritten, and what you entered "
                "stands below. Save again to put yours in their place."
            ),
        )
    elif form.is_valid() and (saved := _save(request, achievement, form)) is not None:
        return redirect("manage-credential", saved.public_id)
    return _show_form(request, achievement, form)


def _save(
    request: SignedInRequest, achievement: Achievement | None, form: AchievementForm
) -> Achievement | None:
    actor, at = request.user, timezone.now()
    try:
        if achievement is None:
            saved = make_achievement(issuer=form.chosen_issuer, actor=actor, at=at, **form.words)
            messages.success(request, _("Saved as a draft. Nobody can earn it before you open it."))
        else:
            saved = change_achievement(achievement=achievement, actor=actor, at=at, **form.words)
            messages.success(request, _("Saved."))
        if told := _short_of_reviewers(saved.live):
            messages.warning(request, told)
    except (ActionRefused, ValidationError) as refusal:
        form.add_error(None, refusal.message if isinstance(refusal, ActionRefused) else refusal.messages)
        return None
    return saved


def fingerprint(version: AchievementVersion) -> str:
    """Return what tells whether somebody else has saved since."""
    words = {name: getattr(version, name) for name in WORDS}
    return hashlib.sha256(json.dumps([version.number, words], sort_keys=True).encode()).hexdigest()[:32]


def _show_form(
    request: SignedInRequest, achievement: Achievement | None, form: AchievementForm
) -> HttpResponse:
    version = achievement.live if achievement else None
    chosen = form["issuer"].value() if "issuer" in form.fields else ""
    issuer = achievement.issuer if achievement else _issuer_called(chosen)
    context = {
        "achievement": achievement,
        "version": version,
        "form": form,
        "begun_from": fingerprint(version) if version else "",
        "holders": Award.objects.filter(version=version).count() if version and version.frozen_at else 0,
        "short": _short_of_reviewers(version),
        "emblem": _emblem(
            form["name"].value(), form["level"].value(), form["color"].value(), str(issuer or "")
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "web/manage/credential_edit.html", context, status=status)


def _short_of_reviewers(version: AchievementVersion | None) -> str:
    """Return a warning that fewer people can review than have to agree; empty when that is no matter."""
    if version is None or not version.takes_nominations:
        return ""
    return reviewers_sentence(version.reviewers_needed, reviewer_count())


@require_safe
@requires("people.act_as_admin")
def emblem(request: SignedInRequest) -> HttpResponse:
    """Draw the emblem of words that are being written."""
    asked = request.GET
    issuer = _issuer_called(asked.get("issuer"))
    drawn = _emblem(asked.get("name"), asked.get("level"), asked.get("color"), str(issuer or ""))
    return render(request, "web/manage/_partials/emblem.html", {"emblem": drawn})


def _issuer_called(public_id: object) -> Issuer | None:
    """Return the issuer with an id; the first one for none, and for what is no id."""
    issuers = {str(issuer.public_id): issuer for issuer in Issuer.objects.order_by("pk")}
    return issuers.get(str(public_id)) or next(iter(issuers.values()), None)


def _emblem(name: object, level: object, color: object, issuer: str) -> str:
    """Return a seal as SVG; what there is none of is drawn as the plainest."""
    known_level = level if level in AchievementVersion.Level.values else ""
    known_color = color if color in AchievementVersion.Color.values else AchievementVersion.Color.INK.value
    return draw_emblem(Emblem(str(name or _("Name"))[:120], str(known_level), str(known_color), issuer))


@require_safe
@requires("people.act_as_admin")
def credential(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Show one achievement, its rules and who holds it."""
    achievement = achievement_or_404(achievement_id)
    assert achievement.live is not None, "made with its first version"
    q = request.GET.get("q", "")[:LONGEST_SEARCH]
    page = achievement_page(
        achievement,
        q=q,
        shown=request.GET.get("show", ""),
        cursor=request.GET.get("from", ""),
        at=timezone.now(),
    )
    context = {
        "shown": page,
        "achievement": achievement,
        "version": achievement.live,
        "emblem": drawn_image_of(achievement.live).svg,
        "tone": achievement_tone(achievement),
        "lasts": months(achievement.live.validity_months),
        "q": q,
    }
    return render(request, "web/manage/credential.html", context)


@require_POST
@requires("people.act_as_admin")
def open_it(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Let it be earned."""
    opened = open_achievement(
        achievement=achievement_or_404(achievement_id), actor=request.user, at=timezone.now()
    )
    messages.success(request, _("“%s” can be earned from now on.") % opened)
    return redirect("manage-credential", achievement_id)


@require_POST
@requires("people.act_as_admin")
def retire(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Award it no more."""
    retired = retire_achievement(
        achievement=achievement_or_404(achievement_id), actor=request.user, at=timezone.now()
    )
    messages.success(request, _("“%s” is awarded no more. Whoever holds it keeps it.") % retired)
    return redirect("manage-credential", achievement_id)


def achievement_or_404(public_id: UUID) -> Achievement:
    """Return an achievement.

    Raises:
        Http404: There is none.
    """
    found = find_achievement(public_id)
    if found is None:
        raise Http404
    return found
