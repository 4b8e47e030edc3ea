"""When tips go out: the weekly plan, campaigns with a preview before effect, and holidays."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.people.audience_rules import InvalidRule, parse_rule
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.people.selectors import people_in_rule, rule_in_words
from lms.tips.models import Holiday, TipPlan
from lms.tips.selectors.plans import plan_for_everybody_or_off
from lms.tips.services.plans import (
    add_holidays,
    confirm_weekly_plan,
    end_campaign,
    remove_holiday,
    save_campaign,
    start_campaign,
)
from lms.web.campaign_page import campaign_page, plan_page, weekly_plan_page
from lms.web.keyset import keyset_page
from lms.web.rule_editor import AudienceEditor, editor_from_post, editor_from_tree
from lms.web.tip_plan_forms import (
    CampaignForm,
    HolidayForm,
    HolidayListForm,
    WeeklyPlanForm,
    facts_of,
    initial_of,
)

GET_AND_POST = ["GET", "HEAD", "POST"]
SAVE = "save"


@require_safe
@requires("people.act_as_admin")
def overview(request: SignedInRequest) -> HttpResponse:
    """Show the weekly plan and the campaigns."""
    return _show_overview(request, None)


def _show_overview(request: SignedInRequest, form: WeeklyPlanForm | None) -> HttpResponse:
    cursor = request.GET.get("from", "") if form is None else ""
    shown = plan_page(timezone.now(), cursor)
    context = {"shown": shown, "page": shown.page, "form": form or WeeklyPlanForm(None, plan=shown.plan)}
    return render(request, "web/manage/tips.html", context, status=422 if form else 200)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def weekly_plan(request: SignedInRequest) -> HttpResponse:
    """Show who gets a tip when by the weekly plan as it would be; then set exactly that, or show what has changed."""
    asked = request.POST if request.method == "POST" else request.GET
    as_it_is = facts_of(plan_for_everybody_or_off() or TipPlan()) if "weekday" not in asked else None
    form = WeeklyPlanForm(as_it_is or asked, plan=None)
    if not form.is_valid():
        return _show_overview(request, form)
    now, refusal = timezone.now(), ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            confirm_weekly_plan(**form.cleaned_data, seen=seen, actor=request.user, at=now)
        except ActionRefused as refused:
            refusal = refused.message
        else:
            messages.success(
                request, _("Saved. It holds from the next run of the planner on, within ten minutes.")
            )
            return redirect("manage-tips")
    shown = weekly_plan_page(now, request.GET.get("from", ""), **form.cleaned_data)
    context = {
        "shown": shown,
        "plan": shown.plan,
        "effect": shown.effect,
        "page": shown.effect and shown.effect.page,
        "refusal": refusal,
    }
    return render(request, "web/manage/weekly_plan.html", context, status=409 if refusal else 200)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def new_campaign(request: SignedInRequest) -> HttpResponse:
    """Write a campaign."""
    return _edit(request, None)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def edit_campaign(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Change a campaign."""
    return _edit(request, _campaign(plan_id))


def _edit(request: SignedInRequest, plan: TipPlan | None) -> HttpResponse:
    stored = _editor(plan) if plan else AudienceEditor([[]])
    if request.method != "POST":
        return _show_editor(
            request, plan, CampaignForm(initial=initial_of(plan) if plan else {}, plan=plan), stored
        )
    editor = editor_from_post(request.POST, stored.foreign)
    asked = request.POST.get("do", SAVE)
    if asked != SAVE and editor.change(asked, request.POST):
        # Nothing is saved yet, and nothing that was typed is lost; what is still missing is not an error yet.
        return _show_editor(request, plan, CampaignForm(initial=request.POST.dict(), plan=plan), editor)
    form, tree = CampaignForm(request.POST, plan=plan), editor.tree()
    if form.is_valid() and tree is not None:
        try:
            saved = save_campaign(plan=plan, text=form.text(tree), actor=request.user, at=timezone.now())
        except ActionRefused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return redirect("manage-campaign", saved.pk)
    return _show_editor(request, plan, form, editor, status=422)


def _show_editor(
    request: SignedInRequest,
    plan: TipPlan | None,
    form: CampaignForm,
    editor: AudienceEditor,
    *,
    status: int = 200,
) -> HttpResponse:
    foreign = rule_in_words(parse_rule(editor.foreign)) if editor.foreign else ""
    context = {"plan": plan, "form": form, "editor": editor, "foreign": foreign}
    return render(request, "web/manage/campaign_edit.html", context, status=status)


def _editor(plan: TipPlan) -> AudienceEditor:
    assert plan.audience is not None, "a campaign has an audience"
    tree = plan.audience.rule
    try:
        named = people_in_rule(parse_rule(tree))
    except InvalidRule as invalid:
        return AudienceEditor([[]], error=_("What is stored cannot be understood: %s") % invalid.message)
    return editor_from_tree(tree, {str(pid): email for pid, (email, _name) in named.items()})


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def campaign(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Show who gets what when by a campaign; then start exactly that, or show again what has changed."""
    plan, now, refusal = _campaign(plan_id), timezone.now(), ""
    if request.method == "POST":
        try:
            start_campaign(plan=plan, seen=request.POST.get("seen", ""), actor=request.user, at=now)
        except ActionRefused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("In force. Its tips are queued a day before their hour."))
            return redirect("manage-campaign", plan.pk)
    shown = campaign_page(plan, now, request.GET.get("from", ""))
    context = {
        "shown": shown,
        "plan": plan,
        "effect": shown.effect,
        "page": shown.effect and shown.effect.page,
        "refusal": refusal,
    }
    return render(request, "web/manage/campaign.html", context, status=409 if refusal else 200)


@require_POST
@requires("people.act_as_admin")
def end(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """End a campaign."""
    end_campaign(plan=_campaign(plan_id), actor=request.user, at=timezone.now())
    messages.success(
        request,
        _(
            "Ended. What it had queued and is not due yet is taken back. Whoever has no tip of this week gets what "
            "else is planned for them; where that hour is over, an hour from now at the earliest."
        ),
    )
    return redirect("manage-tips")


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def holidays(request: SignedInRequest) -> HttpResponse:
    """Show days on which nobody works; add one."""
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        added = add_holidays(holidays=[form.holiday], actor=request.user, at=timezone.now())
        messages.success(request, _("Added. Tips avoid it from now on.") + _moved(added.moved))
        return redirect("manage-holidays")
    return _show_holidays(request, form, HolidayListForm(), status=422 if form.is_bound else 200)


@require_POST
@requires("people.act_as_admin")
def import_holidays(request: SignedInRequest) -> HttpResponse:
    """Add pasted days, all of them or none."""
    form = HolidayListForm(request.POST)
    if not form.is_valid():
        return _show_holidays(request, HolidayForm(), form, status=422)
    added = add_holidays(holidays=form.holidays, actor=request.user, at=timezone.now())
    told = ngettext("%(new)s day is new; the others were known.", "%(new)s days are new.", added.new)
    messages.success(request, told % {"new": added.new} + _moved(added.moved))
    return redirect("manage-holidays")


@require_POST
@requires("people.act_as_admin")
def drop_holiday(request: SignedInRequest, holiday_id: int) -> HttpResponse:
    """Let people work on a day."""
    holiday = get_object_or_404(Holiday, pk=holiday_id)
    moved = remove_holiday(holiday=holiday, actor=request.user, at=timezone.now())
    messages.success(request, _("Removed. Tips go out on that day again.") + _moved(moved))
    return redirect("manage-holidays")


def _moved(number: int) -> str:
    """Return a sentence about tips that were queued; nothing for none."""
    if not number:
        return ""
    told = ngettext(
        "%(number)s tip that was queued moves to another moment of its week.",
        "%(number)s tips that were queued move to another moment of their week.",
        number,
    )
    return " " + told % {"number": number}


def _show_holidays(
    request: SignedInRequest, form: HolidayForm, lines: HolidayListForm, *, status: int
) -> HttpResponse:
    rows = Holiday.objects.filter(day__gte=timezone.localdate())
    page = keyset_page(rows, order=("day", "location"), cursor=request.GET.get("from", ""))
    context = {"form": form, "lines": lines, "page": page}
    return render(request, "web/manage/holidays.html", context, status=status)


def _campaign(plan_id: int) -> TipPlan:
    campaigns = TipPlan.objects.exclude(audience=None).select_related("audience", "tip")
    plan: TipPlan = get_object_or_404(campaigns, pk=plan_id)
    return plan
