"""The library that every migrated database has."""

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Site, Workflow

from courses.models import ContentPage, LessonIndexPage, PathIndexPage
from courses.services import ensure_library

pytestmark = pytest.mark.django_db


def state() -> list[object]:
    return [
        sorted(ContentPage.objects.values_list("path", "title", "slug")),
        sorted(GroupPagePermission.objects.values_list("group__name", "page__title", "permission__codename")),
        sorted(GroupCollectionPermission.objects.values_list("group__name", "permission__codename")),
        # What stands above the library gives its own, such as tips.
        sorted(
            Permission.objects.exclude(content_type__app_label="tips")
            .filter(group__isnull=False)
            .values_list("group__name", "codename")
        ),
    ]


def test_a_migrated_database_has_the_folders_of_lessons_and_paths():
    assert list(ContentPage.objects.order_by("path").values_list("title", "url_path")) == [
        ("Root", "/"),
        ("Praxis", "/home/"),
        ("Lessons", "/home/lessons/"),
        ("Learning paths", "/home/paths/"),
    ]
    assert LessonIndexPage.objects.count() == 1
    assert PathIndexPage.objects.count() == 1


def test_groups_may_do_what_their_people_are_for():
    def allowed(group: str, page: str) -> list[str]:
        permissions = GroupPagePermission.objects.filter(group__name=group, page__title=page)
        return sorted(
            code.removesuffix("_contentpage")
            for code in permissions.values_list("permission__codename", flat=True)
        )

    assert allowed("Authors", "Lessons") == ["add", "change", "publish"]
    assert allowed("Authors", "Learning paths") == ["add", "change", "publish"]
    assert allowed("Authors", "Root") == []
    assert allowed("Reviewers", "Lessons") == ["add", "change", "lock", "publish", "unlock"]
    assert allowed("Admins", "Root") == ["add", "bulk_delete", "change", "lock", "publish", "unlock"]


def test_doing_it_again_changes_nothing():
    before = state()

    ensure_library()

    assert state() == before


def test_what_is_missing_is_added_again():
    before = state()
    GroupPagePermission.objects.all().delete()
    Group.objects.get(name="Authors").permissions.clear()

    ensure_library()

    assert state() == before


def test_wagtails_own_groups_and_workflow_are_gone():
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Admins", "Authors", "Reviewers"]
    assert not Workflow.objects.exists()


def test_a_group_that_someone_is_in_stays(person_factory):
    editors = Group.objects.create(name="Editors")
    person_factory().groups.add(editors)

    ensure_library()

    assert Group.objects.filter(name="Editors").exists()


def test_the_cms_greets_authors_by_the_name_of_the_product(grace, client_of):
    page = client_of(grace).get("/cms/").content.decode()

    assert "Praxis" in page
    assert Site.objects.get(is_default_site=True).site_name == "Praxis"
