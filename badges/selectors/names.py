"""What the things are called that rules ask for."""

from collections.abc import Collection

from badges.criteria import Condition
from badges.models import Achievement
from courses.models import LearningPathPage, MicroLessonPage
from sandbox.models import Exercise


def names_of(conditions: Collection[Condition]) -> dict[Condition, str]:
    """Return the title of what each condition asks for; those that are gone are missing. At most four queries."""
    titles: dict[object, str] = {}
    for kinds, rows in (
        ({"path_completed"}, LearningPathPage.objects.live().values_list("uuid", "title")),
        ({"lesson_mastered"}, MicroLessonPage.objects.live().values_list("uuid", "title")),
        ({"exercise_score"}, Exercise.objects.filter(live=True).values_list("uuid", "title")),
    ):
        wanted = {each.object_id for each in conditions if each.kind in kinds}
        if wanted:
            titles.update(rows.filter(uuid__in=wanted))
    badges = {each.object_id for each in conditions if each.kind in {"badge_held", "manager_attested"}}
    if badges:
        rows = Achievement.objects.filter(public_id__in=badges).values_list("public_id", "live__name")
        titles.update(rows)
    return {each: titles[each.object_id] for each in conditions if each.object_id in titles}
