"""Microsoft Teams as far as Praxis speaks with it: tokens, the connector, the roster, the keys, signed activities.

Sources: Azure AI Bot Service, REST API reference and Authentication with the Bot Connector API; Universal Actions for
Adaptive Cards.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.notifications.fake_http import Call, FakeServer, Reply

APP, PASSWORD, TENANT = "b0b0b0b0-0000-4000-8000-000000000001", "teams-client-secret", "larkfield-tenant"
ADDRESS = "/integrations/teams/messages/"
KEYS = {name: RSAKey.generate_key(2048, {"kid": name}) for name in ("first", "second", "stranger")}


class FakeTeams(FakeServer):
    """One tenant with our bot.

    Attributes:
        members: What the roster says of each user, by their id.
        messages: All that was posted: conversation and activity, in order.
        changes: All that was changed: activity id and activity, in order.
        keys: Names of those that are published.
        endorsements: What the published keys may sign for.
        tokens: All that were given out; the last one is valid.
        lasts: Seconds for which a token does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, dict[str, Any]] = {}
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.changes: list[tuple[str, dict[str, Any]]] = []
        self.keys = ["first"]
        self.endorsements = ["msteams"]
        self.tokens: list[str] = []
        self.lasts = 3600

    @property
    def service_url(self) -> str:
        return f"{self.address}/emea/"

    def add(self, email: str, /, **fields: Any) -> str:
        user = f"29:user-{len(self.members) + 1}"
        self.members[user] = {
            "id": user,
            "name": "Somebody",
            "email": email,
            "userPrincipalName": email,
            "tenantId": TENANT,
            "userRole": "user",
            **fields,
        }
        return user

    def answer(self, call: Call) -> Reply:
        if call.path == f"/{TENANT}/oauth2/v2.0/token":
            return self._token(call.form)
        if call.path == "/openid":
            return Reply({"issuer": "https://api.botframework.com", "jwks_uri": f"{self.address}/keys"})
        if call.path == "/keys":
            return Reply({"keys": [self._published(name) for name in self.keys]})
        if not self.tokens or call.bearer != self.tokens[-1]:
            return Reply({"error": {"code": "Unauthorized", "message": "no"}}, 401)
        return self._connector(call)

    def _token(self, form: dict[str, str]) -> Reply:
        assert form["grant_type"] == "client_credentials"
        assert form["scope"] == "https://api.botframework.com/.default"
        if (form["client_id"], form["client_secret"]) != (APP, PASSWORD):
            described = "AADSTS7000215: Invalid client secret provided."
            return Reply({"error": "invalid_client", "error_description": described}, 401)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return Reply({"token_type": "Bearer", "expires_in": self.lasts, "access_token": self.tokens[-1]})

    def _published(self, name: str) -> dict[str, Any]:
        return {**KEYS[name].as_dict(private=False), "kid": name, "endorsements": self.endorsements}

    def _connector(self, call: Call) -> Reply:
        head, _separator, rest = call.path.partition("/v3/conversations/")
        assert head == "/emea", call.path
        conversation, kind, *more = map(unquote, rest.split("/"))
        if kind == "members":
            found = self.members.get(more[0])
            return Reply(found) if found else Reply({"error": {"code": "MemberNotFoundInConversation"}}, 404)
        activity = call.json
        assert kind == "activities"
        check_card(activity["attachments"][0])
        if call.method == "PUT":
            self.changes.append((more[0], activity))
            return Reply({"id": more[0]})
        assert activity["from"]["id"] == f"28:{APP}"
        assert activity["conversation"] == {
            "id": conversation,
            "conversationType": "personal",
            "tenantId": TENANT,
        }
        self.messages.append((conversation, activity))
        return Reply({"id": f"17000{len(self.messages):05}"}, 201)


@contextlib.contextmanager
def teams_server() -> Iterator[FakeTeams]:
    fake = FakeTeams()
    with fake.running():
        yield fake


def check_card(attachment: dict[str, Any]) -> None:
    """Look at a card as Teams does; it holds nothing that is read as Markdown."""
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.5")
    assert len(json.dumps(card)) <= 28 * 1024
    for element in card["body"]:
        assert element["type"] in {"RichTextBlock", "ActionSet"}, element
        for run in element.get("inlines", []):
            assert run["type"] == "TextRun"
            assert run["text"]
            assert run.get("selectAction", {"type": "Action.OpenUrl"})["type"] == "Action.OpenUrl"
        for action in element.get("actions", []):
            assert action["type"] == "Action.Execute"
            assert 1 <= len(action["title"]) <= 75
            assert action["verb"]
    assert not card["body"] or all(
        element.get("inlines") or element.get("actions") for element in card["body"]
    )


def said(card: dict[str, Any]) -> list[str]:
    """Return what each block of text in a card says, in order."""
    return ["".join(run["text"] for run in block["inlines"]) for block in card["body"] if "inlines" in block]


def executes(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the actions of a card, in order."""
    return [action for block in card["body"] for action in block.get("actions", [])]


def token(fake: FakeTeams, *, key: str = "first", alg: str = "RS256", **claims: Any) -> str:
    """Return what the service puts into the header of a request to us."""
    now = int(time.time())
    content = {
        "iss": "https://api.botframework.com",
        "aud": APP,
        "serviceurl": fake.service_url,
        "nbf": now - 300,
        "exp": now + 3600,
        **claims,
    }
    kept = {name: value for name, value in content.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key}, kept, KEYS[key], algorithms=[alg])


def activity(fake: FakeTeams, user: str, kind: str, **fields: Any) -> dict[str, Any]:
    """Return an activity in the conversation that a user has with our bot."""
    return {
        "type": kind,
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": fake.service_url,
        "from": {"id": user, "name": "Somebody", "aadObjectId": "aad-1"},
        "recipient": {"id": f"28:{APP}"},
        "conversation": {"id": f"a:with-{user}", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        **fields,
    }


def pressed(fake: FakeTeams, user: str, action: dict[str, Any]) -> dict[str, Any]:
    """Return the activity of somebody who presses a button of a card."""
    value = {"action": {**action, "id": "x"}, "trigger": "manual"}
    return activity(fake, user, "invoke", name="adaptiveCard/action", value=value, replyToId="1700000001")


def deliver(fake: FakeTeams, content: Any, *, authorization: str | None = None, **claims: Any) -> Any:
    """Send us an activity, as the service does."""
    header = f"Bearer {token(fake, **claims)}" if authorization is None else authorization
    return Client(enforce_csrf_checks=True).post(
        ADDRESS, json.dumps(content), content_type="application/json", headers={"authorization": header}
    )
