"""`python -m bench.presence`: what a round of presence costs, beside how many are here.

In each round some users leave and some come back, through the statements and the code of a server. It tells the
milliseconds of processor time that Postgres and the process took, at the median. Needs Linux.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import click
from msgspec import json

from app.operate.embedded import engines
from app.operate.migrate import migrate
from app.protocol import Active, AdminRequest
from app.settings import Settings
from app.spine.db import Database
from app.talk.presence.leases import ACTIVE_SECONDS, LEASE_SECONDS
from app.talk.presence.leases_store import (
    insert_leases,
    insert_process,
    renew_process,
    take_due,
    update_active,
    update_left,
)
from app.values.postgres_address import PostgresAddress
from bench.people import copy_of
from bench.tables import row

CROWDS = (1_000, 10_000, 100_000, 1_000_000)
CHANGES = 100
AGENTS = 10_000
REPORTS_A_SECOND = AGENTS // 60
"""Inputs that so many agents report who never rest: each once a minute."""
LEASE, GRACE = timedelta(seconds=LEASE_SECONDS), timedelta(seconds=15)
PROCESS, OTHER = UUID(int=1), UUID(int=2)
FILL = (
    "insert into users (role, name) select $2, 'Somebody ' || n from generate_series(1, $1::integer) n",
    """
    insert into user_presence (user_id, status) select id, 'online' from users where role = $2 and $1 > 0
    """,
    """
    insert into presence_leases (user_id, process_id, active_until, due_at)
    select id, $3, case $2 when 'agent' then t end, case $2 when 'agent' then t end
      from users, lateral (select now() + random() * interval '5 minutes' as t) w
     where role = $2 and $1 > 0
    """,
)


@click.command()
@click.option("--rounds", default=50, show_default=True)
def main(*, rounds: int) -> None:
    asyncio.run(measure(rounds))


async def measure(rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-bench-") as directory:
        async with engines(Settings(var_dir=Path(directory))) as found:
            url = str(found.database_url)
            await migrate(PostgresAddress.read(url))
            print(row("users here", "changes", "Postgres, ms", "process, ms"))
            print(row(*["---:"] * 4))
            for count in CROWDS:
                for changes in (0, CHANGES):
                    took = await crowd(url, count, changes, rounds)
                    print(row(f"{count:,}", str(changes), *(f"{each:.2f}" for each in took)), flush=True)
            postgres, process = await inputs(url, rounds)
            print(
                f"\n{AGENTS:,} agents at work, a second: {postgres:.1f} ms of Postgres, {process:.1f} ms of the process"
            )


class Timer:
    """Milliseconds of processor time per round, of Postgres and of this process: another's load is in neither."""

    def __init__(self, pid: int) -> None:
        self._postgres = Path(f"/proc/{pid}/schedstat")
        self._rounds: list[tuple[float, float]] = []

    async def time(self, work: Callable[[], Awaitable[None]]) -> None:
        postgres, process = self._used(), time.process_time()
        await work()
        self._rounds.append((self._used() - postgres, (time.process_time() - process) * 1000))

    def _used(self) -> float:
        nanoseconds, *_ = self._postgres.read_text().split()
        return int(nanoseconds) / 1e6

    @property
    def medians(self) -> tuple[float, float]:
        postgres, process = zip(*self._rounds, strict=True)
        return statistics.median(postgres), statistics.median(process)


async def timer_of(db: Database) -> Timer:
    """Return a timer of the one connection that this pool has."""
    return Timer(await db.fetchval("select pg_backend_pid()"))


async def crowd(url: str, count: int, changes: int, rounds: int) -> tuple[float, float]:
    """Let `changes` users change in each round: half of them leave and are gone, half come back."""
    async with copy_of(url) as copy:
        users = await fill(copy, count, "customer")
        db = Database(PostgresAddress.read(copy), pool_size=1)
        await db.connect()
        await insert_process(db, PROCESS, LEASE, [])
        timer, half = await timer_of(db), changes // 2
        gone: list[int] = []
        for number in range(rounds):
            start = number * half % (len(users) - half)
            leaving, coming, gone = users[start : start + half], gone, users[start : start + half]

            async def work(leaving: list[int] = leaving, coming: list[int] = coming) -> None:
                await renew_process(db, PROCESS, LEASE, GRACE)
                if coming:
                    await insert_leases(db, PROCESS, dict.fromkeys(coming))
                if leaving:
                    await update_left(db, OTHER, leaving, timedelta())
                    await update_left(db, PROCESS, leaving, timedelta())
                    await take_due(db, timedelta(), limit=2 * half, with_dead=True)

            await timer.time(work)
        await db.disconnect()
        return timer.medians


async def inputs(url: str, rounds: int) -> tuple[float, float]:
    """Let agents give input for a second."""
    async with copy_of(url) as copy:
        users = await fill(copy, AGENTS, "agent")
        db = Database(PostgresAddress.read(copy), pool_size=1)
        await db.connect()
        decode, frame = json.Decoder(AdminRequest).decode, json.encode(Active())
        timer = await timer_of(db)
        for number in range(rounds):
            start = number * REPORTS_A_SECOND % (AGENTS - REPORTS_A_SECOND)
            some = users[start : start + REPORTS_A_SECOND]

            async def work(some: list[int] = some) -> None:
                for _ in some:
                    decode(frame)
                await renew_process(db, PROCESS, LEASE, GRACE)
                await update_active(db, OTHER, dict.fromkeys(some, ACTIVE_SECONDS))
                await take_due(db, GRACE, limit=2_000, with_dead=True)

            await timer.time(work)
        await db.disconnect()
        return timer.medians


async def fill(url: str, count: int, role: str) -> list[int]:
    """Have so many users be here, with another process; return them."""
    connection = await asyncpg.connect(url)
    try:
        for statement in FILL:
            arguments = (count, role, OTHER)[: 3 if "$3" in statement else 2]
            await connection.execute(statement, *arguments)
        await connection.execute(
            "insert into presence_processes (id, expires_at) values ($1, now() + interval '1 hour')", OTHER
        )
        await connection.execute("vacuum analyze")
        return [
            user_id for (user_id,) in await connection.fetch("select id from users where role = $1", role)
        ]
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
