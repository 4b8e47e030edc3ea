"""A row may refer to a lower floor, never to a higher one or to a sibling."""

from collections.abc import Iterator

from django.db.models import ForeignKey, ManyToManyField

from tests.architecture.floors import floors, our_apps


def relations() -> Iterator[tuple[str, str, str]]:
    """Give each reference between two of our apps: the field, its app, the app that it refers to."""
    ours = {app.label: app.name for app in our_apps()}
    for app in our_apps():
        for model in app.get_models(include_auto_created=True):
            for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
                if not isinstance(field, ForeignKey | ManyToManyField):
                    continue
                target = ours.get(field.related_model._meta.app_label)
                if target and target != app.name:
                    yield f"{app.name}: {model.__name__}.{field.name}", app.name, target


def violations(heights: dict[str, int]) -> list[str]:
    """Return one sentence for each reference that does not point strictly downwards."""
    return [
        f"{field} refers to {target}, which does not stand below {source}."
        for field, source, target in relations()
        if heights[target] >= heights[source]
    ]


def test_every_app_has_a_floor():
    assert {app.name for app in our_apps()} <= floors().keys()


def test_references_between_apps_point_strictly_downwards():
    assert violations(floors()) == []


def test_in_a_house_turned_upside_down_every_reference_is_a_violation():
    upside_down = {name: -height for name, height in floors().items()}

    found = violations(upside_down)

    assert len(found) == len(list(relations()))
    assert (
        "lms.records: LearningRecord.actor refers to lms.people, which does not stand below lms.records."
        in found
    )
    assert "courses: MicroLessonPage.roles refers to lms.people, which does not stand below courses." in found


def test_between_siblings_every_reference_is_a_violation():
    all_equal = dict.fromkeys(floors(), 0)

    assert len(violations(all_equal)) == len(list(relations()))
