"""The site, and the bare view that it is measured against."""

from django.urls import path

from config.urls import urlpatterns as site
from tests.bench.bare import bare

urlpatterns = [path("bench/bare/<slug:slug>/", bare), *site]
