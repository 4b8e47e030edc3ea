from django.urls import URLPattern

from lms.web.health_urls import health_urls

urlpatterns: list[URLPattern] = [*health_urls]
