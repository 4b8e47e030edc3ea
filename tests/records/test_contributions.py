"""What counts as a contribution is declared once, and nothing else counts."""

import pytest

from lms.records import contributions
from lms.records.contributions import contributions as declared
from lms.records.contributions import declare_contribution, is_contribution


@pytest.fixture(autouse=True)
def _none_declared(monkeypatch):
    monkeypatch.setattr(contributions, "_contributions", {})


def test_only_what_was_declared_counts(write):
    declare_contribution("workflow_shared", verb="shared", object_type="workflow", label="share a workflow")
    declare_contribution("thread_answered", verb="answered", object_type="thread", label="answer a thread")
    [shared] = write("Hand-over", verb="shared", object_type="workflow")
    [answered] = write("Who promised what?", verb="answered", object_type="question")

    assert (is_contribution(shared), is_contribution(answered)) == (True, False)
    assert (is_contribution(shared, "workflow_shared"), is_contribution(shared, "thread_answered")) == (
        True,
        False,
    )
    assert [each.name for each in declared()] == ["thread_answered", "workflow_shared"]
    assert [each.label for each in declared("workflow_shared")] == ["share a workflow"]
    assert declared("workflow_sold") == []


def test_declaring_again_changes_nothing_and_another_meaning_is_refused():
    first = declare_contribution("workflow_shared", verb="shared", object_type="workflow", label="share")

    assert declare_contribution("workflow_shared", verb="shared", object_type="workflow", label="x") is first
    with pytest.raises(ValueError, match="exists already"):
        declare_contribution("workflow_shared", verb="confirmed", object_type="workflow", label="confirm")
    assert declared() == [first]


@pytest.mark.parametrize(
    ("name", "verb", "object_type", "told"),
    [
        ("", "shared", "workflow", "is no name of a contribution"),
        ("Workflow shared", "shared", "workflow", "is no name of a contribution"),
        ("workflow_sold", "sold", "workflow", "'sold' is not a valid"),
        ("shop_shared", "shared", "shop", "'shop' is not a valid"),
    ],
)
def test_what_no_record_can_say_is_no_contribution(name, verb, object_type, told):
    with pytest.raises(ValueError, match=told):
        declare_contribution(name, verb=verb, object_type=object_type, label="do it")

    assert declared() == []
