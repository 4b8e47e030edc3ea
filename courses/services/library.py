"""The library that every installation has: two folders of pages, and what each group may do with them."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Site,
    Workflow,
)
from wagtail.snippets.models import create_extra_permissions

from courses.models import ContentPage, LessonIndexPage, PathIndexPage
from lms.people.permissions import ADMINS, AUTHORS, REVIEWERS

HOME_TITLE = "Praxis"
WAGTAIL_HOME_TITLE = "Welcome to your new Wagtail site!"
WAGTAIL_GROUPS = ["Editors", "Moderators"]
WAGTAIL_WORKFLOW = "Moderators approval"

LIBRARY_ACTIONS = {
    AUTHORS: ["add", "change", "publish"],
    REVIEWERS: ["add", "change", "publish", "lock", "unlock"],
}
TREE_ACTIONS = {ADMINS: ["add", "change", "publish", "bulk_delete", "lock", "unlock"]}
FILE_PERMISSIONS = [
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
]
EDITOR_PERMISSIONS = [
    "wagtailadmin.access_admin",
    *(
        f"courses.{action}_{model}"
        for model in ("skill", "tool")
        for action in ("add", "change", "delete", "view")
    ),
]
EXERCISE_PERMISSIONS = [f"sandbox.{action}_exercise" for action in ("add", "change", "view", "publish")]
REVIEWER_PERMISSIONS = [*EXERCISE_PERMISSIONS, "sandbox.lock_exercise", "sandbox.unlock_exercise"]
ADMIN_PERMISSIONS = [
    *REVIEWER_PERMISSIONS,
    "sandbox.delete_exercise",
    *(
        f"wagtailcore.{action}_{model}"
        for model in ("workflow", "task", "collection")
        for action in ("add", "change", "delete")
    ),
]
PERMISSIONS = {
    AUTHORS: [*EDITOR_PERMISSIONS, *EXERCISE_PERMISSIONS],
    REVIEWERS: [*EDITOR_PERMISSIONS, *REVIEWER_PERMISSIONS],
    ADMINS: [*EDITOR_PERMISSIONS, *ADMIN_PERMISSIONS],
}


@transaction.atomic
def ensure_library() -> None:
    """Make the lesson and path folders and give the groups their permissions; doing it twice changes nothing.

    It adds what is missing and takes nothing away, so permissions that a company adds stay. Wagtail's own
    groups go when nobody is in them: Authors, Reviewers and Admins stand in their place.
    """
    home = _home_page()
    folders = [
        LessonIndexPage.objects.first()
        or home.add_child(instance=LessonIndexPage(title="Lessons", slug="lessons")),
        PathIndexPage.objects.first()
        or home.add_child(instance=PathIndexPage(title="Learning paths", slug="paths")),
    ]
    _make_permissions()
    for name, codes in PERMISSIONS.items():
        _group(name).permissions.add(*(_permission(code) for code in codes))
    for name, actions in LIBRARY_ACTIONS.items():
        _allow_on_pages(_group(name), folders, actions)
    for name, actions in TREE_ACTIONS.items():
        _allow_on_pages(_group(name), [ContentPage.get_first_root_node()], actions)
    for name in PERMISSIONS:
        _allow_on_files(_group(name))
    _remove_unused_groups()


def _home_page() -> Any:
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    home = site.root_page if site else ContentPage.objects.filter(depth=2).order_by("path").first()
    if home.title == WAGTAIL_HOME_TITLE:
        home.title = home.draft_title = HOME_TITLE
        home.save(clean=False)
    if site and not site.site_name:
        site.site_name = HOME_TITLE
        site.save()
    return home


def _make_permissions() -> None:
    """Make the permissions that Django would make only after the app that asks for them."""
    for label in ["courses", "sandbox", "wagtailcore", "wagtailadmin", "wagtailimages", "wagtaildocs"]:
        create_permissions(apps.get_app_config(label), verbosity=0)
    create_extra_permissions(apps.get_app_config("wagtailsnippets"))  # to publish, lock and unlock


def _group(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def _permission(code: str) -> Permission:
    app_label, codename = code.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _allow_on_pages(group: Group, pages: Iterable[Any], actions: Iterable[str]) -> None:
    for page in pages:
        for action in actions:
            permission = _permission(f"courses.{action}_contentpage")
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _allow_on_files(group: Group) -> None:
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=FILE_PERMISSIONS
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _remove_unused_groups() -> None:
    """Remove Wagtail's groups, and the workflow that waits for them, when nobody uses them."""
    unused = Group.objects.filter(name__in=WAGTAIL_GROUPS, user=None)
    for task in GroupApprovalTask.objects.filter(name=WAGTAIL_WORKFLOW, groups__in=unused):
        if task.groups.count() == 1 and not task.task_states.exists():
            Workflow.objects.filter(name=WAGTAIL_WORKFLOW, workflow_tasks__task=task).delete()
            task.delete()
    unused.exclude(groupapprovaltask__isnull=False).delete()
