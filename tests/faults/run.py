"""A run: one fault after another under load, each judged when all is quiet again, and a table at the end."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence

from msgspec import Struct

from tests.faults.ending import read_ending
from tests.faults.fault import Fault, name_of
from tests.faults.history import Closed, Event, Opened, Received, Sent
from tests.faults.load import settle, talking
from tests.faults.referee import Finding, judge
from tests.faults.stage import Stage
from tests.wires import HttpVersion

ABNORMAL = 1006
AROUND_SECONDS = 0.3
"""Seconds of talk before a fault and after it."""


class Episode(Struct, kw_only=True):
    """One fault, and what became of it."""

    fault: str
    seconds: float
    settled_seconds: float
    """From the end of the fault and the talk until everyone had everything."""
    sent: int
    received: int
    reconnects: int
    abnormal: list[str]
    """Connections that ended without a close frame, as clients see it: whose, and what they know of it."""
    away: float
    """Seconds that a client was away, on average."""
    away_http2: float
    """The same of those who speak HTTP/2."""
    longest_away: float
    typical_ms: float
    """From the first sending of a message to its arrival at a client: the median."""
    worst_ms: float
    findings: list[Finding]


async def play(stage: Stage, fault: Fault, *, length: float, patience: float = 20.0) -> Episode:
    """Let a fault happen under load, wait until all is quiet, and judge everything since the stage was set."""
    first, began = len(stage.history.events), time.monotonic()
    async with talking(stage):
        await asyncio.sleep(AROUND_SECONDS)
        await fault(stage, length)
        await asyncio.sleep(AROUND_SECONDS)
    ended = time.monotonic()
    await settle(stage, seconds=patience)
    settled = time.monotonic()
    findings = judge(stage.history, await read_ending(stage))
    findings += stage.findings
    stage.findings.clear()
    findings += [
        Finding("complaint", f"{server.name} logged {complaint}")
        for server in stage.servers
        for complaint in server.complaints
    ]
    for server in stage.servers:
        server.complaints.clear()
    return summarise(name_of(fault), stage.history.events[first:], ended - began, settled - ended, findings)


def summarise(
    fault: str, events: Sequence[Event], seconds: float, settled_seconds: float, findings: list[Finding]
) -> Episode:
    sent_at: dict[str, float] = {}
    delays, abnormal = [0.0], list[str]()
    away: dict[HttpVersion, list[float]] = {"http/1.1": [], "http/2": []}
    received = 0
    for event in events:
        match event:
            case Sent():
                sent_at.setdefault(event.client_msg_id, event.at)
            case Received(entry=entry):
                received += 1
                if entry.client_msg_id in sent_at:
                    delays.append((event.at - sent_at[entry.client_msg_id]) * 1000)
            case Opened(away_seconds=float(seconds_away), http=http):
                away[http].append(seconds_away)
            case Closed(client=client, code=code, reason=reason):
                if code == ABNORMAL:
                    abnormal.append(f"{client}: {reason}")
            case _:
                pass
    everyone = away["http/1.1"] + away["http/2"]
    return Episode(
        fault=fault,
        seconds=seconds,
        settled_seconds=settled_seconds,
        sent=len(sent_at),
        received=received,
        reconnects=len(everyone),
        abnormal=abnormal,
        away=statistics.fmean(everyone or [0.0]),
        away_http2=statistics.fmean(away["http/2"] or [0.0]),
        longest_away=max(everyone, default=0.0),
        typical_ms=statistics.median(delays[1:] or delays),
        worst_ms=max(delays),
        findings=findings,
    )


HEADINGS = [
    *(
        "fault",
        "s",
        "settled s",
        "sent",
        "received",
        "reconnects",
        "1006",
        "away s",
        "over h2",
        "longest",
        "typical ms",
        "worst ms",
    ),
    "findings",
]


def table(episodes: Sequence[Episode]) -> str:
    """Lay the episodes out for a person to read."""
    rows = [HEADINGS, *(cells(episode) for episode in episodes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def cells(episode: Episode) -> list[str]:
    return [
        episode.fault,
        f"{episode.seconds:.1f}",
        f"{episode.settled_seconds:.2f}",
        str(episode.sent),
        str(episode.received),
        str(episode.reconnects),
        str(len(episode.abnormal)),
        f"{episode.away:.2f}",
        f"{episode.away_http2:.2f}",
        f"{episode.longest_away:.2f}",
        f"{episode.typical_ms:.1f}",
        f"{episode.worst_ms:.0f}",
        str(len(episode.findings)),
    ]
