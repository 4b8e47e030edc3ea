"""Answers and words that come back from inside a chat: whichever chat it is, they mean the same."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.notifications.messages import Message, Part, plain
from lms.notifications.registry import Answered, all_commands, find_action
from lms.people.models import User

LONGEST_WORD = 40


@transaction.atomic
def answer_in_message(*, action: str, token: str, value: str, at: datetime) -> Answered:
    """Record an answer that was given inside a message; giving it again changes nothing.

    Args:
        action: Name under which the question is handled.
        token: Says which question it is.
        value: Of the choice.
        at: Now.

    Raises:
        ActionRefused: It cannot be taken; the sentence is for whoever answered.
    """
    handle = find_action(action)
    if handle is None:
        raise ActionRefused(_("This question cannot be answered any more."))
    return handle(token, value, at)


def run_command(*, person: User, text: str, at: datetime) -> Message:
    """Do what somebody asks for in a word, and return what they read.

    Args:
        person: Who wrote it.
        text: What they wrote; the first word counts, and none asks for help.
        at: Now.
    """
    words = text.split()
    word = words[0].lower()[:LONGEST_WORD] if words else "help"
    command = all_commands().get(word)
    if command is None:
        return list_of_commands(unknown="" if word == "help" else word)
    try:
        return command.run(person, at)
    except ActionRefused as refused:
        return notice(refused.message)


def list_of_commands(*, unknown: str = "") -> Message:
    """Return a message that lists what can be written, and says first that a word is not among it."""
    lines = [plain(_("I do not know “%(word)s”. I know:") % {"word": unknown})] if unknown else []
    lines += [plain(f"{command.name}: {command.label}") for command in all_commands().values()]
    lines.append(plain(_("help: this list")))
    return Message(
        subject=_("What you can write"), parts=(Part(_("What you can write"), tuple(lines)),), why=""
    )


def notice(sentence: str) -> Message:
    """Return a message of one sentence."""
    return Message(subject=sentence, parts=(Part("", (plain(sentence),)),), why="")
