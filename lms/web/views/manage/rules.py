"""Assignment rules: written, looked at, confirmed, paused, archived."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.jobs.models import Job
from lms.paths.models import Assignment, AssignmentVersion
from lms.paths.services import (
    NumberNotTyped,
    PreviewStale,
    archive_rule,
    confirm_rule,
    create_rule,
    discard_draft,
    duplicate_rule,
    edit_rule,
    pause_rule,
    version_to_confirm,
)
from lms.people.audience_rules import InvalidRule, parse_rule
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.people.selectors import people_in_rule, rule_in_words
from lms.web.downloads import table_response
from lms.web.rule_editor import AudienceEditor, editor_from_post, editor_from_tree
from lms.web.rule_forms import RuleForm, initial_of
from lms.web.rule_page import (
    everyone_reached,
    find_rule,
    latest_job,
    preview_page,
    rule_page,
    rules_page,
    worth_knowing,
    worth_reading,
)

GET_AND_POST = ["GET", "HEAD", "POST"]
SAVE = "save"


@require_safe
@requires("people.act_as_admin")
def rules(request: SignedInRequest) -> HttpResponse:
    """Show all rules."""
    return render(request, "web/manage/rules.html", {"shown": rules_page()})


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def new_rule(request: SignedInRequest) -> HttpResponse:
    """Write a new rule."""
    return _edit(request, None)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def edit(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """Change what a rule shall say."""
    return _edit(request, _rule(rule_id))


def _edit(request: SignedInRequest, rule: Assignment | None) -> HttpResponse:
    latest = rule.versions.select_related("created_by").order_by("-number").first() if rule else None
    if request.method != "POST":
        form = RuleForm(rule=rule, initial=initial_of(latest) if latest else {})
        editor = _editor(latest) if latest else AudienceEditor([[]])
        return _show_editor(request, rule, form, editor, _fingerprint(latest))
    begun_from = request.POST.get("begun_from", _fingerprint(latest))
    stored = _editor(latest).foreign if latest else None
    editor = editor_from_post(request.POST, stored)
    asked = request.POST.get("do", SAVE)
    if asked != SAVE and editor.change(asked, request.POST):
        # Nothing is saved yet, and nothing that was typed is lost; what is still missing is not an error yet.
        return _show_editor(
            request, rule, RuleForm(rule=rule, initial=request.POST.dict()), editor, begun_from
        )
    form = RuleForm(request.POST, rule=rule)
    tree = editor.tree()
    if not form.is_valid() or tree is None:
        return _show_editor(request, rule, form, editor, begun_from)
    if latest and begun_from != _fingerprint(latest) and latest.created_by_id != request.user.pk:
        form.add_error(None, _somebody_was_faster(latest))
        return _show_editor(request, rule, form, editor, _fingerprint(latest), status=409)
    try:
        saved = _save(request, rule, form, tree)
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return _show_editor(request, rule, form, editor, begun_from)
    return redirect("manage-rule-preview", saved.public_id)


def _save(
    request: SignedInRequest, rule: Assignment | None, form: RuleForm, tree: dict[str, Any]
) -> Assignment:
    facts = {
        "name": form.cleaned_data["name"],
        "text": form.text(tree),
        "actor": request.user,
        "at": timezone.now(),
    }
    if rule is None:
        return create_rule(path=form.cleaned_data["path"], **facts)
    edit_rule(rule=rule, **facts)
    return rule


def _fingerprint(version: AssignmentVersion | None) -> str:
    """Return what tells whether somebody else has written since; empty for a rule that does not exist yet."""
    return f"{version.number} {version.created_at.isoformat()}" if version else ""


def _somebody_was_faster(version: AssignmentVersion) -> str:
    told = _(
        "%(name)s saved another text of this rule on %(moment)s, after you had begun. Nothing was overwritten, and "
        "what you entered stands below. Read theirs on the page of the rule; save again to put yours in its place."
    )
    moment = date_format(localtime(version.created_at), "j F Y, H:i")
    return told % {"name": version.created_by or _("Somebody"), "moment": moment}


def _editor(version: AssignmentVersion) -> AudienceEditor:
    try:
        named = people_in_rule(parse_rule(version.audience))
    except InvalidRule as invalid:
        return AudienceEditor([[]], error=_("What is stored cannot be understood: %s") % invalid.message)
    return editor_from_tree(version.audience, {str(pid): email for pid, (email, _name) in named.items()})


def _show_editor(
    request: SignedInRequest,
    rule: Assignment | None,
    form: RuleForm,
    editor: AudienceEditor,
    begun_from: str,
    *,
    status: int = 200,
) -> HttpResponse:
    words = rule_in_words(parse_rule(editor.foreign)) if editor.foreign else ""
    context = {"rule": rule, "form": form, "editor": editor, "foreign": words, "begun_from": begun_from}
    return render(request, "web/manage/rule_edit.html", context, status=status)


@require_safe
@requires("people.act_as_admin")
def rule(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """Show one rule, and what became of it."""
    return render(request, "web/manage/rule.html", {"shown": rule_page(_rule(rule_id))})


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def preview(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """Show whom confirming, or archiving, concerns; then do exactly that, or show again what has changed."""
    found = _rule(rule_id)
    archiving = "archive" in request.GET
    version = _version(found, archiving=archiving)
    if version is None:
        return _nothing_waits(request, found)
    refusal = ""
    if request.method == "POST":
        outcome = _confirm(request, found, archiving=archiving)
        if not isinstance(outcome, str):
            return redirect("manage-job", outcome.public_id) if outcome else redirect("manage-rules")
        refusal = outcome
    page = preview_page(
        found,
        version,
        timezone.now(),
        archiving=archiving,
        group=request.GET.get("group", ""),
        cursor=request.GET.get("from", ""),
    )
    context = {
        "shown": page,
        "refusal": refusal,
        "warnings": worth_reading(page),
        "notes": worth_knowing(page),
    }
    return render(request, "web/manage/rule_preview.html", context, status=409 if refusal else 200)


def _nothing_waits(request: SignedInRequest, rule: Assignment) -> HttpResponse:
    """Say who was faster; somebody who wanted to confirm is led to the job that does it."""
    job = latest_job(rule)
    if job is None or job.actor is None:
        messages.info(request, _("Nothing waits for confirmation here."))
        return redirect("manage-rule", rule.public_id)
    moment = date_format(localtime(job.created_at), "j F Y, H:i")
    if rule.state == Assignment.State.ARCHIVED:
        told = _("%(name)s archived this rule on %(moment)s. Nothing waits here any more.")
    else:
        told = _("%(name)s confirmed this rule on %(moment)s. Nothing waits here any more.")
    messages.info(request, told % {"name": job.actor, "moment": moment})
    if request.method == "POST":
        return redirect("manage-job", job.public_id)
    return redirect("manage-rule", rule.public_id)


def _confirm(request: SignedInRequest, rule: Assignment, *, archiving: bool) -> Job | str | None:
    """Do what was looked at; return its job, None without one, or why nothing was done."""
    act = archive_rule if archiving else confirm_rule
    try:
        return act(
            rule=rule,
            seen=request.POST.get("seen", ""),
            typed=request.POST.get("typed", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except (PreviewStale, NumberNotTyped, ActionRefused) as refusal:
        return refusal.message


@require_safe
@requires("people.act_as_admin")
def preview_export(request: SignedInRequest, rule_id: UUID) -> HttpResponseBase:
    """Send everyone whom a preview concerns, with what happens to them."""
    found = _rule(rule_id)
    archiving = "archive" in request.GET
    version = _version(found, archiving=archiving)
    if version is None:
        raise Http404
    try:
        rows = everyone_reached(found, version, timezone.now(), archiving=archiving)
    except InvalidRule:
        return redirect("manage-rule-preview", rule_id)  # which says what is wrong
    return table_response("preview", "csv", [_("Name"), _("E-mail address"), _("What happens")], rows)


@require_POST
@requires("people.act_as_admin")
def pause(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """Let a rule rest."""
    pause_rule(rule=_rule(rule_id), actor=request.user, at=timezone.now())
    messages.success(
        request, _("The rule rests. Nobody gains or loses anything by it until it is confirmed again.")
    )
    return redirect("manage-rule", rule_id)


@require_POST
@requires("people.act_as_admin")
def duplicate(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """Write a copy as a draft."""
    try:
        copy = duplicate_rule(rule=_rule(rule_id), actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("manage-rule", rule_id)
    messages.success(
        request, _("This is the copy, a draft of its own. Nobody gains anything before it is confirmed.")
    )
    return redirect("manage-rule-edit", copy.public_id)


@require_POST
@requires("people.act_as_admin")
def discard(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    found = _rule(rule_id)
    discard_draft(rule=found, actor=request.user, at=timezone.now())
    messages.success(request, _("The draft is gone. Nobody gained or lost anything by it."))
    return redirect("manage-rule", rule_id) if found.live else redirect("manage-rules")


def _version(rule: Assignment, *, archiving: bool) -> AssignmentVersion | None:
    if archiving:
        return None if rule.state == Assignment.State.ARCHIVED else rule.live or version_to_confirm(rule)
    return version_to_confirm(rule)


def _rule(public_id: UUID) -> Assignment:
    found = find_rule(public_id)
    if found is None:
        raise Http404
    return found
