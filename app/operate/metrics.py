"""/metrics for Prometheus: what this process holds and has done."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from urllib.parse import urlsplit

from quart import Blueprint, Response, request

from app.desk.views.tally import Tally
from app.errors import Forbidden
from app.people.clearing.service import Clearing
from app.spine.http.bearer import bearer_token
from app.spine.log.readers import Readers
from app.spine.sockets.spine import Spine
from app.spine.telemetry import sink
from app.values.client import read_address, shows_proxy


def blueprint(spine: Spine, clearing: Clearing, tally: Tally) -> Blueprint:
    metrics = Blueprint("metrics", __name__)

    @metrics.get("/metrics")
    async def show() -> Response:
        check_access()
        return Response(page(spine, clearing, tally), content_type="text/plain; version=0.0.4; charset=utf-8")

    def check_access() -> None:
        """Let in who has the token, and who asks from this machine without anybody between.

        A proxy or balancer on this machine also comes from loopback, and need not show itself in a header. So the
        request must name us by our own port, and where the settings speak of a proxy only the token counts.

        Raises:
            Forbidden: Neither.
        """
        settings = spine.settings
        token = settings.metrics_token
        if token and hmac.compare_digest((bearer_token() or "").encode(), token.encode()):
            return
        peer = read_address(request.remote_addr or "")
        is_local = peer is not None and peer.is_loopback and not shows_proxy(request.headers.getlist)
        has_proxy = settings.public_url is not None or peer in settings.trusted_proxies
        if (
            has_proxy
            or not is_local
            or not names_us(request.headers.get("Host", ""), request.scope.get("server"))
        ):
            raise Forbidden(
                "Set METRICS_TOKEN and ask with it as bearer. Without it only this machine may ask, at our own port,"
                " and only where neither PUBLIC_URL nor TRUSTED_PROXIES speaks of a proxy."
            )

    return metrics


def names_us(host: str, server: tuple[str, int | None] | None) -> bool:
    """Say whether a Host header is what somebody on this machine writes who asks us directly."""
    parts = urlsplit(f"//{host}")
    address = read_address(parts.hostname or "")
    is_loopback = address.is_loopback if address is not None else parts.hostname == "localhost"
    port = server[1] if server else None
    return is_loopback and (port is None or parts.port == port)


def page(spine: Spine, clearing: Clearing, tally: Tally) -> str:
    """Return the figures in Prometheus's text format."""
    figures = (
        ("connections", "gauge", "open, authenticated sockets", len(spine.connections)),
        ("rooms", "gauge", "conversations followed in this process", len(spine.rooms)),
        ("journal_waiting", "gauge", "entries that wait to be stored", spine.journal.waiting),
        ("entries_appended_total", "counter", "entries stored", spine.journal.appended),
        (
            "entries_duplicate_total",
            "counter",
            "repeats of entries that were there",
            spine.journal.duplicates,
        ),
        ("holes_filled_total", "counter", "entries of which no hint arrived", spine.rooms.filler.filled),
        ("postgres_up", "gauge", "0 while Postgres answers nothing", int(not spine.db.outages.lost)),
        (
            "postgres_errors_total",
            "counter",
            "statements that Postgres could not answer",
            spine.db.outages.errors,
        ),
        ("postgres_connections", "gauge", "connections to Postgres", spine.db.queue.open),
        ("postgres_connections_busy", "gauge", "those that run a statement", spine.db.queue.lent),
        (
            "redis_suspect",
            "gauge",
            "1 while Redis is deaf and the sweep hurries",
            int(spine.broker.suspect),
        ),
        (
            "limits_counted_alone_total",
            "counter",
            "uses that this process counted without Redis",
            spine.limiter.counted_alone,
        ),
        (
            "redis_deaf",
            "gauge",
            "1 while nothing that we publish comes back",
            int(spine.broker.state.deaf.trouble is not None),
        ),
        (
            "redis_refuses",
            "gauge",
            "1 while Redis takes nothing that is written",
            int(spine.broker.state.refusing.trouble is not None),
        ),
        (
            "redis_dropped_total",
            "counter",
            "messages to the other processes not published",
            spine.broker.dropped,
        ),
        ("log_lines_dropped_total", "counter", "log lines that could not be written", sink.dropped),
        ("rows_cleared_total", "counter", "rows of what has ended, deleted", clearing.cleared),
        (
            "view_counts_drift_total",
            "counter",
            "conversations by which live counts of views were wrong when counted anew",
            tally.drift,
        ),
        ("draining", "gauge", "1 while this process leaves", int(spine.connections.leaving)),
    )
    return "".join(
        f"# HELP fireside_{name} {meaning}\n# TYPE fireside_{name} {kind}\nfireside_{name} {value}\n"
        for name, kind, meaning, value in figures
    ) + "".join(reader_figures(spine.readers))


def reader_figures(readers: Readers) -> Iterator[str]:
    """Yield the figures of each reader of the log; those of its cursor come from the process that holds it."""
    held = [(each.name, each.standing) for each in readers.readings if each.standing is not None]
    figures = (
        (
            "reader_lag_seconds",
            "gauge",
            "age of the oldest entry that a reader has still to deal with",
            [(name, standing.lag_seconds) for name, standing in held],
        ),
        (
            "reader_set_aside",
            "gauge",
            "entries that a reader could not deal with",
            [(name, standing.set_aside) for name, standing in held],
        ),
        (
            "reader_handled_total",
            "counter",
            "entries that a reader has dealt with",
            [(each.name, each.tally.handled) for each in readers.readings],
        ),
        (
            "reader_failures_total",
            "counter",
            "tries to deal with an entry that failed",
            [(each.name, each.tally.failed) for each in readers.readings],
        ),
    )
    for name, kind, meaning, values in figures:
        yield f"# HELP fireside_{name} {meaning}\n# TYPE fireside_{name} {kind}\n"
        for reader, value in values:
            yield f'fireside_{name}{{reader="{reader}"}} {value}\n'
