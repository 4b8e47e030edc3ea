"""Publishing on schedule, and what must be remembered when a page is published."""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Revision

from courses.guards import reason_not_to_unpublish
from courses.models import ContentPage, LearningPathPage, MicroLessonPage
from lms.core.models import AuditEntry
from lms.core.services import write_audit_entry

logger = logging.getLogger(__name__)

OBJECT_TYPE = "learningpathpage"
ACTION = "courses.publish_path"


def publish_scheduled_pages(*, at: datetime) -> None:
    """Publish revisions whose moment has come and unpublish pages that have expired; running twice changes nothing.

    Wagtail's own command stops at the first page that is refused, and takes lessons away from published paths.
    Here each page stands for itself, and a lesson that a published path needs stays until the path lets it go.

    Args:
        at: Timezone-aware moment up to which schedules are due.
    """
    for page in ContentPage.objects.filter(live=True, expire_at__lt=at).specific():
        if reason := reason_not_to_unpublish([page]):
            logger.warning("“%s” has expired and stays published. %s", page.title, reason)
        else:
            page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for revision in Revision.objects.filter(approved_go_live_at__lt=at).order_by("approved_go_live_at"):
        try:
            with transaction.atomic():
                revision.publish(log_action="wagtail.publish.scheduled")
        except ValidationError as error:
            logger.error("“%s” could not be published as scheduled: %s", revision.object_str, error)


@transaction.atomic
def record_path_publication(*, path: LearningPathPage, revision: Any) -> None:
    """Write down how the steps of a path changed, when they did; they decide what people must do.

    Args:
        path: The path as it is now published.
        revision: What was published; its user is the actor.
    """
    entries = AuditEntry.objects.filter(object_type=OBJECT_TYPE, object_id=str(path.uuid), action=ACTION)
    last = entries.order_by("at", "id").last()
    before = last.after if last else None
    after = {"steps": _steps(path)}
    if before == after:
        return
    write_audit_entry(
        actor=_actor(path, revision),
        action=ACTION,
        object_type=OBJECT_TYPE,
        object_id=str(path.uuid),
        before=before,
        after=after,
    )


def _steps(path: LearningPathPage) -> list[dict[str, Any]]:
    steps = path.path_steps()
    lessons = MicroLessonPage.objects.filter(pk__in=[step.lesson_page_id for step in steps])
    uuids = {page_id: str(lesson_uuid) for page_id, lesson_uuid in lessons.values_list("pk", "uuid")}
    return [
        {
            "id": str(step.id),
            "lesson": uuids.get(step.lesson_page_id or 0),
            "is_required": step.is_required,
            "opens": step.opens,
            "delay_days": step.delay_days,
        }
        for step in steps
    ]


def _actor(path: LearningPathPage, revision: Any) -> str:
    if revision.user is not None:
        return f"user:{revision.user.public_id}"
    return "command:load_content" if path.loaded_revision == revision.pk else "system:publishing"
