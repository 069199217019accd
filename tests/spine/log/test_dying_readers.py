"""A reader's process is killed at each step, and the next goes on: nothing is missed, and repeats keep their id."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from tests.spine.log.dying import POISON, STEPS
from tests.spine.log.written import Written, faults_of, open_written

ROOT = Path(__file__).parents[3]


async def start(url: str, step: str, count: int = 5) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.spine.log.dying", url, step, str(count), cwd=ROOT
    )


async def effects(here: Written) -> list[tuple[UUID, UUID, int, int]]:
    rows = await here.db.fetch("select id, conversation_id, lane, seq from effects order by number")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("step", STEPS[1:])
async def test_whatever_kills_it_the_next_process_misses_nothing(database_url: str, step: str) -> None:
    async with open_written(database_url) as here:
        await here.db.execute(
            "create table effects (number integer generated always as identity,"
            " id uuid, conversation_id uuid, lane smallint, seq bigint)"
        )
        one, other = await here.conversation(), await here.conversation()
        for _ in range(5):
            await here.write(one, other)
        dying = await start(database_url, step)
        assert await dying.wait() == -9
        before = await effects(here)
        await here.write(one, other)
        next_ = await start(database_url, "never")
        try:
            wanted = {tuple(row) for row in await here.db.fetch("select message_id, seq from entries")}
            if step == "setting aside":
                aside = await here.db.fetch("select id, seq from set_aside")
                assert {row["seq"] for row in aside} == {POISON}
            while {(id_, seq) for id_, _, _, seq in await effects(here)} < wanted:
                await asyncio.sleep(0.05)
        finally:
            next_.kill()
            await next_.wait()
        done = await effects(here)
        first = list(dict.fromkeys(done))
        if step != "setting aside":
            assert faults_of([(where, lane, seq) for _, where, lane, seq in first], await here.log()) == []
        repeats = {row for row, times in Counter(done).items() if times > 1}
        if step in {"leased", "read"}:
            assert before == []
        if step == "handled":
            # What was done and not recorded comes again, under the same id.
            assert before[-1] in repeats
