"""Outages as long as they come, and what must hold while they last and when they end."""

from __future__ import annotations

import asyncio
import signal
import statistics
import time

from tests.faults.history import Acked, Closed, Opened, Received, Refused
from tests.faults.http import ask
from tests.faults.referee import events
from tests.faults.stage import Stage

REDIS_SECONDS, POSTGRES_SECONDS = 15.0, 20.0
NOTICED_SECONDS = 5.0
LATEST_SECONDS = 0.5
"""From the ack at one server to the arrival at another, while Redis is away."""
BACK_SECONDS = 2.0
"""From the return of Postgres to the first ack of who was waiting for one, as a rule."""
RETRYABLE = {"unavailable", "timeout"}


async def redis_away(stage: Stage, length: float) -> None:
    """Redis is down for 15 s: chat goes on, nobody is thrown out, and nobody goes offline."""
    since, presences = len(stage.history.events), {c.name: len(c.presences) for c in stage.clients}
    await stage.engines.end("valkey")
    try:
        ends_at = time.monotonic() + REDIS_SECONDS
        await look_for(stage, 200, "degraded")
        suspected = len(stage.history.events)
        await asyncio.sleep(ends_at - time.monotonic())
        until = len(stage.history.events)
    finally:
        await stage.engines.begin("valkey")
    await look_for(stage, 200, "ok")
    seen = stage.history.events[since:until]
    thrown_out(stage, since, until)
    if any(isinstance(event, Refused) for event in seen):
        stage.note("unavailable", "sends were refused while Redis was away")
    late = delays(stage, suspected, until)
    if len(late) > 1 and statistics.quantiles(late, n=10)[-1] > LATEST_SECONDS:
        stage.note(
            "late", f"a tenth took {statistics.quantiles(late, n=10)[-1]:.2f} s and more without Redis"
        )
    # To customers an agent who chooses to be away is offline; agents are told which it is.
    for client in (each for each in stage.clients if each.person.surface == "admin"):
        gone = [user for user, status in client.presences[presences[client.name] :] if status == "offline"]
        if gone:
            stage.note("presence", f"{client.name} was told that users {sorted(set(gone))} went offline")


async def postgres_away(stage: Stage, length: float) -> None:
    """Postgres is down for 20 s: sends are refused for the moment, sockets stay, and clients keep and repeat."""
    since = len(stage.history.events)
    await stage.engines.end("postgres", signal.SIGINT)
    try:
        ends_at = time.monotonic() + POSTGRES_SECONDS
        await look_for(stage, 503, "unavailable")
        await asyncio.sleep(ends_at - time.monotonic())
        until = len(stage.history.events)
    finally:
        await stage.engines.begin("postgres")
    returned_at = time.monotonic()
    waiting = {client.name for client in stage.clients if len(client.outbox)}
    await look_for(stage, 200, "ok")
    async with asyncio.timeout(POSTGRES_SECONDS):
        while waiting - served(stage, until):
            await asyncio.sleep(0.05)
    thrown_out(stage, since, until)
    refused = [event for event in stage.history.events[since:until] if isinstance(event, Refused)]
    for refusal in refused:
        if refusal.code not in RETRYABLE or not refusal.retryable:
            stage.note("refused", f"{refusal.client} was refused as {refusal.code}")
    if not refused or not waiting:
        stage.note("refused", "nobody was refused while Postgres was away: was it?")
    first: dict[str, float] = {}
    for event in stage.history.events[until:]:
        if isinstance(event, Acked):
            first.setdefault(event.client, event.at - returned_at)
    back = [first[name] for name in waiting]
    if back and statistics.median(back) > BACK_SECONDS:
        stage.note("back", f"half of the clients had their first ack {statistics.median(back):.1f} s after")


def served(stage: Stage, since: int) -> set[str]:
    return {event.client for event in stage.history.events[since:] if isinstance(event, Acked)}


def thrown_out(stage: Stage, since: int, until: int) -> None:
    closed = [e for e in stage.history.events[since:until] if isinstance(e, Closed | Opened)]
    if closed:
        stage.note("thrown_out", f"sockets did not stay: {closed[:3]}")


async def look_for(stage: Stage, status: int, word: str) -> None:
    """Wait until every server says so of itself; note it if one does not in time."""
    for server in stage.servers:
        ends_at, found = time.monotonic() + NOTICED_SECONDS, (0, b"")
        while found[0] != status or word.encode() not in found[1]:
            if time.monotonic() > ends_at:
                stage.note("readyz", f"{server.name} says {found} and not {status}, {word}")
                break
            await asyncio.sleep(0.05)
            found = await ask(server.port, "/readyz")


def delays(stage: Stage, since: int, until: int | None = None) -> list[float]:
    """Return how many seconds each delivery from one server to another took, between these events."""
    acked = {event.client_msg_id: event for event in events(stage.history, Acked)}
    received = [event for event in stage.history.events[since:until] if isinstance(event, Received)]
    pairs = [(event, acked.get(event.entry.client_msg_id)) for event in received]
    return [event.at - ack.at for event, ack in pairs if ack is not None and ack.server != event.server]
