"""A draft as each channel shows it."""

import base64
import hashlib
import html
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from lms.core.content_security_policy import policy_header
from lms.notifications.channels.email_form import as_html, as_text, sender
from lms.notifications.messages import Message
from lms.tips.messages import sample_message
from lms.tips.models import Tip, TipDelivery
from lms.tips.previews import preview
from lms.tips.questions import question_of

STYLE = re.compile(r' style="([^"]*)"')
ADDRESS = re.compile(r' href="[^"]*"')


def sample_page(tip: Tip) -> str:
    """Return the address of the page that stands for a recipient's own; a tip without a row has none yet."""
    return settings.BASE_URL + (
        reverse("tips_sample", args=[tip.pk]) if tip.pk else reverse("wagtailadmin_home")
    )


def sample_of(tip: Tip) -> Message:
    """Return a draft as a message."""
    return sample_message(tip, page=sample_page(tip))


@preview("")
def on_its_page(request: HttpRequest, tip: Tip) -> HttpResponse:
    """Show it as its page does, with every feedback below."""
    why = TipDelivery.Why.ROLE if tip.roles.exists() else TipDelivery.Why.EVERYBODY
    context = {"tip": tip, "asked": question_of(tip), "why": why.label}
    return TemplateResponse(request, "tips/previews/page.html", context)


@preview("email")
def as_mail(request: HttpRequest, tip: Tip) -> HttpResponse:
    """Show the very mail in a frame of its own, in which no script runs and no link leads anywhere.

    Mail is styled inline, which our policy forbids. The policy of this one answer names the fingerprints of the styles
    that are in the mail, so that they hold and nothing else does.
    """
    mail = ADDRESS.sub(' href="#"', as_html(sample_of(tip)))
    context = {"tip": tip, "mail": mail, "sender": sender(), "now": timezone.now()}
    response = TemplateResponse(request, "tips/previews/email.html", context)
    styles = ["'unsafe-hashes'", *sorted({_fingerprint(each) for each in STYLE.findall(mail)})]
    policy = {**settings.SECURE_CSP, "style-src": [*settings.SECURE_CSP["style-src"], *styles]}
    response.headers["Content-Security-Policy"] = policy_header(policy)
    return response


def _fingerprint(style: str) -> str:
    digest = hashlib.sha256(html.unescape(style).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@preview("email_text")
def as_mail_in_text(request: HttpRequest, tip: Tip) -> HttpResponse:
    """Show what a mail program without HTML, or a screen reader set so, makes of it."""
    context = {"tip": tip, "mail": as_text(sample_of(tip)), "sender": sender(), "now": timezone.now()}
    return TemplateResponse(request, "tips/previews/email_text.html", context)


@preview("slack")
def in_slack(request: HttpRequest, tip: Tip) -> HttpResponse:
    """Show it as a message from Praxis in Slack."""
    context = {"tip": tip, "message": sample_of(tip), "now": timezone.now()}
    return TemplateResponse(request, "tips/previews/slack.html", context)


@preview("teams")
def in_teams(request: HttpRequest, tip: Tip) -> HttpResponse:
    """Show it as a card in Microsoft Teams."""
    context = {"tip": tip, "message": sample_of(tip), "now": timezone.now()}
    return TemplateResponse(request, "tips/previews/teams.html", context)
