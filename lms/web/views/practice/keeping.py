"""What a person keeps: templates for their real tool, shared copies, and whether text is kept at all."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.people.requests import SignedInRequest
from lms.people.selectors import today_of
from sandbox.models import PromptTemplate, SharedAttempt
from sandbox.selectors import own_attempt, own_copies, own_template, own_templates, practice_export
from sandbox.services.keeping import (
    note_use,
    placeholders_in,
    revoke_copy,
    save_template,
    set_keeping,
)


@require_safe
@login_required
def mine(request: SignedInRequest) -> HttpResponse:
    """Show the templates, the shared copies and what is kept."""
    context = {
        "templates": own_templates(request.user),
        "copies": own_copies(request.user),
        "keeps_text": not hasattr(request.user, "practice_settings")
        or request.user.practice_settings.keeps_text,
    }
    return render(request, "web/practice/mine.html", context)


@require_safe
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """Return all of the person's own practice as a JSON file."""
    response = JsonResponse(practice_export(request.user, timezone.now()), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-practice.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
def new_template(request: SignedInRequest) -> HttpResponse:
    """Make a template, from an attempt or from nothing."""
    attempt = None
    if value := request.POST.get("attempt") or request.GET.get("attempt"):
        attempt = own_attempt(request.user, _uuid(value))
        if attempt is None:
            raise Http404
    values = {"title": request.POST.get("title", ""), "body": request.POST.get("body", "")}
    if request.method != "POST":
        values = {"title": attempt.exercise.task, "body": attempt.prompt} if attempt else values
        return render(request, "web/practice/template_edit.html", {"attempt": attempt, **values})
    try:
        template = save_template(
            owner=request.user, title=values["title"], body=values["body"], at=timezone.now(), attempt=attempt
        )
    except ActionRefused as refusal:
        context = {"attempt": attempt, **values, "refusal": refusal.message}
        return render(request, "web/practice/template_edit.html", context, status=422)
    return redirect("practice-template", template.public_id)


@login_required
def template(request: SignedInRequest, template_id: UUID) -> HttpResponse:
    """Show a template ready to be filled in and copied, and change it."""
    found = _own(request, template_id)
    refusal = ""
    if request.method == "POST":
        values = {"title": request.POST.get("title", ""), "body": request.POST.get("body", "")}
        try:
            save_template(
                owner=request.user,
                title=values["title"],
                body=values["body"],
                at=timezone.now(),
                template=found,
            )
            return redirect("practice-template", found.public_id)
        except ActionRefused as error:
            refusal, found.title, found.body = error.message, values["title"], values["body"]
    context = {
        "template": found,
        "placeholders": placeholders_in(found.body),
        "uses": found.uses.all()[:20],
        "refusal": refusal,
    }
    return render(request, "web/practice/template.html", context, status=422 if refusal else 200)


@require_POST
@login_required
def use(request: SignedInRequest, template_id: UUID) -> HttpResponse:
    """Note a use at work."""
    found = _own(request, template_id)
    value = request.POST.get("minutes_saved", "").strip()
    try:
        if not value.removeprefix("-").isdecimal() or len(value) > 5:
            raise ActionRefused(_("Write the minutes as a whole number, below zero when it took longer."))
        note_use(template=found, minutes_saved=int(value), on=today_of(request.user, timezone.now()))
        messages.success(request, _("Noted. Only you see this."))
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("practice-template", found.public_id)


@require_POST
@login_required
def delete_template(request: SignedInRequest, template_id: UUID) -> HttpResponse:
    """Delete a template."""
    _own(request, template_id).delete()
    messages.success(request, _("The template is deleted."))
    return redirect("practice-mine")


@require_POST
@login_required
def revoke(request: SignedInRequest, copy_id: UUID) -> HttpResponse:
    """Take a shared copy back."""
    copy = SharedAttempt.objects.visible_to(request.user).filter(public_id=copy_id).first()
    if copy is None:
        raise Http404
    revoke_copy(copy=copy, at=timezone.now())
    messages.success(request, _("The copy is taken back. Its address leads nowhere now."))
    return redirect("practice-mine")


@require_POST
@login_required
def keep(request: SignedInRequest) -> HttpResponse:
    """Keep prompts and answers for 90 days, or only scores."""
    set_keeping(learner=request.user, keeps_text=request.POST.get("keeps") == "text", at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("practice-mine")


def _own(request: SignedInRequest, template_id: UUID) -> PromptTemplate:
    found = own_template(request.user, template_id)
    if found is None:
        raise Http404
    return found


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Http404 from None
