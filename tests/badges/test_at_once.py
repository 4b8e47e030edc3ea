"""Two at once: nothing is awarded twice, no place is given out twice, no decision is lost."""

import json
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction

from badges.models import Award, AwardEvent, SignedCredential, StatusList
from badges.ob3.status import decode_bits, has_bit
from badges.services.awarding import award_achievement, award_all
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award
from badges.services.signing import sign_waiting, signed_text
from badges.services.status import signed_list
from lms.core.errors import ActionRefused
from tests.connections import other_connections, wait_until_somebody_waits_for_us

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PERSON = Award.Source.PERSON


def together(*functions):
    """Run all at the same moment; return what each returned, or the refusal it met."""
    start = Barrier(len(functions))

    def run(function):
        start.wait()
        try:
            return function()
        except ActionRefused as refusal:
            return refusal

    with other_connections() as aside:
        futures = [aside(partial(run, function)) for function in functions]
    return [future.result() for future in futures]


def test_four_clients_that_award_the_same_people_leave_one_award_each(
    person_factory, achievement_factory, noon
):
    achievement = achievement_factory()
    pairs = [(achievement, person_factory()) for _number in range(25)]

    def award():
        return len(award_all(pairs=pairs, at=noon, source=PERSON).new)

    made = together(award, award, award, award)

    assert sorted(made) == [0, 0, 0, 25]
    assert Award.objects.count() == 25
    assert AwardEvent.objects.count() == 25


def test_different_people_at_once_get_different_places(person_factory, achievement_factory, noon):
    achievement = achievement_factory()
    groups = [[(achievement, person_factory()) for _number in range(20)] for _group in range(4)]

    together(*[lambda pairs=pairs: award_all(pairs=pairs, at=noon, source=PERSON) for pairs in groups])

    places = Award.objects.values_list("status_list", "status_index")
    assert len(set(places)) == 80
    assert StatusList.objects.get().given_out == 80


@pytest.mark.parametrize("attempt", range(6))
def test_two_administrators_who_revoke_and_renew_at_once_leave_it_revoked(
    ada, mei, prompt_craft, noon, attempt
):
    award = award_achievement(achievement=prompt_craft, recipient=ada, at=noon, source=PERSON)
    late = noon + timedelta(days=340)

    revoked, renewed = together(
        lambda: revoke_award(award=award, actor=mei, at=late, code="conduct"),
        lambda: renew_award(award=award, actor=mei, at=late),
    )

    award.refresh_from_db()
    assert not isinstance(revoked, ActionRefused)
    assert award.state == Award.State.REVOKED
    published = json.loads(signed_list(status_list=award.status_list, at=late))
    assert has_bit(decode_bits(published["credentialSubject"]["encodedList"]), award.status_index)
    steps = ["issued", "revoked"] if isinstance(renewed, ActionRefused) else ["issued", "renewed", "revoked"]
    assert list(award.events.order_by("pk").values_list("kind", flat=True)) == steps


@pytest.mark.parametrize(
    ("code", "source", "states"),
    [
        ("evidence", "rule", ["revoked"]),
        ("conduct", "rule", ["revoked"]),
        ("lapsed", "rule", ["revoked", "issued"]),
        ("undone", "rule", ["revoked", "issued"]),
        ("evidence", "list", ["revoked", "issued"]),
    ],
)
def test_a_rule_that_waited_for_whoever_revokes_does_not_award_again(
    ada, mei, prompt_craft, noon, code, source, states
):
    award = award_achievement(achievement=prompt_craft, recipient=ada, at=noon, source=PERSON)

    with other_connections() as aside:
        with transaction.atomic():
            revoke_award(award=award, actor=mei, at=noon, code=code)
            waiting = aside(lambda: award_all(pairs=[(prompt_craft, ada)], at=noon, source=source))
            wait_until_somebody_waits_for_us()
        made = waiting.result().new

    assert list(Award.objects.order_by("pk").values_list("state", flat=True)) == states
    assert len(made) == len(states) - 1


def test_two_workers_and_a_reader_sign_each_award_once(person_factory, achievement_factory, noon):
    achievement = achievement_factory()
    awards = award_all(
        pairs=[(achievement, person_factory()) for _number in range(12)], at=noon, source=PERSON
    ).new
    until = noon + timedelta(days=36500)

    together(
        lambda: sign_waiting(now=noon, until=until),
        lambda: sign_waiting(now=noon, until=until),
        lambda: [signed_text(award=award, format="json", at=noon) for award in awards],
    )

    assert SignedCredential.objects.count() == 24
