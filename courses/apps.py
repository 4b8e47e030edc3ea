from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lms.core.migrated import is_fully_migrated


class CoursesConfig(AppConfig):
    """Sets up the library after migrations and listens to publishing."""

    name = "courses"
    label = "courses"
    verbose_name = "Courses"

    def ready(self) -> None:
        """Adapt the CMS, and listen to what Wagtail and migrations tell."""
        from wagtail.signals import page_published, page_unpublished  # noqa: PLC0415

        from courses.cms_widgets import start_choosers_without_script  # noqa: PLC0415
        from courses.models import LearningPathPage, MicroLessonPage  # noqa: PLC0415

        start_choosers_without_script()

        page_published.connect(_remember_path, sender=LearningPathPage)
        page_published.connect(_remember_lesson, sender=MicroLessonPage)
        page_unpublished.connect(_remember_lesson, sender=MicroLessonPage)
        post_migrate.connect(_set_up_library, sender=self)


def _remember_path(*, instance: Any, revision: Any, **_rest: Any) -> None:
    from courses.services import record_path_publication  # noqa: PLC0415

    if instance.live:
        record_path_publication(path=instance, revision=revision)


def _remember_lesson(*, instance: Any, signal: Any, revision: Any = None, **_rest: Any) -> None:
    from wagtail.signals import page_unpublished  # noqa: PLC0415

    from courses.services import record_lesson_publication  # noqa: PLC0415

    if instance.live or signal is page_unpublished:  # one that is only scheduled is neither
        record_lesson_publication(lesson=instance, revision=revision)


def _set_up_library(*, using: str, **_rest: Any) -> None:
    """Give every migrated database its library; one that is migrated in part is not ready for it."""
    from courses.services import ensure_library  # noqa: PLC0415

    if using == "default" and is_fully_migrated(using):
        ensure_library()
