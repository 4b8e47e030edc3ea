"""What must be remembered when a page is published."""

from typing import Any

from django.db import transaction

from courses.models import LearningPathPage, MicroLessonPage
from lms.core.models import AuditEntry
from lms.core.services import write_audit_entry

OBJECT_TYPE = "learningpathpage"
ACTION = "courses.publish_path"


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
