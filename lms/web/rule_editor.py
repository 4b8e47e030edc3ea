"""The editor of an audience: groups of conditions. All conditions of a group hold; one of the groups is enough.

Works without JavaScript: every button sends the whole form, and the page comes back with one condition more or less and
everything that was typed. A rule is a tree (`lms.people.audience_rules`); this is its plainest shape, groups in
an "any". A deeper tree, as another system may write, is shown in words and not taken apart.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.audience_facts import registered_facts
from lms.people.audience_rules import MAX_NAMES, InvalidRule, parse_rule
from lms.people.models import Employment
from lms.people.selectors import location_choices, people_named, role_choices, unit_choices

MAX_GROUPS = 8
MAX_CONDITIONS = 12
UNKNOWN_NAMED = 5
LONGEST_NAMED = 80
EVERYONE: dict[str, Any] = {"all": []}
Choices = Callable[[], list[tuple[str, str]]]


class Kind(NamedTuple):
    """One kind of condition.

    Attributes:
        key: As in the rule.
        label: What the form calls it.
        widget: How its value is entered: "choices", "days", "day", "person", "people", or "flag" for none at all.
        choices: Returns what can be chosen; None unless the widget is "choices".
    """

    key: str
    label: str | Promise
    widget: str
    choices: Choices | None = None


def kinds() -> dict[str, Kind]:
    """Return all kinds of conditions by key, in the order in which the form offers them."""
    own = [
        Kind("role", gettext_lazy("Job role"), "choices", role_choices),
        Kind("unit", gettext_lazy("Unit, with all below it"), "choices", unit_choices),
        Kind("location", gettext_lazy("Location"), "choices", location_choices),
        Kind("employment_type", gettext_lazy("Employment"), "choices", _employment_types),
        Kind("reports_to", gettext_lazy("Reports to, at any distance"), "person"),
        Kind("reports_directly_to", gettext_lazy("Reports directly to"), "person"),
        Kind("leads_people", gettext_lazy("Leads people"), "flag"),
        Kind("hired_within_days", gettext_lazy("Hired within the last days"), "days"),
        Kind("hired_after", gettext_lazy("Hired after"), "day"),
        Kind("hired_before", gettext_lazy("Hired before"), "day"),
        Kind("people", gettext_lazy("Is one of these people"), "people"),
    ]
    facts = [Kind(fact.key, fact.label, "choices", fact.choices) for fact in registered_facts().values()]
    return {kind.key: kind for kind in [*own, *facts]}


def _employment_types() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Employment.Type.choices]


@dataclass
class Condition:
    """One condition as it stands in the form.

    Attributes:
        name: Beginning of the names of its fields.
        values: What is chosen or typed; for "person" and "people" addresses or employee numbers.
        is_not: Whether it is turned around.
        error: What is wrong with it; empty while nothing is.
        has_focus: Whether it was added just now, or its neighbor removed; the cursor goes there.
    """

    name: str
    kind: Kind
    values: list[str] = field(default_factory=list)
    is_not: bool = False
    error: str = ""
    has_focus: bool = False

    @property
    def text(self) -> str:
        """The value of a text field."""
        return "\n".join(self.values)

    @property
    def names_too_many(self) -> bool:
        """Whether it names more people than a rule may; they are not looked up."""
        return self.kind.widget in {"person", "people"} and len(self.values) > MAX_NAMES

    @cached_property
    def options(self) -> list[tuple[str, str, bool]]:
        """Value, name and whether it is chosen; a chosen one that is gone stays in sight."""
        offered = self.kind.choices() if self.kind.choices else []
        known = {value for value, _name in offered}
        gone = [
            (value, _("%s (does not exist any more)") % value) for value in self.values if value not in known
        ]
        return [(value, name, value in self.values) for value, name in [*gone, *offered]]

    def tree(self, found: Mapping[str, str]) -> dict[str, Any]:
        """Return the part of the rule.

        Args:
            found: Public ids of people by what was typed, in small letters.

        Raises:
            ValueError: Something is missing or not understood; the text says what to do.
        """
        part = self._part(found)
        return {"not": part} if self.is_not else part

    def _part(self, found: Mapping[str, str]) -> dict[str, Any]:
        if self.kind.widget == "flag":
            return {self.kind.key: True}
        if not self.values:
            raise ValueError(_("Choose or enter at least one value, or remove this condition."))
        match self.kind.widget:
            case "days":
                if not self.values[0].isdecimal() or len(self.values[0]) > 5:
                    raise ValueError(_("Enter a number of days, such as 90."))
                return {self.kind.key: int(self.values[0])}
            case "day":
                return {self.kind.key: _day(self.values[0])}
            case "person" | "people":
                return self._people(found)
            case _:
                return {self.kind.key: self.values}

    def _people(self, found: Mapping[str, str]) -> dict[str, Any]:
        if self.names_too_many:
            told = _(
                "You entered %(entered)s addresses or numbers; %(most)s is the most in one condition. Nothing was cut. "
                "Use “Enroll a list” for more."
            )
            raise ValueError(told % {"entered": f"{len(self.values):,}", "most": f"{MAX_NAMES:,}"})
        if unknown := [text for text in self.values if text.lower() not in found]:
            raise ValueError(_nobody_is(unknown))
        ids = list(dict.fromkeys(found[text.lower()] for text in self.values))
        if self.kind.key == "people":
            return {"people": ids}
        if len(ids) > 1:
            raise ValueError(_("Enter one manager. For several, use several groups."))
        directly = {"directly": True} if self.kind.key == "reports_directly_to" else {}
        return {"reports_to": ids[0], **directly}


def _nobody_is(unknown: list[str]) -> str:
    """Say that these are nobody's address or number, naming the first few."""
    named = ", ".join(text[:LONGEST_NAMED] for text in unknown[:UNKNOWN_NAMED])
    if len(unknown) > UNKNOWN_NAMED:
        named = _("%(named)s and %(more)s more") % {
            "named": named,
            "more": f"{len(unknown) - UNKNOWN_NAMED:,}",
        }
    return (
        _("Nobody has the address or employee number %s. Enter an address or a number, not a name.") % named
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(_("Enter a day, such as 2026-03-31.")) from None


@dataclass
class AudienceEditor:
    """The form as it stands.

    Attributes:
        groups: Conditions by group.
        is_everyone: Whether the audience is the whole company, whatever the groups say.
        error: What is wrong with the audience as a whole.
        focused_group: Index of a group that was added just now, or whose last condition was removed; None without.
        foreign: The tree when it cannot be shown as groups; None otherwise.
    """

    groups: list[list[Condition]]
    is_everyone: bool = False
    error: str = ""
    focused_group: int | None = None
    foreign: dict[str, Any] | None = None

    @property
    def kinds(self) -> list[Kind]:
        """What can be added."""
        return list(kinds().values())

    @property
    def numbered(self) -> list[tuple[int, list[Condition]]]:
        """The groups with their indexes, as the names of fields have them."""
        return list(enumerate(self.groups))

    def tree(self) -> dict[str, Any] | None:
        """Return the rule; None when something is wrong, which is then noted where it is."""
        if self.is_everyone:
            return EVERYONE
        filled = [group for group in self.groups if group]
        if not filled:
            if self.foreign is None:
                self.error = _("Say who: add a condition, or choose everyone.")
            return self.foreign
        found = people_named(
            {
                text
                for group in filled
                for c in group
                if c.kind.widget in {"person", "people"} and not c.names_too_many
                for text in c.values
            }
        )
        tree: dict[str, Any] = {"any": []}
        for group in filled:
            parts = []
            for condition in group:
                try:
                    parts.append(condition.tree(found))
                except ValueError as error:
                    condition.error = str(error)
            tree["any"].append({"all": parts})
        if any(condition.error for group in filled for condition in group):
            return None
        try:
            parse_rule(tree)
        except InvalidRule as invalid:
            self.error = invalid.message
            return None
        return tree

    def change(self, asked: str, data: QueryDict) -> bool:
        """Do what a button of the form asks: add or remove; returns False when it asks for something else."""
        verb, _colon, where = asked.partition(":")
        match verb:
            case "add-group" if len(self.groups) < MAX_GROUPS:
                self.groups.append([])
                self.focused_group = len(self.groups) - 1
            case "add" if (index := _index(where, self.groups)) is not None:
                kind = kinds().get(data.get(f"g{index}-new", ""))
                if kind and len(self.groups[index]) < MAX_CONDITIONS:
                    self.groups[index].append(Condition("", kind, has_focus=True))
            case "remove":
                self._remove(where)
            case "remove-group" if (index := _index(where, self.groups)) is not None:
                self.groups.pop(index)
                self.focused_group = max(index - 1, 0)
            case _:
                return verb in {"add", "add-group", "remove-group"}
        self.groups = self.groups or [[]]
        for number, group in enumerate(self.groups):
            for place, condition in enumerate(group):
                condition.name = f"g{number}c{place}"
        return True

    def _remove(self, name: str) -> None:
        """Take a condition out; the cursor goes to its neighbor, or where a new one is chosen."""
        for index, group in enumerate(self.groups):
            place = next((at for at, condition in enumerate(group) if condition.name == name), None)
            if place is None:
                continue
            group.pop(place)
            if group:
                group[min(place, len(group) - 1)].has_focus = True
            else:
                self.focused_group = index


def _index(text: str, groups: list[list[Condition]]) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 3 and int(text) < len(groups) else None


def editor_from_post(data: QueryDict, foreign: dict[str, Any] | None = None) -> AudienceEditor:
    """Return the form as it was sent."""
    groups = [list(_conditions(data, number)) for number in range(MAX_GROUPS) if f"g{number}" in data]
    return AudienceEditor(groups or [[]], is_everyone="everyone" in data, foreign=foreign)


def _conditions(data: QueryDict, group: int) -> Iterator[Condition]:
    for place in range(MAX_CONDITIONS):
        name = f"g{group}c{place}"
        kind = kinds().get(data.get(f"{name}-kind", ""))
        if kind is not None:
            yield Condition(
                name,
                kind,
                _values(kind, data.getlist(f"{name}-value")),
                is_not=data.get(f"{name}-is") == "not",
            )


def _values(kind: Kind, sent: list[str]) -> list[str]:
    if kind.widget == "choices":
        return [value for value in sent if value]
    return " ".join(sent).replace("\0", "").replace(",", " ").replace(";", " ").split()


def editor_from_tree(tree: dict[str, Any], named: Mapping[str, str]) -> AudienceEditor:
    """Return the form for a stored rule.

    Args:
        tree: The rule.
        named: Addresses of the people in it, by public id.
    """
    if tree == EVERYONE:
        return AudienceEditor([[]], is_everyone=True)
    groups = _groups(tree, named)
    if groups is None:
        return AudienceEditor([[]], foreign=tree)
    editor = AudienceEditor(groups or [[]])
    for number, group in enumerate(editor.groups):
        for place, condition in enumerate(group):
            condition.name = f"g{number}c{place}"
    return editor


def _groups(tree: dict[str, Any], named: Mapping[str, str]) -> list[list[Condition]] | None:
    alternatives = tree["any"] if set(tree) == {"any"} else [tree]
    groups = []
    for alternative in alternatives:
        parts = alternative["all"] if set(alternative) == {"all"} else [alternative]
        conditions = [_condition(part, named) for part in parts]
        if not conditions or None in conditions:
            return None
        groups.append([condition for condition in conditions if condition is not None])
    return groups


def _condition(part: dict[str, Any], named: Mapping[str, str]) -> Condition | None:
    is_not = set(part) == {"not"}
    part = part["not"] if is_not else part
    key = next(iter(part), "")
    if key == "reports_to" and part.get("directly"):
        kind: Kind | None = kinds()["reports_directly_to"]
    else:
        kind = kinds().get(key)
    if kind is None:
        return None
    value = part[key]
    values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if kind.widget in {"person", "people"}:
        values = [named.get(each, each) for each in values]
    return Condition("", kind, values, is_not)
