"""A backup is restored into another cluster, where transactions are numbered anew: readers and backends go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.operate.backup import dump, load
from app.operate.embedded import engines
from app.operate.migrate import migrate
from app.settings import Settings
from app.spine.db import Database
from app.spine.identity import ApiKey
from app.spine.log.epoch import Epoch
from app.spine.log.position import Bookmark
from app.spine.log.tail_store import select_events
from app.values.postgres_address import PostgresAddress
from tests.databases import fresh_database
from tests.spine.log.heard import Heard, reading
from tests.spine.log.written import Key, Written, faults_of, open_written

SPENT = "do $$ begin for i in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end $$"


@pytest_asyncio.fixture
async def younger_url(tmp_path: Path) -> AsyncIterator[str]:
    """An empty database in a cluster that was just made."""
    async with engines(Settings(var_dir=tmp_path)) as running:
        empty = running.database_url.replace("/fireside?", "/template1?")
        async with fresh_database(empty) as url:
            yield url


async def page(db: Database, after: Bookmark | None) -> tuple[list[Key], Bookmark]:
    """Read on until nothing is left, as a backend does."""
    read: list[Key] = []
    while True:
        found = await select_events(db, ApiKey(1, "Backend"), after, limit=3)
        assert not found.is_gone
        if not found.items:
            return read, found.next
        read += [(entry.conversation_id, int(bool(entry.lane)), entry.seq) for _, entry in found.items]
        after = found.next


async def test_nothing_is_missed_in_the_cluster_it_is_restored_into(
    database_url: str, younger_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "dump"
    heard = Heard()
    async with open_written(database_url) as before:
        await before.db.execute(SPENT)
        await Epoch(before.db).look()
        one, other = await before.conversation(), await before.conversation()
        await before.write(one, other)
        async with reading(database_url, heard):
            await heard.until(lambda heard: len(heard.changes) == 2)
        told, place = await page(before.db, None)
        await before.write(other)
        more, ahead = await page(before.db, place)
        agent = before.agent
        dump(PostgresAddress.read(database_url), file)
        # The backend has read more than the backup holds.
        await before.write(one, other)
        lost, far_ahead = await page(before.db, ahead)
        assert len(lost) == 2
    assert (told, more) == ([(one, 0, 1), (other, 0, 1)], [(other, 0, 2)])

    load(PostgresAddress.read(younger_url), file)
    await migrate(PostgresAddress.read(younger_url))
    db = Database(PostgresAddress.read(younger_url), pool_size=3)
    await db.connect()
    try:
        after = Written(db, younger_url)
        after.agent = agent
        newest = await db.fetchval("select max(xact) from tail")
        assert newest > int(
            await db.fetchval("select pg_current_xact_id()::text::bigint + base from tail_bounds")
        )
        # Somebody writes before anybody has noticed, and then a process starts.
        await after.write(one, other)
        epoch = Epoch(db)
        await epoch.look()
        await after.write(one)
        log = await after.log()
        again = Heard()
        async with reading(younger_url, again):
            wanted = set(log) - {(one, 0, 1), (other, 0, 1)}
            await again.until(lambda heard: set(heard.keys) >= wanted)
            await asyncio.sleep(0)
        assert again.keys[:1] == [(other, 0, 2)]
        first = list(dict.fromkeys(heard.keys[:2] + again.keys))
        assert faults_of(first, log) == []
        for bookmark, known in ((place, told), (ahead, told + more), (far_ahead, told + more)):
            rest, _ = await page(db, bookmark)
            assert faults_of(list(dict.fromkeys(known + rest)), log) == []
        assert faults_of((await page(db, None))[0], log) == []
        # And the next look finds all in order.
        current = epoch.current
        await epoch.look()
        assert epoch.current == current
    finally:
        await db.disconnect()


async def test_a_provider_that_keeps_the_cluster_to_itself_is_noticed_by_the_tail(
    database_url: str, younger_url: str, tmp_path: Path
) -> None:
    """Nothing else tells: the fingerprint is that of the log before."""
    async with open_written(database_url) as before:
        await before.db.execute(SPENT)
        await Epoch(before.db).look()
        one = await before.conversation()
        await before.write(one)
        _, place = await page(before.db, None)
        agent = before.agent
        dump(PostgresAddress.read(database_url), tmp_path / "dump")
    load(PostgresAddress.read(younger_url), tmp_path / "dump")
    await migrate(PostgresAddress.read(younger_url))
    db = Database(PostgresAddress.read(younger_url), pool_size=3)
    await db.connect()
    try:
        await db.execute("update installation set value = log_fingerprint() where name = 'epoch_of'")
        before_look = await db.fetchval("select value from installation where name = 'epoch'")
        after = Written(db, younger_url)
        after.agent = agent
        await after.write(one)
        epoch = Epoch(db)
        await epoch.look()
        assert epoch.current != before_look
        await after.write(one)
        assert (await page(db, place))[0] == [(one, 0, 2), (one, 0, 3)]
    finally:
        await db.disconnect()
