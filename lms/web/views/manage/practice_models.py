"""Models that learners may ask: added, changed, tried out, switched and removed by administrators."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from courses.gold import gold_set
from courses.services import calibrate as start_calibrating
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.practice_forms import ProviderForm
from sandbox.embedded.state import model_status
from sandbox.models import Provider
from sandbox.selectors.judging import calibration_of
from sandbox.services.asking import ask_provider
from sandbox.services.calibrating import let_judge, stop_calibration
from sandbox.services.managing import remove_provider, save_provider, switch_provider

GET_AND_POST = ["GET", "HEAD", "POST"]


@sensitive_post_parameters("key")
@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def new_model(request: SignedInRequest) -> HttpResponse:
    """Add a model that is reached at an address."""
    return _edit(request, None)


@sensitive_post_parameters("key")
@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def model(request: SignedInRequest, model_id: UUID) -> HttpResponse:
    """Change a model."""
    return _edit(request, _provider(model_id))


def _edit(request: SignedInRequest, provider: Provider | None) -> HttpResponse:
    form = ProviderForm(request.POST if request.method == "POST" else None, provider=provider)
    if form.is_valid():
        try:
            saved = save_provider(
                provider=provider, facts=form.facts, key=form.new_key, actor=request.user, at=timezone.now()
            )
        except ActionRefused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            told = (
                _("Saved. Ask it something to see whether it answers.") if provider is None else _("Saved.")
            )
            messages.success(request, told)
            return redirect("manage-practice-model", saved.public_id)
    if form.errors:
        form.say_key_is_gone()
    status = model_status() if provider and provider.is_local else None
    context = {
        "provider": provider,
        "form": form,
        "status": status,
        "calibration": provider.calibrations.first() if provider else None,
        "holds": calibration_of(provider) if provider else None,
        "gold": len(gold_set().prompts) if provider else 0,
    }
    return render(request, "web/manage/practice_model.html", context)


@require_POST
@requires("people.act_as_admin")
def ask(request: SignedInRequest, model_id: UUID) -> HttpResponse:
    """Ask a model something as it is stored, and say what came of it."""
    health = ask_provider(provider=_provider(model_id))
    (messages.success if health.is_ready else messages.error)(request, health.sentence)
    return redirect("manage-practice-model", model_id)


@require_POST
@requires("people.act_as_admin")
def switch(request: SignedInRequest, model_id: UUID) -> HttpResponse:
    """Let learners ask a model, or no longer."""
    is_enabled = request.POST.get("enabled") == "1"
    saved = switch_provider(
        provider=_provider(model_id), is_enabled=is_enabled, actor=request.user, at=timezone.now()
    )
    told = _("Learners may ask %(name)s now.") if is_enabled else _("Nobody can ask %(name)s any more.")
    messages.success(request, told % {"name": saved.name})
    return redirect("manage-practice")


@require_POST
@requires("people.act_as_admin")
def calibrate(request: SignedInRequest, model_id: UUID) -> HttpResponse:
    """Begin to ask a model about the gold set, or stop asking."""
    found, now = _provider(model_id), timezone.now()
    under_way = found.calibrations.filter(ended_at=None).first()
    try:
        if "stop" not in request.POST:
            start_calibrating(provider=found, actor=request.user.as_actor, at=now)
        elif under_way:
            stop_calibration(calibration=under_way, actor=request.user, at=now)
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return _to_opinions(model_id)


@require_POST
@requires("people.act_as_admin")
def judge(request: SignedInRequest, model_id: UUID) -> HttpResponse:
    """Let a model give second opinions, or no longer."""
    may_judge = request.POST.get("may_judge") == "1"
    try:
        saved = let_judge(
            provider=_provider(model_id), may_judge=may_judge, actor=request.user, at=timezone.now()
        )
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        told = (
            _("Learners may ask %(name)s for a second opinion now.")
            if may_judge
            else _("%(name)s gives no second opinions any more.")
        )
        messages.success(request, told % {"name": saved.name})
    return _to_opinions(model_id)


def _to_opinions(model_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('manage-practice-model', args=[model_id])}#opinions")


@require_POST
@requires("people.act_as_admin")
def remove(request: SignedInRequest, model_id: UUID) -> HttpResponse:
    """Remove a model."""
    found = _provider(model_id)
    try:
        remove_provider(provider=found, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("manage-practice-model", model_id)
    messages.success(
        request,
        _("%(name)s is removed, with its key. Its answers stay with learners.") % {"name": found.name},
    )
    return redirect("manage-practice")


def _provider(public_id: UUID) -> Provider:
    return get_object_or_404(Provider, public_id=public_id)
