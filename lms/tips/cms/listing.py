"""Tips in the CMS: their list, their editor, and a copy that is another tip."""

import json
import re
import uuid
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Prefetch
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn
from wagtail.admin.widgets.button import Button
from wagtail.models import Revision, WorkflowState
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.views.snippets import CopyView, EditView, IndexView, SnippetViewSet

from lms.core.errors import ActionRefused
from lms.tips.cms.insight import WHAT_BECAME
from lms.tips.cms.previews import sample_page
from lms.tips.models import Tip
from lms.tips.services.testing import send_test

SEND_TEST = "send-test"
LONGEST_STEM = 95
"""Of an address that gets a number; all of it has 100 characters at most."""
BLOCK_KEY = re.compile(r' data-block-key=\\+"\w+\\+"')


def roles_of(tip: Tip) -> str:
    """Return for whom it is; looks at what was prefetched."""
    return ", ".join(role.name for role in tip.roles.all()) or _("everybody")


class TipIndexView(IndexView):
    """The list, with a way to what became of each."""

    def get_list_more_buttons(self, instance: Tip) -> list[Button]:
        """Return what can be done with one."""
        url = reverse("tips_insight", args=[instance.pk])
        return [
            *super().get_list_more_buttons(instance),
            Button(WHAT_BECAME, url=url, icon_name="view", priority=25),
        ]


class TipEditView(EditView):
    """The editor, which can also mail the draft to whoever writes it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Be as patient with a test as with a draft."""
        super().setup(request, *args, **kwargs)
        if self.action == SEND_TEST:
            self.saving_as_draft = True

    def get_available_actions(self) -> list[str]:
        """Return what can be done with the form."""
        return [*super().get_available_actions(), SEND_TEST]

    def save_instance(self) -> Tip:
        """Save what was typed; a test of what nobody has changed leaves no draft behind."""
        if self.action == SEND_TEST:
            # Fresh from the database: the row that the form holds is the one it has changed.
            before: Tip = Tip.objects.get(pk=self.object.pk).get_latest_revision_as_object()
            if content_of(self.form.save(commit=False)) == content_of(before):
                return before
        saved: Tip = super().save_instance()
        return saved

    def send_test_action(self) -> HttpResponse:
        """Mail the draft that was just saved, and stay."""
        author: Any = self.request.user
        try:
            send_test(tip=self.object, author=author, page=sample_page(self.object))
        except ActionRefused as refused:
            messages.error(self.request, refused.message)
        else:
            sent = _(
                "A test is on its way to %(address)s, and what you typed is saved. The test counts nowhere."
            )
            messages.success(self.request, sent % {"address": author.email})
        return redirect(self.get_edit_url())

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """What else there is."""
        url = reverse("tips_insight", args=[self.object.pk])
        return [*super().header_more_buttons, Button(WHAT_BECAME, url=url, icon_name="view", priority=15)]


def content_of(tip: Tip) -> str:
    """Return all that a tip says; the marks that the editor puts on paragraphs are left out."""
    data = tip.serializable_data()
    data["question"] = json.loads(
        data["question"]
    )  # text within, in whatever order the database keeps its members
    return BLOCK_KEY.sub("", json.dumps(data, sort_keys=True, default=str))


class SendTestItem(ActionMenuItem):
    """The button that saves the draft and mails it to whoever writes it."""

    name = f"action-{SEND_TEST}"
    label = gettext_lazy("Send a test to myself")
    icon_name = "mail"
    order = 25

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Whether there is something to send; a new tip is saved first."""
        return bool(context["view"] == "edit" and super().is_shown(context))


class TipCopyView(CopyView):
    """A copy is another tip: at its own address, with a question that nobody has answered."""

    def get_initial_form_instance(self) -> Tip:
        """Return what the form begins with; saving it makes a new row."""
        tip: Tip = super().get_initial_form_instance().get_latest_revision_as_object()
        tip.slug = free_slug(tip.slug)
        tip.question = json.dumps([_renewed(block) for block in tip.question.get_prep_value()])
        return tip


def free_slug(slug: str) -> str:
    """Return the first address like this one that no tip has."""
    slug = slug[:LONGEST_STEM]
    taken = set(Tip.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(each for number in range(2, len(taken) + 3) if (each := f"{slug}-{number}") not in taken)


def _renewed(block: dict[str, Any]) -> dict[str, Any]:
    answers = [{**each, "id": str(uuid.uuid4())} for each in block["value"]["answers"]]
    return {**block, "id": str(uuid.uuid4()), "value": {**block["value"], "answers": answers}}


class TipListing(SnippetViewSet):
    """All tips, the one to be read again first at the top."""

    model = Tip
    icon = "info-circle"
    menu_label = gettext_lazy("Tips")
    menu_name = "tips"
    menu_order = 115
    add_to_admin_menu = True
    index_view_class = TipIndexView
    edit_view_class = TipEditView
    copy_view_class = TipCopyView
    ordering = "review_by"
    list_display: tuple[Any, ...] = (
        "title",
        Column("roles", label=gettext_lazy("Roles"), accessor=roles_of, width="18%"),
        Column(
            "level", label=gettext_lazy("Level"), accessor="get_level_display", sort_key="level", width="12%"
        ),
        Column(
            "review_by",
            label=gettext_lazy("Review by"),
            accessor=lambda tip: date_format(tip.review_by),
            sort_key="review_by",
            width="14%",
        ),
        LiveStatusTagColumn(label=gettext_lazy("Status"), width="10%"),
    )
    list_filter = ("live", "level", "roles", "skills", "tools")
    search_fields = ("title", "body", "try_it")

    def get_queryset(self, request: HttpRequest) -> Any:  # noqa: ARG002
        """Return tips with all that the list says of each."""
        states = WorkflowState.objects.active().select_related("current_task_state__task")
        waiting = Revision.objects.filter(
            content_type=ContentType.objects.get_for_model(Tip),
            object_id=Cast(OuterRef("pk"), CharField()),
            approved_go_live_at__isnull=False,
        )
        return (
            Tip.objects.select_related("latest_revision")
            .defer("latest_revision__content")
            .annotate(has_schedule=Exists(waiting))
            .prefetch_related(
                "roles", Prefetch("workflow_states", states, to_attr="_current_workflow_states")
            )
        )
