"""Rules of an achievement: written, tried out on everyone, put in force, put to rest."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges.models import Achievement, CriteriaRule
from badges.services.enabling import put_in_force, seen_of
from badges.services.rules import disable_rule, save_rule
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.credential_page import try_out
from lms.web.credential_rule_editor import RuleEditor, editor_from_post, editor_from_tree
from lms.web.credential_words import PURPOSES
from lms.web.views.manage.credentials import GET_AND_POST, achievement_or_404

SAVE = "save"
LONGEST_NOTICE = 365
Purpose = CriteriaRule.Purpose


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def edit(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Write a rule; nothing happens before it was tried out and put in force."""
    achievement, purpose = achievement_or_404(achievement_id), _purpose(request)
    rule = achievement.rules.filter(purpose=purpose).first()
    if request.method != "POST":
        editor = editor_from_tree(achievement, rule.tree if rule else None)
        return _show(request, achievement, purpose, rule, editor)
    editor = editor_from_post(achievement, request.POST)
    if editor.change(request.POST.get("do", SAVE), request.POST):
        # Nothing is saved yet, and nothing that was typed is lost; what is still missing is not an error yet.
        return _show(request, achievement, purpose, rule, editor)
    tree, notice = editor.tree(), _notice_days(request, purpose, editor)
    if tree is None or editor.error:
        return _show(request, achievement, purpose, rule, editor)
    if rule and request.POST.get("begun_from") != seen_of(rule) and rule.tree != tree:
        editor.error = _(
            "Somebody saved another rule after you had begun. Nothing was overwritten, and what you entered stands "
            "below. Save again to put yours in its place."
        )
        return _show(request, achievement, purpose, rule, editor)
    try:
        save_rule(
            achievement=achievement,
            tree=tree,
            actor=request.user,
            at=timezone.now(),
            purpose=purpose,
            notice_days=notice,
        )
    except ActionRefused as refusal:
        editor.error = refusal.message
        return _show(request, achievement, purpose, rule, editor)
    return redirect(_address("manage-credential-rule-try", achievement, purpose))


def _notice_days(request: SignedInRequest, purpose: str, editor: RuleEditor) -> int | None:
    if purpose != Purpose.KEEP:
        return None
    typed = request.POST.get("notice_days", "").strip()
    if typed.isdecimal() and len(typed) < 5 and 1 <= int(typed) <= LONGEST_NOTICE:
        return int(typed)
    editor.error = _("Days of notice are a number from 1 to %d.") % LONGEST_NOTICE
    return None


def _show(
    request: SignedInRequest,
    achievement: Achievement,
    purpose: str,
    rule: CriteriaRule | None,
    editor: RuleEditor,
) -> HttpResponse:
    title, effect = PURPOSES[purpose]
    context = {
        "achievement": achievement,
        "purpose": purpose,
        "title": title,
        "effect": effect,
        "rule": rule,
        "editor": editor.offer(),
        "begun_from": seen_of(rule) if rule else "",
        "notice_days": request.POST.get("notice_days") or (rule.notice_days if rule else 30),
        "asks_notice": purpose == Purpose.KEEP,
    }
    has_errors = bool(editor.error or any(row.error for row in editor.rows)) and request.method == "POST"
    status = 422 if has_errors else 200
    return render(request, "web/manage/credential_rule.html", context, status=status)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def try_it(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Show what a rule would do now; then put it in force exactly so, or say what has changed."""
    achievement, purpose = achievement_or_404(achievement_id), _purpose(request)
    rule = achievement.rules.filter(purpose=purpose).first()
    if rule is None:
        return redirect(_address("manage-credential-rule", achievement, purpose))
    rule.achievement = achievement
    refusal = ""
    if request.method == "POST":
        try:
            job = put_in_force(
                rule=rule, seen=request.POST.get("seen", ""), actor=request.user, at=timezone.now()
            )
        except ActionRefused as error:
            refusal = error.message
            rule.refresh_from_db(fields=["tree", "is_enabled", "changed_at"])
        else:
            messages.success(request, _("The rule is in force."))
            if job is not None:
                return redirect("manage-job", job.public_id)
            return redirect("manage-credential", achievement.public_id)
    shown = try_out(
        rule,
        group=request.GET.get("group", ""),
        cursor=request.GET.get("from", ""),
        at=timezone.now(),
    )
    context = {"achievement": achievement, "purpose": purpose, "shown": shown, "refusal": refusal}
    return render(request, "web/manage/credential_rule_try.html", context, status=409 if refusal else 200)


@require_POST
@requires("people.act_as_admin")
def rest(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Put a rule to rest."""
    achievement, purpose = achievement_or_404(achievement_id), _purpose(request)
    rule = achievement.rules.filter(purpose=purpose).first()
    if rule is not None:
        disable_rule(rule=rule, actor=request.user, at=timezone.now())
        messages.success(request, _("The rule rests. Whatever it has awarded stays."))
    return redirect("manage-credential", achievement_id)


def _purpose(request: SignedInRequest) -> str:
    """Return which rule the address speaks of; that for earning when it says nothing.

    Raises:
        Http404: There is no such purpose.
    """
    purpose = request.GET.get("for", Purpose.EARN.value)
    if purpose not in Purpose.values:
        raise Http404
    return purpose


def _address(name: str, achievement: Achievement, purpose: str) -> str:
    return f"{reverse(name, args=[achievement.public_id])}?for={purpose}"
