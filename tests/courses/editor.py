"""What the editor of the CMS posts, and what comes back."""

from typing import Any

from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from courses.blocks.base import INLINE_FEATURES, RICH_TEXT_FEATURES


def text(html: str) -> str:
    return rich_text(html, features=RICH_TEXT_FEATURES)


def inline(html: str) -> str:
    return rich_text(html, features=INLINE_FEATURES)


def answer(words: str, *, is_right: bool = False) -> dict[str, Any]:
    value = {"text": inline(words), "feedback": inline("Because.")}
    return value | ({"is_right": "on"} if is_right else {})


def question(*answers: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    items: dict[str, Any] = {
        str(place): {"id": "", "order": str(place), "deleted": "", "value": value}
        for place, value in enumerate(answers)
    }
    return ("question", {"question": inline("What now?"), "answers": {"count": len(answers), **items}})


GOOD_QUESTION = question(answer("Look it up.", is_right=True), answer("Guess."))


def lesson_form(*blocks: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    """Return what the editor posts for a lesson with these blocks."""
    return nested_form_data(
        {
            "title": "Brief first",
            "slug": "brief-first",
            "summary": "Write a brief before the copy.",
            "sources": "",
            "level": "basic",
            "review_by": "2027-05-31",
            "body": streamfield(list(blocks)),
            "comments": inline_formset([]),
            **fields,
        }
    )


def edit_url(page: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def words_of(response: Any) -> str:
    return response.content.decode()


def messages_of(response: Any) -> list[str]:
    return [str(message).split("<")[0].strip() for message in response.context["messages"]]
