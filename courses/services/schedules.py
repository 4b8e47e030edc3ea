"""Publishing and unpublishing on schedule."""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import DraftStateMixin, Revision
from wagtail.snippets.models import get_snippet_models

from courses.guards import reason_not_to_unpublish
from courses.models import ContentPage, LearningPathPage
from lms.core.models import AuditEntry
from lms.core.services import write_audit_entry
from sandbox.models import Exercise

logger = logging.getLogger(__name__)

KEPT = "courses.keep_expired"


def publish_scheduled_pages(*, at: datetime) -> None:
    """Publish revisions whose moment has come and unpublish pages that have expired; running twice changes nothing.

    Wagtail's own command stops at the first page that is refused, and takes lessons away from published paths.
    Here each page stands for itself, and a lesson that a published path needs stays until the path lets it go. An
    exercise stays as well, since lessons and paths may lead to it.

    Args:
        at: Timezone-aware moment up to which schedules are due.
    """
    expired = ContentPage.objects.filter(live=True, expire_at__lt=at).order_by("expire_at", "pk")
    # Paths first: one that leaves lets the lessons go that expire with it.
    pages = sorted(expired, key=lambda page: page.specific_class is not LearningPathPage)
    for row in [*(page.specific for page in pages), *_expired_snippets(at)]:
        try:
            with transaction.atomic():
                _unpublish_expired(row)
        except Exception:
            logger.exception("“%s” could not be unpublished as scheduled", row)
    for revision in Revision.objects.filter(approved_go_live_at__lt=at).order_by("approved_go_live_at"):
        try:
            with transaction.atomic():
                revision.publish(log_action="wagtail.publish.scheduled")
        except ValidationError as error:
            logger.error("“%s” could not be published as scheduled: %s", revision.object_str, error)
        except Exception:
            logger.exception("“%s” could not be published as scheduled", revision.object_str)


def _expired_snippets(at: datetime) -> list[Any]:
    models = [
        each for each in get_snippet_models() if issubclass(each, DraftStateMixin) and each is not Exercise
    ]
    return [
        row for model in models for row in model.objects.filter(live=True, expire_at__lt=at).order_by("pk")
    ]


def _unpublish_expired(page: Any) -> None:
    if isinstance(page, ContentPage) and (reason := reason_not_to_unpublish([page])):
        _say_once_that_it_stays(page, reason)
    else:
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _say_once_that_it_stays(page: Any, reason: str) -> None:
    """Log and write down that an expired page is kept; once for each moment that an author sets."""
    what, identity = type(page).__name__.lower(), str(getattr(page, "uuid", page.pk))
    after = {"expire_at": page.expire_at.isoformat()}
    if AuditEntry.objects.filter(object_type=what, object_id=identity, action=KEPT, after=after).exists():
        return
    logger.warning("“%s” has expired and stays published. %s", page.title, reason)
    write_audit_entry(
        actor="system:publishing",
        action=KEPT,
        object_type=what,
        object_id=identity,
        after=after,
        reason=reason,
    )
