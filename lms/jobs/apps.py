from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Long work, and the finding of its kinds."""

    name = "lms.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Find the kinds of jobs of every app."""
        autodiscover_modules("job_kinds")
