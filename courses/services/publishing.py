"""What must be remembered when a page is published or unpublished, because it changes what people must do."""

from typing import Any

from django.db import transaction
from wagtail.log_actions import get_active_log_context

from courses.models import LearningPathPage, MicroLessonPage
from courses.selectors import paths_people_may_be_on
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


@transaction.atomic
def record_lesson_publication(*, lesson: MicroLessonPage, revision: Any) -> None:
    """Write down that a step of paths can be read, or no more; a step that comes back is one more to do.

    Args:
        lesson: The lesson as it now is.
        revision: What was published; None when the lesson was unpublished.
    """
    paths = paths_people_may_be_on(lesson)
    if not paths:
        return
    write_audit_entry(
        actor=_actor(lesson, revision),
        action="courses.publish_lesson" if lesson.live else "courses.unpublish_lesson",
        object_type="microlessonpage",
        object_id=str(lesson.uuid),
        after={
            "revision": revision.pk if revision else None,
            "paths": [{"id": str(path.uuid), "title": path.title} for path in paths],
        },
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


def _actor(page: LearningPathPage | MicroLessonPage, revision: Any) -> str:
    """Return who published: the person at the CMS, else whose revision it is, else the program."""
    person = get_active_log_context().user or (revision and revision.user)
    if person:
        return f"user:{person.public_id}"
    is_loaded = revision is not None and page.loaded_revision == revision.pk
    return "command:load_content" if is_loaded else "system:publishing"
