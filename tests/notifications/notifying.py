from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import django
import pytest

from lms.notifications.channels import CHANNELS
from lms.notifications.models import Digest
from lms.notifications.registry import NotificationType, register_types
from lms.notifications.services.notifying import Notice, notify
from lms.notifications.services.sending import send_due
from lms.people.models import User
from tests.notifications.fake_slack import SECRET, TOKEN, FakeSlack, slack_server
from tests.notifications.fake_teams import APP, PASSWORD, TENANT, FakeTeams, teams_server
from tests.notifications.mail_server import Mailbox, mail_server

NEWS = NotificationType("tests.news", "News")
DUTY = NotificationType("tests.duty", "Duties", is_required=True)
register_types([NEWS, DUTY])


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real mail server that Praxis sends through."""
    with mail_server() as (box, port):
        use_server(settings, port)
        yield box


def use_server(settings: Any, port: int) -> None:
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND = backend
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5


@pytest.fixture
def slack(settings: Any) -> Iterator[FakeSlack]:
    """A workspace of Slack's in which Praxis is installed."""
    with slack_server() as fake:
        settings.PRAXIS_SLACK_BOT_TOKEN, settings.PRAXIS_SLACK_SIGNING_SECRET = TOKEN, SECRET
        settings.PRAXIS_SLACK_API_URL = f"{fake.address}/api/"
        yield fake


@pytest.fixture
def teams(settings: Any) -> Iterator[FakeTeams]:
    """A tenant of Microsoft's in which our bot is registered."""
    with teams_server() as fake:
        settings.PRAXIS_TEAMS_APP_ID, settings.PRAXIS_TEAMS_APP_PASSWORD = APP, PASSWORD
        settings.PRAXIS_TEAMS_TENANT_ID = TENANT
        settings.PRAXIS_TEAMS_LOGIN_URL = fake.address
        settings.PRAXIS_TEAMS_OPENID_URL = f"{fake.address}/openid"
        settings.PRAXIS_INTERNAL_HOSTS = ["127.0.0.1"]
        yield fake


@pytest.fixture
def tell(noon: datetime) -> Callable[..., None]:
    """Return a function that tells somebody something."""

    def tell(recipient: User, title: str = "Something happened", **fields: Any) -> None:
        kind = fields.pop("type", "tests.news")
        at = fields.pop("at", noon)
        event = fields.pop("event", title)
        notify(type=kind, notice=Notice(recipient, event, title, **fields), at=at)

    return tell


@pytest.fixture
def digest(tell: Callable[..., None], noon: datetime) -> Callable[..., Digest]:
    """Return a function that queues a digest with one piece of news in it."""

    def queue(recipient: User, **fields: Any) -> Digest:
        tell(recipient, at=noon - timedelta(hours=1), title=f"News for {recipient}")
        values = {"channel": "email", "due_at": noon, "day": noon.date(), **fields}
        return Digest.objects.create(recipient=recipient, **values)

    return queue


@pytest.fixture
def send_mail_due(noon: datetime) -> Callable[..., int]:
    """Return a function that lets a worker send what is due by mail at a moment."""

    def send(at: datetime = noon) -> int:
        return send_due(channel=CHANNELS["email"], now=lambda: at, until=at + timedelta(seconds=1))

    return send
