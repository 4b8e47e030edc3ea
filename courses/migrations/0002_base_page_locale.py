"""Gives the root pages, which Wagtail made meanwhile, their locale and translation key."""

from django.db import migrations
from wagtail.models import BootstrapLocaleField, BootstrapTranslatableModel, BootstrapTranslationKeyField


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_base_page"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        BootstrapLocaleField("courses.ContentPage"),
        BootstrapTranslationKeyField("courses.ContentPage"),
        BootstrapTranslatableModel("courses.ContentPage"),
    ]
