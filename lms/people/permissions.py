"""Who may do what, as predicates. The personas are learner, manager, author, reviewer, admin and API client.

Views ask for `people.act_as_manager` and the like through `lms.people.decorators.requires`; which rows a
person sees is a filter of the queryset, never an `if` in a view. Django lets the break-glass account, a
superuser, pass every check; a machine is known by its token alone, see `api_clients`.
"""

from typing import Any

from rules.permissions import add_perm
from rules.predicates import predicate

from lms.people.models import User

AUTHORS = "Authors"
REVIEWERS = "Reviewers"
ADMINS = "Admins"
PERSONA_GROUPS = {"author": AUTHORS, "reviewer": REVIEWERS, "admin": ADMINS}


@predicate
def is_learner(person: Any) -> bool:
    """Everyone who may sign in, machines excepted."""
    return isinstance(person, User) and person.is_active


@predicate
def is_manager(person: Any) -> bool:
    """Anyone to whom at least one person who works here now reports."""
    return bool(is_learner(person) and person.leads_people)


def _in_group(name: str) -> Any:
    @predicate(f"in_group:{name}")
    def in_group(person: Any) -> bool:
        return bool(is_learner(person) and name in person.group_names)

    return in_group


@predicate
def is_superuser(person: Any) -> bool:
    """The break-glass account."""
    return bool(is_learner(person) and person.is_superuser)


@predicate
def is_api_client(caller: Any) -> bool:
    """A machine that showed a valid access token; see `lms.people.api_clients`."""
    return bool(getattr(caller, "is_api_client", False))


is_admin = _in_group(ADMINS) | is_superuser
is_author = _in_group(AUTHORS) | is_admin
is_reviewer = _in_group(REVIEWERS) | is_admin

for _name, _predicate in {
    "people.act_as_learner": is_learner,
    "people.act_as_manager": is_manager,
    "people.act_as_author": is_author,
    "people.act_as_reviewer": is_reviewer,
    "people.act_as_admin": is_admin,
    "people.read_reports": is_manager | is_admin,
    "people.enter_cms": is_author | is_reviewer,
    "people.act_as_api_client": is_api_client,
}.items():
    add_perm(_name, _predicate)
