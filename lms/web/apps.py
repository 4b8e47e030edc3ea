from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lms.web"
    label = "web"
    verbose_name = "Pages"
