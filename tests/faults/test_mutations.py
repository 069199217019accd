"""Without one of the mechanisms that keep the promise, the referee finds it broken: so it can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.faults.ending import read_ending
from tests.faults.engines import OwnEngines
from tests.faults.load import settle, spread, talking
from tests.faults.network_faults import cut_before_ack
from tests.faults.referee import judge
from tests.faults.stage import Stage, stage

HEALED_SECONDS = 3.0
"""Three sweeps: what has not arrived by then, with nothing broken any more, does not come by itself."""


async def nothing(stage: Stage, length: float) -> None:
    await asyncio.sleep(length)


async def no_hints(stage: Stage, length: float) -> None:
    """No hint arrives any more; the sweep is there to replace them."""
    stage.hints.mishaps = ("lose",)
    await asyncio.sleep(length)


@pytest.mark.parametrize(
    ("without", "fault", "broken_rule"),
    [
        ("dedup", cut_before_ack, "doubled"),
        ("lock", nothing, "holes"),
        ("sweep", no_hints, "incomplete"),
        ("holes", no_hints, "incomplete"),
    ],
)
async def test_the_referee_notices_what_is_missing(
    mortal_engines: OwnEngines,
    tmp_path: Path,
    without: str,
    fault: Callable[[Stage, float], Awaitable[None]],
    broken_rule: str,
) -> None:
    assert broken_rule in await rules_broken(mortal_engines, tmp_path, fault, without=without)


async def rules_broken(
    engines: OwnEngines, directory: Path, fault: Callable[[Stage, float], Awaitable[None]], *, without: str
) -> set[str]:
    async with stage(
        engines, directory, seed=1, servers=2, conversations=3, agents=2, without=without
    ) as here:
        here.fill(clients=7)
        await spread(here)
        async with talking(here, messages_per_second=60):
            await fault(here, 1.5)
        await settle(here, seconds=HEALED_SECONDS)
        return {
            finding.rule for finding in judge(here.history, await read_ending(here, with_histories=False))
        }
