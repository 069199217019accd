"""Without one of the mechanisms that keep the promise, the referee finds it broken: so it can fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.ending import read_ending
from tests.faults.engines import OwnEngines
from tests.faults.fault import Fault
from tests.faults.history import Acked, Sent
from tests.faults.load import settle, spread, talking
from tests.faults.network_faults import cut_before_ack
from tests.faults.referee import events, judge
from tests.faults.stage import Stage, stage

GUARD_SECONDS = 60.0
HEALED_SECONDS = 3.0
"""Three sweeps: what has not arrived by then, with nothing broken any more, does not come by itself."""


async def no_hints(stage: Stage, length: float) -> None:
    """No hint arrives any more; the sweep is there to replace them."""
    stage.hints.mishaps = ("lose",)
    await asyncio.sleep(length)


async def nothing(stage: Stage, length: float) -> None:
    await asyncio.sleep(length)


def repeated(stage: Stage) -> int:
    """Return how many messages a client has sent more than once."""
    times = Counter((event.client, event.client_msg_id) for event in events(stage.history, Sent))
    return sum(count > 1 for count in times.values())


def stored(stage: Stage) -> int:
    return sum(1 for _ in events(stage.history, Acked))


def lost(stage: Stage) -> int:
    return stage.hints.happened


@pytest.mark.parametrize(
    ("without", "fault", "occasions", "enough", "broken_rule"),
    [
        ("dedup", cut_before_ack, repeated, 5, "doubled"),
        ("lock", nothing, stored, 100, "holes"),
        ("sweep", no_hints, lost, 20, "incomplete"),
        ("holes", no_hints, lost, 20, "incomplete"),
        ("list", no_hints, lost, 20, "stale_lists"),
    ],
    ids=["dedup", "lock", "sweep", "holes", "list"],
)
async def test_the_referee_notices_what_is_missing(
    mortal_engines: OwnEngines,
    tmp_path: Path,
    without: str,
    fault: Fault,
    occasions: Callable[[Stage], int],
    enough: int,
    broken_rule: str,
) -> None:
    """The fault goes on until what is missing would have been needed often enough."""
    async with stage(
        mortal_engines, tmp_path, seed=1, servers=2, conversations=3, agents=2, without=without
    ) as here:
        here.fill(clients=7)
        await spread(here)
        async with asyncio.timeout(GUARD_SECONDS), talking(here, messages_per_second=60, with_states=False):
            while occasions(here) < enough:
                await fault(here, 0.5)
        await settle(here, seconds=HEALED_SECONDS)
        findings = judge(here.history, await read_ending(here, with_histories=False))
    assert broken_rule in {finding.rule for finding in findings}
