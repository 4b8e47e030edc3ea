"""What a model says of where it can be read."""

import pytest
from django.urls import resolve

from tests.architecture.floors import our_apps


def models_with_an_address():
    models = (model for app in our_apps() for model in app.get_models())
    return [model for model in models if "get_absolute_url" in vars(model)]


@pytest.mark.parametrize("model", models_with_an_address(), ids=lambda model: model.__name__)
def test_an_address_that_a_model_gives_leads_to_a_page(model):
    address = model(slug="some-name").get_absolute_url()

    assert resolve(address).route
