"""Slack as far as Praxis speaks with it: the methods it calls, the limits of blocks, and signed requests to us.

Sources: reference of the Web API methods; Block Kit reference; Verifying requests from Slack.
"""

import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.notifications.fake_http import Call, FakeServer, Reply

TOKEN = "xoxb-larkfield-token"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ADDRESS = "/integrations/slack/events/"


class FakeSlack(FakeServer):
    """One workspace.

    Attributes:
        users: What is known of each user, by their id.
        messages: All that was posted, in order.
        feedback: What messages that were answered were changed into, and what only the one who answered was told.
        token: The one that is valid.
    """

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self.feedback: list[dict[str, Any]] = []
        self.token = TOKEN

    def add(self, email: str, /, **fields: Any) -> str:
        user = f"U{len(self.users) + 1:08}"
        self.users[user] = {
            "id": user,
            "deleted": False,
            "is_bot": False,
            "is_email_confirmed": True,
            "profile": {"email": email, "real_name": "Somebody"},
            **fields,
        }
        return user

    def answer(self, call: Call) -> Reply:
        if call.path.startswith("/actions/"):
            self.feedback.append(call.json)
            return Reply("ok")
        if call.bearer != self.token:
            return refusal("invalid_auth")
        methods = {
            "/api/auth.test": lambda: Reply({"ok": True, "user_id": "UBOT"}),
            "/api/chat.postMessage": lambda: self._post(call),
            "/api/users.lookupByEmail": lambda: self._look_up(call.form["email"]),
            "/api/users.info": lambda: self._info(call.form["user"]),
        }
        return methods[call.path]()

    def _post(self, call: Call) -> Reply:
        message = call.json
        if message["channel"] not in self.users:
            return refusal("channel_not_found")
        if not message.get("text"):
            return refusal("no_text")
        if error := wrong_blocks(message["blocks"]):
            return refusal("invalid_blocks", response_metadata={"messages": [error]})
        uuid.UUID(message["client_msg_id"])
        self.messages.append(message)
        return Reply(
            {"ok": True, "channel": f"D{message['channel'][1:]}", "ts": f"1700.{len(self.messages):06}"}
        )

    def _look_up(self, email: str) -> Reply:
        for user in self.users.values():
            if user["profile"]["email"].lower() == email.lower():
                return Reply({"ok": True, "user": user})
        return refusal("users_not_found")

    def _info(self, user: str) -> Reply:
        return (
            Reply({"ok": True, "user": self.users[user]}) if user in self.users else refusal("user_not_found")
        )


def refusal(error: str, **fields: Any) -> Reply:
    return Reply({"ok": False, "error": error, **fields})


@contextlib.contextmanager
def slack_server() -> Iterator[FakeSlack]:
    fake = FakeSlack()
    with fake.running():
        yield fake


def wrong_blocks(blocks: list[dict[str, Any]]) -> str:
    """Return what Slack would not take about blocks; empty when it takes them."""
    if not 1 <= len(blocks) <= 50:
        return f"{len(blocks)} blocks"
    if (length := len("".join(words(blocks)))) > 13_000:
        return f"{length} characters"
    return next(filter(None, map(_wrong_block, blocks)), "")


def _wrong_block(block: dict[str, Any]) -> str:
    kinds = {
        "rich_text": _wrong_rich_text,
        "header": lambda block: _wrong_text(block["text"], 150),
        "section": _wrong_section,
        "context": _wrong_context,
        "actions": _wrong_actions,
    }
    return kinds[block["type"]](block)


def _wrong_section(block: dict[str, Any]) -> str:
    return _wrong_text(block["text"], 3000) or _wrong_button(block["accessory"])


def _wrong_context(block: dict[str, Any]) -> str:
    if not 1 <= len(block["elements"]) <= 10:
        return "elements of context"
    return next(filter(None, (_wrong_text(each, 3000) for each in block["elements"])), "")


def _wrong_actions(block: dict[str, Any]) -> str:
    actions = [button["action_id"] for button in block["elements"]]
    if not 1 <= len(actions) <= 25 or len(set(actions)) < len(actions):
        return "elements of actions"
    return next(filter(None, map(_wrong_button, block["elements"])), "")


def _wrong_rich_text(block: dict[str, Any]) -> str:
    for section in block["elements"]:
        if section["type"] != "rich_text_section" or not section["elements"]:
            return "section of rich text"
        for element in section["elements"]:
            if element["type"] not in {"text", "link"} or not element["text"]:
                return f"element of rich text {element}"
            if set(element.get("style", {})) - {"bold", "italic", "code", "strike"}:
                return "style"
            if element["type"] == "link" and not element["url"].startswith(("http://", "https://")):
                return "url"
    return ""


def _wrong_text(text: dict[str, Any], longest: int) -> str:
    if text["type"] not in {"plain_text", "mrkdwn"} or not 1 <= len(text["text"]) <= longest:
        return f"text of {len(text['text'])} characters"
    return ""


def _wrong_button(button: dict[str, Any]) -> str:
    if button["type"] != "button" or not 1 <= len(button["action_id"]) <= 255:
        return "button"
    return "value" if len(button["value"]) > 2000 else _wrong_text(button["text"], 75)


def words(node: Any) -> list[str]:
    """Return all texts in blocks, in order."""
    if isinstance(node, list):
        return [text for each in node for text in words(each)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return own + [text for key, value in node.items() if not isinstance(value, str) for text in words(value)]


def buttons(node: Any) -> list[dict[str, Any]]:
    """Return all buttons in blocks, in order."""
    if isinstance(node, list):
        return [button for each in node for button in buttons(each)]
    if not isinstance(node, dict):
        return []
    return [node] if node.get("type") == "button" else buttons(list(node.values()))


def signature(timestamp: int, body: str, secret: str = SECRET) -> str:
    """Return what Slack writes into X-Slack-Signature."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def press(fake: FakeSlack, button: dict[str, Any], *, user: str = "U00000001") -> dict[str, str]:
    """Return the form that Slack sends when somebody presses a button of a message."""
    payload = {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T1"},
        "team": {"id": "T1", "domain": "larkfield"},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1700.000001", "channel_id": "D00000001"},
        "channel": {"id": "D00000001", "name": "directmessage"},
        "message": {"type": "message", "ts": "1700.000001"},
        "response_url": f"{fake.address}/actions/T1/1/abc",
        "actions": [{**button, "block_id": "b1", "action_ts": "1700.1"}],
    }
    return {"payload": json.dumps(payload)}


def command(text: str, *, user: str) -> dict[str, str]:
    """Return the form that Slack sends for a slash command."""
    return {
        "command": "/praxis",
        "text": text,
        "user_id": user,
        "user_name": "ada.okafor",
        "team_id": "T1",
        "team_domain": "larkfield",
        "channel_id": "D00000001",
        "api_app_id": "A1",
        "response_url": "https://hooks.slack.com/commands/1/2",
        "trigger_id": "1.2",
    }


def send(
    form: dict[str, str], *, age: float = 0, secret: str = SECRET, headers: Mapping[str, str] | None = None
) -> Any:
    """Send us a signed request, as Slack does."""
    body, timestamp = urlencode(form), int(time.time() - age)
    signed = {
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": signature(timestamp, body, secret),
        **(headers or {}),
    }
    return Client(enforce_csrf_checks=True).post(
        ADDRESS, body, content_type="application/x-www-form-urlencoded", headers=signed
    )
