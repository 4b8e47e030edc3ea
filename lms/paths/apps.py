from django.apps import AppConfig


class PathsConfig(AppConfig):
    name = "lms.paths"
    label = "paths"
    verbose_name = "Learning paths"

    def ready(self) -> None:
        """Let rules ask for what people have learned."""
        from lms.paths.audience_facts import register_facts  # noqa: PLC0415  models are loaded only now

        register_facts()
