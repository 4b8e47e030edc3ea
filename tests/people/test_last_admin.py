"""Nobody locks themselves out, and the company never loses its last administrator by somebody's hand."""

from concurrent.futures import wait
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.people.models import User
from lms.people.services import set_person_status, set_persona
from tests.connections import other_connections

SECONDS = 20


@pytest.mark.parametrize("status", ["suspended", "left", "prehire"])
def test_nobody_ends_their_own_access(ada, status):
    with pytest.raises(ActionRefused, match="You cannot end your own access"):
        set_person_status(person=ada, status=User.Status(status), actor=ada.as_actor)

    ada.refresh_from_db()
    assert (ada.status, AuditEntry.objects.count()) == ("active", 0)


def test_someone_may_say_that_they_are_on_leave(ada):
    assert set_person_status(person=ada, status=User.Status.ON_LEAVE, actor=ada.as_actor).is_active


def test_the_last_administrator_is_not_suspended_by_a_person(mei, ada):
    with pytest.raises(ActionRefused, match="Mei Tanaka is the last administrator"):
        set_person_status(person=mei, status=User.Status.SUSPENDED, actor=ada.as_actor)

    mei.refresh_from_db()
    assert (mei.status, AuditEntry.objects.count()) == ("active", 0)


def test_what_the_hr_system_reports_is_a_fact_even_of_the_last_administrator(mei):
    set_person_status(person=mei, status=User.Status.LEFT, actor="api:hris")

    mei.refresh_from_db()
    assert mei.status == "left"


def test_an_administrator_who_has_left_does_not_count_as_one(mei, person_factory):
    person_factory(groups=("Admins",), status="left")

    with pytest.raises(ActionRefused, match="last administrator"):
        set_persona(person=mei, persona="admin", holds=False, actor="test")

    assert mei.groups.count() == 1


def test_what_is_left_of_an_administrator_who_has_left_can_be_taken_back(mei, person_factory):
    gone = person_factory(groups=("Admins",), status="left")

    set_persona(person=gone, persona="admin", holds=False, actor=mei.as_actor)

    assert not gone.groups.exists()


def test_the_command_says_why_it_refuses(mei):
    with pytest.raises(CommandError, match="Mei Tanaka is the last administrator"):
        call_command("set_persona", mei.email, "admin", remove=True)

    assert mei.groups.count() == 1


def remove(person, actor):
    set_persona(person=person, persona="admin", holds=False, actor=actor.as_actor)


def suspend(person, actor):
    set_person_status(person=person, status=User.Status.SUSPENDED, actor=actor.as_actor)


@pytest.mark.parametrize(("first", "second"), [(remove, remove), (suspend, suspend), (remove, suspend)])
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_at_once_leave_one(person_factory, first, second):
    one, other = person_factory(groups=("Admins",)), person_factory(groups=("Admins",))
    start = Barrier(2, timeout=SECONDS)

    def at_once(change, person, actor):
        start.wait()
        change(person, actor)

    with other_connections() as aside:
        attempts = [
            aside(lambda: at_once(first, one, other)),
            aside(lambda: at_once(second, other, one)),
        ]
        wait(attempts, timeout=SECONDS)

    outcomes = sorted(type(attempt.exception()).__name__ for attempt in attempts)
    assert outcomes == ["ActionRefused", "NoneType"]
    assert User.objects.current().filter(groups__name="Admins").count() == 1
