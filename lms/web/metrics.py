"""The facts of Manage > Messages for Prometheus: numbers and moments, never a person.

Answered to this machine, and to whoever shows the token. A request that came through a proxy says so in its headers and
is not this machine's, whatever address it comes from.
"""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from lms.core.selectors import last_runs
from lms.notifications.models import Suppression
from lms.notifications.selectors.waiting import ChannelFigures, channel_figures, ledger_figures

FROM_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all figures; 404 to whoever may not have them."""
    if not _may_read(request):
        return HttpResponse("Not found\n", status=404, content_type="text/plain")
    return HttpResponse(generate_latest(figures(timezone.now())), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    token: str = settings.PRAXIS_METRICS_TOKEN
    shown = request.headers.get("Authorization", "")
    if token and constant_time_compare(shown, f"Bearer {token}"):
        return True
    if any(header in request.headers for header in FROM_A_PROXY):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def figures(now: datetime) -> CollectorRegistry:
    """Return all figures; two queries for each ledger, and three."""
    registry = CollectorRegistry()
    channels = channel_figures(now)
    _add_ledgers(registry, [channel.name for channel in channels], now)
    _add_channels(registry, channels, now)
    run = _gauge(registry, "schedule_last_run_timestamp_seconds", "When it last began.", "schedule")
    for name, at in last_runs().items():
        run.labels(name).set(at.timestamp())
    suppressed = _gauge(registry, "addresses_suppressed", "Addresses that mail is not sent to.")
    suppressed.set(Suppression.objects.count())
    return registry


def _add_ledgers(registry: CollectorRegistry, channels: Sequence[str], now: datetime) -> None:
    waiting = _gauge(registry, "messages_waiting", "Due and not sent.", "ledger", "channel")
    oldest = _gauge(
        registry, "messages_oldest_waiting_seconds", "For how long the oldest is due.", "ledger", "channel"
    )
    failed = _gauge(registry, "messages_failed", "Not sent, and not tried again by itself.", "ledger")
    unknown = _gauge(registry, "messages_doubtful", "Nobody knows whether they arrived.", "ledger")
    repeated = _gauge(registry, "messages_repeated", "Sent once more in doubt, in seven days.", "ledger")
    for ledger in ledger_figures(now):
        repeated.labels(ledger.name).set(ledger.repeated)
        failed.labels(ledger.name).set(ledger.failed)
        unknown.labels(ledger.name).set(ledger.unknown)
        found = {each.channel: each for each in ledger.waiting}
        # A figure that is missing is no zero: what watches it must see that nothing waits.
        for name in dict.fromkeys([*channels, *found]):
            number, since = (found[name].number, found[name].since) if name in found else (0, now)
            waiting.labels(ledger.name, name).set(number)
            oldest.labels(ledger.name, name).set((now - since).total_seconds())


def _add_channels(registry: CollectorRegistry, channels: Sequence[ChannelFigures], now: datetime) -> None:
    works = _gauge(registry, "channel_works", "1 while it works, 0 while it is out of order.", "channel")
    paused = _gauge(registry, "channel_paused_seconds", "For how long it is left alone yet.", "channel")
    for channel in channels:
        works.labels(channel.name).set(channel.down_since is None)
        until = channel.paused_until or now
        paused.labels(channel.name).set((until - now).total_seconds())


def _gauge(registry: CollectorRegistry, name: str, meaning: str, *labels: str) -> Any:
    return Gauge(f"praxis_{name}", meaning, labels, registry=registry)
