"""A question as a higher app asks it, and a command as one brings it."""

from datetime import datetime

from lms.core.errors import ActionRefused
from lms.notifications.messages import Choice, Message, Part, Question, plain
from lms.notifications.models import Notification
from lms.notifications.registry import Answered, message_action, message_command
from lms.notifications.services.notifying import Notice, notify
from lms.people.models import User


@message_action("tests.answer")
def take(token: str, value: str, at: datetime) -> Answered:
    """Keep the first answer to a question, as one piece of news; the token is the address of whoever is asked."""
    recipient = User.objects.filter(email=token).first()
    if recipient is None:
        raise ActionRefused("This question is not yours.")
    notify(type="tests.news", notice=Notice(recipient, "answer", value), at=at)
    kept = Notification.objects.get(recipient=recipient, event="answer")
    told = f"You answered {kept.title}. Three drafts show you more."
    return Answered(Message(subject=told, parts=(Part("", (plain(told),)),), why="You answered."))


@message_action("tests.broken")
def break_down(token: str, value: str, at: datetime) -> Answered:
    raise RuntimeError("out of order")


@message_command("newest", label="the newest of something")
def newest(person: User, at: datetime) -> Message:
    return Message(subject=f"For {person.email}", parts=(Part("", (plain("Three *drafts*."),)),), why="")


@message_command("refused", label="nothing")
def refused(person: User, at: datetime) -> Message:
    raise ActionRefused("There is none yet.")


def question_for(person: User, *, action: str = "tests.answer") -> Message:
    question = Question(
        action, person.email, "How many drafts?", (Choice("one", "One", ""), Choice("three", "Three", ""))
    )
    return Message(subject="Drafts", parts=(), why="because", question=question)
