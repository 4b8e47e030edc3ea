"""What an exercise is made of in the editor."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

CRITERIA = [
    ("task", _("says what is wanted")),
    ("context", _("gives the situation")),
    ("constraints", _("sets limits")),
    ("format", _("says what the result looks like")),
    ("role", _("says from whose view")),
    ("examples", _("shows an example")),
    ("grounding", _("ties the answer to the material")),
    ("data_hygiene", _("keeps private data out")),
]
MATERIAL_KINDS = [
    ("text", _("text")),
    ("table", _("table (CSV with a heading line)")),
    ("file", _("file to download")),
]


def words_block(**options: Any) -> blocks.ListBlock:
    """Return a list of words or short phrases."""
    return blocks.ListBlock(blocks.CharBlock(max_length=200, label=_("Word or phrase")), **options)


class GoalBlock(blocks.CharBlock):
    """What a good result looks like."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 300, **options})

    class Meta:
        icon = "tick-inverse"
        label = _("Goal")


class MaterialBlock(blocks.StructBlock):
    """A text, table or file that the learner works with."""

    name = blocks.CharBlock(max_length=100, label=_("Name"))
    kind = blocks.ChoiceBlock(choices=MATERIAL_KINDS, default="text", label=_("Kind"))
    body = blocks.TextBlock(label=_("Content"), rows=12)

    class Meta:
        icon = "doc-full"
        label = _("Material")


class CriterionBlock(blocks.StructBlock):
    """A criterion of the rubric that applies here, and its weight."""

    criterion = blocks.ChoiceBlock(choices=CRITERIA, label=_("A good prompt"))
    weight = blocks.IntegerBlock(min_value=1, max_value=100, default=15, label=_("Points"))

    class Meta:
        icon = "list-ul"
        label = _("Criterion")


class FactBlock(blocks.StructBlock):
    """Something that a good prompt mentions."""

    name = blocks.CharBlock(max_length=200, label=_("What it is"))
    words = words_block(min_num=1, label=_("Any of these says it"))

    class Meta:
        icon = "info-circle"
        label = _("Fact")


class PitfallBlock(blocks.StructBlock):
    """A mistake that models make on this task."""

    explanation = blocks.TextBlock(rows=2, label=_("What goes wrong, and how one notices"))
    words = words_block(default=[], label=_("Words in the answer that give it away"))

    class Meta:
        icon = "warning"
        label = _("Mistake to expect")


class MaxWordsBlock(blocks.StructBlock):
    """The answer is short enough."""

    words = blocks.IntegerBlock(min_value=1, label=_("Words at most"))


class MinWordsBlock(blocks.StructBlock):
    """The answer is long enough."""

    words = blocks.IntegerBlock(min_value=1, label=_("Words at least"))


class RequiredFactsBlock(blocks.StructBlock):
    """The answer names certain things."""

    facts = blocks.ListBlock(FactBlock(), min_num=1, label=_("Facts"))


class ForbiddenWordsBlock(blocks.StructBlock):
    """The answer does without certain words."""

    words = words_block(min_num=1, label=_("Words that must not occur"))


class ItemsBlock(blocks.StructBlock):
    """The answer is a list of a certain length."""

    items = blocks.IntegerBlock(min_value=1, required=False, label=_("Exactly"))
    at_least = blocks.IntegerBlock(min_value=1, required=False, label=_("At least"))
    at_most = blocks.IntegerBlock(min_value=1, required=False, label=_("At most"))


class TableBlock(blocks.StructBlock):
    """The answer has a table."""

    columns = words_block(min_num=1, label=_("Columns"))
    rows = blocks.IntegerBlock(min_value=1, required=False, label=_("Rows"))


class JsonBlock(blocks.StructBlock):
    """The answer is JSON."""

    keys = words_block(min_num=1, label=_("Keys of each object"))


class LanguageBlock(blocks.StructBlock):
    """The answer is written in a language."""

    language = blocks.CharBlock(max_length=10, default="en", label=_("Language"))


class CitesMaterialBlock(blocks.StructBlock):
    """The answer quotes the material."""

    quotes = blocks.IntegerBlock(min_value=1, default=1, label=_("Quotations"))


class NothingToSetBlock(blocks.StructBlock):
    """A check without settings."""


CHECK_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("max_words", MaxWordsBlock(label=_("At most so many words"), icon="resubmit")),
    ("min_words", MinWordsBlock(label=_("At least so many words"), icon="resubmit")),
    ("required_facts", RequiredFactsBlock(label=_("Names these facts"), icon="tick-inverse")),
    ("forbidden_words", ForbiddenWordsBlock(label=_("Does without these words"), icon="cross")),
    ("no_new_numbers", NothingToSetBlock(label=_("No number that is not in the material"), icon="cross")),
    ("no_new_names", NothingToSetBlock(label=_("No name that is not in the material"), icon="cross")),
    ("items", ItemsBlock(label=_("A list of so many items"), icon="list-ul")),
    ("table", TableBlock(label=_("A table with these columns"), icon="table")),
    ("json", JsonBlock(label=_("JSON with these keys"), icon="code")),
    ("language", LanguageBlock(label=_("Written in this language"), icon="globe")),
    ("cites_material", CitesMaterialBlock(label=_("Quotes the material"), icon="openquote")),
]
"""One block for each check of `sandbox.checks`, by its name there."""
