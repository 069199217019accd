"""A short run: each fault under load, on three servers with forty clients, judged when all is quiet again.

`make faults` is the long one, with all faults and their combinations.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from app.spine.sockets.close_codes import HEARTBEAT
from tests.faults.engines import OwnEngines
from tests.faults.faults import FAULTS
from tests.faults.load import settle
from tests.faults.resources import Measures, measure, what_stays
from tests.faults.run import ABNORMAL, play
from tests.faults.stage import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = 20
CLIENTS = 40
GUARD_SECONDS = 60.0
SHORT = [
    "cut_before_send",
    "cut_mid_send",
    "cut_before_ack",
    "half_close",
    "black_hole",
    "storm",
    "kill_before_commit",
    "kill_after_commit",
    "kill_before_hint",
    "kill_mid_pump",
    "kill_mid_resume",
    "redis_kill",
    "redis_unsubscribe",
    "redis_flush",
    "hints_lose",
    "hints_double",
    "hints_overtake",
    "postgres_restart",
    "postgres_terminate",
    "postgres_answer_lost",
]


class Run(NamedTuple):
    stage: Stage
    baseline: Measures


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(mortal_engines: OwnEngines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Run]:
    directory: Path = tmp_path_factory.mktemp("faults")
    async with stage(mortal_engines, directory, seed=SEED) as here:
        baseline = await measure(here)
        here.fill(clients=CLIENTS, pollers=2, burdens=True)
        assert await settle(here, seconds=GUARD_SECONDS)
        yield Run(here, baseline)


@pytest.mark.parametrize("fault", SHORT)
async def test_the_promise_is_kept_in_spite_of(run: Run, fault: str) -> None:
    episode = await play(run.stage, FAULTS[fault], length=1.0, patience=GUARD_SECONDS)
    assert episode.findings == []
    assert episode.sent > 0


async def test_a_rolling_restart_is_nothing_that_a_client_sees(run: Run) -> None:
    episode = await play(run.stage, FAULTS["deploy"], length=1.0, patience=GUARD_SECONDS)
    assert episode.findings == []
    assert episode.reconnects > 0
    assert episode.abnormal == []
    assert 0 < episode.away < 2.0  # On average: the requirements' bound.
    assert 0 < episode.away_http2 < 2.0


async def test_silent_clients_and_those_that_never_read_are_let_go_of_all_the_while(run: Run) -> None:
    mute, deaf = run.stage.burdens
    for burden in (mute, deaf):
        burden.endings.clear()  # From here on no fault ends them.
    async with asyncio.timeout(GUARD_SECONDS):
        while not (mute.endings[HEARTBEAT] and deaf.endings[ABNORMAL]):
            await asyncio.sleep(0.1)
    assert run.stage.findings == []


async def test_servers_give_back_what_they_held(run: Run) -> None:
    await run.stage.empty()
    assert await what_stays(run.stage, run.baseline, clients=CLIENTS) == []
