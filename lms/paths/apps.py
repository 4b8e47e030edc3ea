from django.apps import AppConfig


class PathsConfig(AppConfig):
    name = "lms.paths"
    label = "paths"
    verbose_name = "Learning paths"
