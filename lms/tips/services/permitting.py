"""What each group may do with tips: the same as with exercises."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.snippets.models import create_extra_permissions

from lms.people.permissions import ADMINS, AUTHORS, REVIEWERS

WRITING = ["add", "change", "view", "publish"]
REVIEWING = [*WRITING, "lock", "unlock"]
ACTIONS = {AUTHORS: WRITING, REVIEWERS: REVIEWING, ADMINS: [*REVIEWING, "delete"]}


@transaction.atomic
def ensure_permissions() -> None:
    """Give the groups their permissions; doing it twice changes nothing, and what a company adds stays."""
    create_permissions(apps.get_app_config("tips"), verbosity=0)
    create_extra_permissions(apps.get_app_config("wagtailsnippets"))  # to publish, lock and unlock
    for name, actions in ACTIONS.items():
        codes = [f"{action}_tip" for action in actions]
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(content_type__app_label="tips", codename__in=codes))
