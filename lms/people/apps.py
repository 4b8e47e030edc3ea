from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lms.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Register the permissions of the personas."""
        from lms.people import permissions  # noqa: F401, PLC0415
