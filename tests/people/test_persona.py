"""Making someone an author, reviewer or admin."""

import pytest
from django.core.management import CommandError, call_command

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.people.models import User
from lms.people.services import set_persona


def may(person, permission):
    return User.objects.get(pk=person.pk).has_perm(permission)


def test_an_author_may_write_until_it_is_taken_back(ada, capsys):
    call_command("set_persona", "ADA@larkfield.example", "author", reason="writes for the service desk")
    assert may(ada, "people.act_as_author")
    assert not may(ada, "people.act_as_admin")

    call_command("set_persona", "ada@larkfield.example", "author", remove=True)
    assert not may(ada, "people.act_as_author")
    assert capsys.readouterr().out.splitlines() == [
        "Ada Okafor: author from now on.",
        "Ada Okafor: author no longer.",
    ]


def test_each_change_is_in_the_audit_trail_once(ada):
    for _ in range(2):
        set_persona(person=ada, persona="reviewer", holds=True, actor="test", reason="knows the field")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after, entry.reason) == (
        "people.set_persona",
        {"reviewer": False},
        {"reviewer": True},
        "knows the field",
    )


def test_an_unknown_persona_is_refused_and_nothing_changes(ada):
    with pytest.raises(ActionRefused, match="none of: admin, author, reviewer"):
        set_persona(person=ada, persona="boss", holds=True, actor="test")

    assert not ada.groups.exists()
    assert not AuditEntry.objects.exists()


def test_an_unknown_address_is_said(db):
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("set_persona", "nobody@larkfield.example", "author")
