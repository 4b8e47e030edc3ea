"""The editor of a rule of an achievement: up to eight conditions, and how many of them are asked for.

Works without JavaScript: every button sends the whole form, and the page comes back with one condition more or less and
everything that was typed. A rule is a tree (`badges.criteria`); groups inside of it, as another system may write them,
are shown in words, kept as they are, and can be taken out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from badges.criteria import MOST_CONTRIBUTIONS, BrokenRule, Condition, Group, Node, parse_rule, to_json
from badges.models import Achievement
from badges.selectors.facts import CONTRIBUTION
from badges.selectors.trying_out import GONE, Things, things_in
from courses.models import LearningPathPage, MicroLessonPage
from lms.records.contributions import contributions
from lms.web.credential_words import KINDS, PARTS, one_line
from sandbox.models import Exercise

MOST_ROWS = 8
GROUP = "group"
ALL, ANY, AT_LEAST = "all", "any", "at_least"
SCORE = "70"
NUMBER = "3"
ANY_WAY = "any"
LONGEST_GROUP = 20_000


class Choice(NamedTuple):
    """Something that a condition can be about."""

    value: str
    name: str


@dataclass
class Row:
    """One condition as it stands in the form.

    Attributes:
        name: Beginning of the names of its fields.
        kind: Key of `KINDS`, or `GROUP` for a group that is kept as it is.
        chosen: Id of what it is about; of a group its JSON, of contributions the name of one, or `ANY_WAY`.
        part: Which score, for an exercise.
        at_least: The score, or how many contributions, as typed.
        choices: What can be chosen, the chosen one first when it is gone.
        text: Of a group, what it says.
        error: What is wrong with it; empty while nothing is.
        has_focus: Whether it was added just now, or its neighbor removed.
    """

    name: str
    kind: str
    chosen: str = ""
    part: str = "prompt"
    at_least: str = SCORE
    choices: list[Choice] = field(default_factory=list)
    text: str = ""
    error: str = ""
    has_focus: bool = False

    @property
    def label(self) -> Promise | str:
        """What its kind is called."""
        return KINDS[self.kind] if self.kind in KINDS else _("A group, kept as it is")

    @property
    def is_recorded(self) -> bool:
        """Whether there is anything that can be recorded of what it asks for."""
        return self.kind != CONTRIBUTION or bool(contributions())

    @property
    def parts(self) -> list[tuple[str, Promise]]:
        """The scores of an exercise."""
        return list(PARTS.items())

    def tree(self) -> dict[str, Any]:
        """Return this part of the rule.

        Raises:
            ValueError: Something is missing; the text says what to do.
        """
        if self.kind == GROUP:
            return to_json(_group(self.chosen))
        if not self.chosen:
            raise ValueError(_("Choose one, or remove this condition."))
        if self.kind == CONTRIBUTION:
            return {self.kind: self._contribution()}
        value: dict[str, Any] = {"id": self.chosen}
        if self.kind == "exercise_score":
            if not self.at_least.isdecimal() or not 0 <= int(self.at_least[:4]) <= 100:
                raise ValueError(_("A score is a whole number from 0 to 100."))
            value |= {"part": self.part if self.part in PARTS else "prompt", "at_least": int(self.at_least)}
        return {self.kind: value}

    def _contribution(self) -> dict[str, Any]:
        if not self.at_least.isdecimal() or not 1 <= int(self.at_least[:5]) <= MOST_CONTRIBUTIONS:
            raise ValueError(_("Enter a whole number from 1 to %d.") % MOST_CONTRIBUTIONS)
        only = {} if self.chosen == ANY_WAY else {"kind": self.chosen}
        return {"at_least": int(self.at_least), **only}


@dataclass
class RuleEditor:
    """The form as it stands.

    Attributes:
        rows: The conditions.
        how: `ALL`, `ANY` or `AT_LEAST` of them.
        number: How many, as typed.
        error: What is wrong with the rule as a whole.
        focuses_new: Whether the cursor goes to where a condition is added.
    """

    achievement: Achievement
    rows: list[Row] = field(default_factory=list)
    how: str = ALL
    number: str = "2"
    error: str = ""
    focuses_new: bool = False

    @property
    def kinds(self) -> list[tuple[str, Promise]]:
        """What can be added; contributions only where something records them."""
        return [(kind, label) for kind, label in KINDS.items() if kind != CONTRIBUTION or contributions()]

    @property
    def is_full(self) -> bool:
        """Whether no further condition fits."""
        return len(self.rows) >= MOST_ROWS

    def tree(self) -> dict[str, Any] | None:
        """Return the rule; None when something is wrong, which is then noted where it is."""
        parts = []
        for row in self.rows:
            try:
                parts.append(row.tree())
            except ValueError as error:
                row.error = str(error)
        if not self.rows:
            self.error = _("Add at least one condition.")
        elif self.how == AT_LEAST and not self._number_fits():
            self.error = _("“At least” takes a number from 1 to %d, the number of conditions.") % len(
                self.rows
            )
        if self.error or any(row.error for row in self.rows):
            return None
        tree = (
            {AT_LEAST: {"number": int(self.number), "of": parts}}
            if self.how == AT_LEAST
            else {self.how: parts}
        )
        try:
            return to_json(parse_rule(tree))
        except BrokenRule as broken:
            self.error = str(broken)
            return None

    def _number_fits(self) -> bool:
        return self.number.isdecimal() and 1 <= int(self.number[:4]) <= len(self.rows)

    def change(self, asked: str, data: QueryDict) -> bool:
        """Do what a button of the form asks: add or remove; returns False when it asks for something else."""
        verb, _colon, name = asked.partition(":")
        if verb == "add":
            kind = data.get("new", "")
            if kind in dict(self.kinds) and not self.is_full:
                self.rows.append(self._new_row(kind))
        elif verb == "remove":
            place = next((at for at, row in enumerate(self.rows) if row.name == name), None)
            if place is not None:
                self.rows.pop(place)
                self.focuses_new = not self.rows
                if self.rows:
                    self.rows[min(place, len(self.rows) - 1)].has_focus = True
        else:
            return False
        self._name_rows()
        return True

    def _new_row(self, kind: str) -> Row:
        chosen = {"manager_attested": str(self.achievement.public_id), CONTRIBUTION: ANY_WAY}.get(kind, "")
        return Row("", kind, chosen, at_least=NUMBER if kind == CONTRIBUTION else SCORE, has_focus=True)

    def _name_rows(self) -> None:
        for number, row in enumerate(self.rows):
            row.name = f"c{number}"

    def offer(self) -> "RuleEditor":
        """Fill in what can be chosen and what groups say; one query for each kind there is, and those of groups."""
        self._name_rows()
        offered = {kind: self._choices(kind) for kind in {row.kind for row in self.rows} - {GROUP}}
        known = {choice.value for choices in offered.values() for choice in choices}
        nodes: dict[str, Node] = {
            row.name: node for row in self.rows if (node := _node(row, known)) is not None
        }
        things = things_in(nodes.values())
        for row in self.rows:
            if row.kind == GROUP:
                row.text = one_line(nodes[row.name], things) if row.name in nodes else ""
                continue
            row.choices = offered[row.kind]
            if row.chosen and row.chosen not in known:
                name = _missing_name(row, things)
                row.choices = [Choice(row.chosen, name), *row.choices]
        return self

    def _choices(self, kind: str) -> list[Choice]:
        match kind:
            case "path_completed":
                rows = LearningPathPage.objects.live().order_by("title").values_list("uuid", "title")
            case "lesson_mastered":
                rows = MicroLessonPage.objects.live().order_by("title").values_list("uuid", "title")
            case "exercise_score":
                rows = Exercise.objects.filter(live=True).order_by("title").values_list("uuid", "title")
            case "community_contribution":
                ways = [Choice(each.name, str(each.label).capitalize()) for each in contributions()]
                return [Choice(ANY_WAY, _("Any contribution")), *ways]
            case _:
                open_now = Achievement.objects.exclude(state=Achievement.State.RETIRED).order_by("live__name")
                if kind != "manager_attested":
                    open_now = open_now.exclude(pk=self.achievement.pk)
                if kind == "measured_outcome":
                    open_now = open_now.filter(live__takes_nominations=True)
                rows = open_now.values_list("public_id", "live__name")
        return [Choice(str(value), name) for value, name in rows]


def _group(text: str) -> Node:
    """Read a group that the form carries.

    Raises:
        ValueError: It is none.
    """
    try:
        return parse_rule(json.loads(text[:LONGEST_GROUP]))
    except (ValueError, RecursionError):
        raise ValueError(
            _("This group cannot be understood. Remove it, and add its conditions here.")
        ) from None


def _node(row: Row, known: set[str]) -> Node | None:
    """Return what a row says that cannot be named by the choices there are."""
    try:
        if row.kind == GROUP:
            return _group(row.chosen)
        if row.kind == CONTRIBUTION or not row.chosen or row.chosen in known:
            return None
        return Condition(row.kind, UUID(row.chosen))
    except ValueError:
        return None


def _missing_name(row: Row, things: Things) -> str:
    if row.kind == CONTRIBUTION:
        return _("%s (not recorded here)") % row.chosen
    try:
        thing = things.get(UUID(row.chosen), GONE)
    except ValueError:
        thing = GONE
    if thing.is_published and row.kind == "measured_outcome":
        return _("%s (takes no nominations now)") % thing.name
    if thing.is_there:
        return _("%s (not published now)") % thing.name
    return _("%s (no longer exists)") % thing.name if thing.name else _("What was chosen no longer exists")


def editor_from_tree(achievement: Achievement, tree: dict[str, Any] | None) -> RuleEditor:
    """Return the form for a stored rule, or an empty one."""
    editor = RuleEditor(achievement)
    if tree is None:
        return editor
    try:
        node = parse_rule(tree)
    except BrokenRule as broken:
        editor.error = _("What is stored cannot be understood: %s") % broken
        return editor
    parts = node.parts if isinstance(node, Group) else (node,)
    if isinstance(node, Group) and not node.wants_all:
        editor.how, editor.number = (ANY if node.needed == 1 else AT_LEAST), str(node.needed)
    if len(parts) > MOST_ROWS:
        editor.how, parts = ALL, (node,)
    editor.rows = [_row(part) for part in parts]
    return editor


def _row(node: Node) -> Row:
    if isinstance(node, Group):
        return Row("", GROUP, json.dumps(to_json(node)))
    if node.kind == CONTRIBUTION:
        return Row("", node.kind, node.part or ANY_WAY, at_least=str(node.at_least))
    is_scored = node.kind == "exercise_score"
    return Row(
        "", node.kind, str(node.object_id),
        part=node.part if is_scored else "prompt",
        at_least=str(node.at_least) if is_scored else SCORE,
    )  # fmt: skip


def editor_from_post(achievement: Achievement, data: QueryDict) -> RuleEditor:
    """Return the form as it was sent."""
    how = data.get("how", ALL)
    return RuleEditor(
        achievement,
        list(_rows(data)),
        how if how in {ALL, ANY, AT_LEAST} else ALL,
        data.get("number", "").strip()[:4],
    )


def _rows(data: QueryDict) -> Iterator[Row]:
    for place in range(MOST_ROWS):
        name = f"c{place}"
        kind = data.get(f"{name}-kind", "")
        if kind in KINDS or kind == GROUP:
            yield Row(
                name,
                kind,
                data.get(f"{name}-value", ""),
                part=data.get(f"{name}-part", "prompt"),
                at_least=data.get(f"{name}-at-least", SCORE).strip(),
            )
