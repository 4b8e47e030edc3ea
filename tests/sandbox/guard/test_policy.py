"""Whether a text may be sent: what blocks never does, and in doubt nothing does."""

import pytest

from sandbox.definitions import Span
from sandbox.guard import inspect
from sandbox.guard.policy import Decision, Reason, decide


def no_names(_text):
    return []


CLEAN = inspect("Write three subject lines.", find_names=no_names)
WARNED = inspect("Mr Harper writes from harper@firm.com", find_names=no_names)
BLOCKED = inspect("Mr Harper pays with 4111111111111111", find_names=no_names)
ALL_ACCEPTED = frozenset(WARNED.digest_of(finding) for finding in WARNED.findings)

POLICIES = ["warn", "pseudonymize", "block"]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("is_local", [True, False])
def test_a_clean_text_goes(policy, is_local):
    assert decide(CLEAN, policy=policy, is_local=is_local) == Decision(may_send=True)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("is_local", [True, False])
def test_what_blocks_never_goes_whatever_was_accepted(policy, is_local):
    accepted = frozenset(BLOCKED.digest_of(finding) for finding in BLOCKED.findings)

    decision = decide(BLOCKED, policy=policy, is_local=is_local, accepted=accepted)

    assert not decision.may_send
    assert decision.reasons[0] is Reason.BLOCKED
    assert set(BLOCKED.blocking) <= set(decision.must_replace)


@pytest.mark.parametrize(
    ("policy", "is_local", "accepted", "may_send", "replaced", "reasons"),
    [
        ("warn", True, False, False, 2, (Reason.CHOICE_NEEDED,)),
        ("warn", True, True, True, 0, ()),
        ("warn", False, False, False, 2, (Reason.CHOICE_NEEDED,)),
        ("warn", False, True, True, 0, ()),
        ("pseudonymize", True, False, True, 2, (Reason.REPLACED,)),
        ("pseudonymize", True, True, True, 0, ()),
        ("pseudonymize", False, False, True, 2, (Reason.REPLACED,)),
        ("pseudonymize", False, True, True, 2, (Reason.REPLACED,)),
        ("block", True, False, False, 2, (Reason.REMOVAL_NEEDED,)),
        ("block", True, True, False, 2, (Reason.REMOVAL_NEEDED,)),
        ("block", False, False, False, 2, (Reason.REMOVAL_NEEDED,)),
        ("block", False, True, False, 2, (Reason.REMOVAL_NEEDED,)),
    ],
)
def test_the_table_of_warnings(policy, is_local, accepted, may_send, replaced, reasons):
    decision = decide(
        WARNED, policy=policy, is_local=is_local, accepted=ALL_ACCEPTED if accepted else frozenset()
    )

    assert (decision.may_send, len(decision.must_replace), decision.reasons) == (may_send, replaced, reasons)


def test_each_value_is_accepted_by_itself():
    name, address = WARNED.findings

    decision = decide(WARNED, policy="warn", is_local=True, accepted=frozenset({WARNED.digest_of(name)}))

    assert decision == Decision(may_send=False, must_replace=(address,), reasons=(Reason.CHOICE_NEEDED,))


def test_an_accepted_value_stays_accepted_in_another_text_and_spelling():
    again = inspect("Ms HARPER", find_names=no_names)

    assert decide(again, policy="warn", is_local=True, accepted=ALL_ACCEPTED).may_send


def test_a_digest_under_another_salt_accepts_nothing():
    assert not decide(WARNED, policy="warn", is_local=True, accepted=ALL_ACCEPTED, salt="another").may_send


def test_hints_never_hinder():
    hinted = inspect("in Lyon", find_names=lambda _: [(Span(3, 7), "PLACE")])

    assert decide(hinted, policy="block", is_local=False) == Decision(may_send=True)


@pytest.mark.parametrize(
    ("is_local", "requires_names", "may_send", "reasons"),
    [
        (False, True, False, (Reason.NAMES_NOT_CHECKED,)),
        (False, False, True, ()),
        (True, True, True, ()),
    ],
)
@pytest.mark.parametrize("policy", POLICIES)
def test_a_provider_outside_gets_nothing_while_names_cannot_be_checked(
    policy, is_local, requires_names, may_send, reasons
):
    unchecked = inspect(CLEAN.text)

    decision = decide(unchecked, policy=policy, is_local=is_local, requires_names=requires_names)

    assert (decision.may_send, decision.reasons) == (may_send, reasons)


def test_an_unknown_policy_is_an_error_and_not_a_yes():
    with pytest.raises(ValueError, match="no such policy"):
        decide(CLEAN, policy="trust", is_local=True)  # type: ignore[arg-type]


def test_every_reason_has_words_for_the_learner():
    assert [reason for reason in Reason if not str(reason.words).endswith(".")] == []
