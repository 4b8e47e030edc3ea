"""Why a page may not be deleted, unpublished, published or aliased, in words for the author who tried."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from courses.models import ContentPage, LessonIndexPage, PathIndexPage
from courses.selectors import is_learned_from, pages_below, published_paths_using


def reason_not_to_unpublish(pages: Iterable[ContentPage]) -> str:
    """Return why these pages must stay published; empty when they need not."""
    affected = pages_below(pages)
    paths = published_paths_using(affected)
    if not paths:
        return ""
    names = get_text_list([f"“{path.title}”" for path in paths], _("and"))
    return _(
        "Nothing was changed: people meet this lesson on %(paths)s."
        " Take it out there and publish the path first."
    ) % {"paths": names}


def reason_not_to_delete(pages: Iterable[ContentPage]) -> str:
    """Return why these pages must not be deleted; empty when they may go."""
    affected = pages_below(pages)
    if any(isinstance(page, LessonIndexPage | PathIndexPage) for page in affected):
        return _("Nothing was deleted: the folders of lessons and paths belong to Praxis.")
    if reason := reason_not_to_unpublish(affected):
        return reason
    learned = [page for page in affected if is_learned_from(page)]
    if not learned:
        return ""
    return _("Nothing was deleted: people have learned from “%(title)s”. Unpublish it instead.") % {
        "title": learned[0].title
    }


def reason_not_to_publish(person: Any, pages: Iterable[ContentPage]) -> str:
    """Return why a person must hand these pages to reviewers; empty when they may publish."""
    if person.has_perm("people.act_as_reviewer") or not any(page.has_workflow for page in pages):
        return ""
    return _(
        "Not published: lessons are reviewed here first. Your draft is kept; submit it to the reviewers."
    )


def reason_not_to_alias() -> str:
    """Return why no page has an alias: what people learn points at one lesson, wherever it is used."""
    return _(
        "Nothing was copied: a lesson or path cannot be at two addresses."
        " Use the lesson on several paths, or copy it without “Alias” to write another one."
    )
