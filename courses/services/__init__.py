"""What changes the library: loading files, setting up, publishing."""

from courses.services.calibrating import calibrate, continue_calibrations
from courses.services.library import ensure_library
from courses.services.loading import load_content
from courses.services.publishing import record_lesson_publication, record_path_publication
from courses.services.schedules import publish_scheduled_pages
from courses.services.storing import LoadResult, Storer, digest_with

__all__ = [
    "LoadResult",
    "Storer",
    "calibrate",
    "continue_calibrations",
    "digest_with",
    "ensure_library",
    "load_content",
    "publish_scheduled_pages",
    "record_lesson_publication",
    "record_path_publication",
]
