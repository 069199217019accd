"""/metrics for Prometheus: what this process holds and has done."""

from __future__ import annotations

import hmac
import ipaddress

from quart import Blueprint, Response, request

from app.blueprints.bearer import bearer_token
from app.errors import Forbidden
from app.services import Services
from app.telemetry import sink


def blueprint(services: Services) -> Blueprint:
    metrics = Blueprint("metrics", __name__)

    @metrics.get("/metrics")
    async def show() -> Response:
        check_access()
        return Response(page(services), content_type="text/plain; version=0.0.4; charset=utf-8")

    def check_access() -> None:
        """Let in who asks from this machine, or has the token.

        What a proxy on this machine passes on also comes from loopback, but says so in a header.

        Raises:
            Forbidden: Neither.
        """
        token = services.settings.metrics_token
        if token and hmac.compare_digest((bearer_token() or "").encode(), token.encode()):
            return
        forwarded = any(
            name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")
        )
        if forwarded or not is_loopback(request.remote_addr or ""):
            raise Forbidden("Ask from this machine, or with METRICS_TOKEN as bearer.")

    return metrics


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def page(services: Services) -> str:
    """Return the figures in Prometheus's text format."""
    figures = (
        ("connections", "gauge", "open, authenticated sockets", len(services.connections)),
        ("rooms", "gauge", "conversations followed in this process", len(services.rooms)),
        ("journal_waiting", "gauge", "entries that wait to be stored", services.journal.waiting),
        ("entries_appended_total", "counter", "entries stored", services.journal.appended),
        (
            "entries_duplicate_total",
            "counter",
            "repeats of entries that were there",
            services.journal.duplicates,
        ),
        ("holes_filled_total", "counter", "entries of which no hint arrived", services.rooms.filler.filled),
        ("postgres_up", "gauge", "0 while Postgres answers nothing", int(not services.db.outages.lost)),
        (
            "postgres_errors_total",
            "counter",
            "statements that Postgres could not answer",
            services.db.outages.errors,
        ),
        ("postgres_connections", "gauge", "connections to Postgres", services.db.queue.open),
        ("postgres_connections_busy", "gauge", "those that run a statement", services.db.queue.lent),
        (
            "redis_suspect",
            "gauge",
            "1 while Redis is deaf and the sweep hurries",
            int(services.broker.suspect),
        ),
        (
            "limits_counted_alone_total",
            "counter",
            "uses that this process counted without Redis",
            services.limiter.counted_alone,
        ),
        ("log_lines_dropped_total", "counter", "log lines that could not be written", sink.dropped),
        ("draining", "gauge", "1 while this process leaves", int(services.connections.draining)),
    )
    return "".join(
        f"# HELP fireside_{name} {meaning}\n# TYPE fireside_{name} {kind}\nfireside_{name} {value}\n"
        for name, kind, meaning, value in figures
    )
