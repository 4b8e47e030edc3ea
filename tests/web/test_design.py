"""The living style page."""

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from lms.web.views.design import living_style


def test_it_shows_every_component(ada):
    request = RequestFactory().get("/design/")
    request.user = ada

    page = living_style(request).content.decode()

    for component in [
        "btn quiet",
        "pill gold",
        "track",
        "chart",
        "legend",
        "card lead",
        "notice error",
        "private",
        "empty",
        "field",
    ]:
        assert f'class="{component}' in page, component


def test_it_is_there_in_development_only():
    with pytest.raises(NoReverseMatch):
        reverse("design")
