"""Who may do what, as predicates. The personas are learner, manager, author, reviewer, admin and API client.

Views ask for `people.act_as_manager` and the like through the `requires` decorator; which rows a person sees is a
filter of the queryset, never an `if` in a view.
"""

from typing import Any

import rules
from django.contrib.auth.models import AnonymousUser

from lms.people.models import User

AUTHORS = "Authors"
REVIEWERS = "Reviewers"
ADMINS = "Admins"

Person = User | AnonymousUser


@rules.predicate
def is_learner(person: Any) -> bool:
    """Everyone who works here now."""
    return bool(person.is_authenticated and person.is_active)


@rules.predicate
def is_manager(person: Any) -> bool:
    """Anyone with at least one person reporting to them."""
    return bool(is_learner(person) and person.lines_down.exists())


def _in_group(name: str) -> Any:
    @rules.predicate(f"in_group:{name}")
    def in_group(person: Any) -> bool:
        return bool(is_learner(person) and name in person.group_names)

    return in_group


@rules.predicate
def is_superuser(person: Any) -> bool:
    """The break-glass account."""
    return bool(is_learner(person) and person.is_superuser)


is_admin = _in_group(ADMINS) | is_superuser
is_author = _in_group(AUTHORS) | is_admin
is_reviewer = _in_group(REVIEWERS) | is_admin

rules.add_perm("people.act_as_learner", is_learner)
rules.add_perm("people.act_as_manager", is_manager)
rules.add_perm("people.act_as_author", is_author)
rules.add_perm("people.act_as_reviewer", is_reviewer)
rules.add_perm("people.act_as_admin", is_admin)
