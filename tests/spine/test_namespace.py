"""A copy of a database must not talk to the one it was copied from, over a Redis that both use."""

from __future__ import annotations

import asyncpg

from app.operate.embedded import Engines
from app.spine.db import Database
from app.spine.installation import select_namespace
from app.values.postgres_address import PostgresAddress
from tests.databases import fresh_database


async def namespace(url: str, installation_id: str = "one") -> str:
    db = Database(PostgresAddress.read(url), pool_size=1)
    await db.connect()
    try:
        return await select_namespace(db, installation_id)
    finally:
        await db.disconnect()


async def test_a_restored_dump_has_another_namespace_and_the_same_database_the_same(
    session_engines: Engines, database_url: str
) -> None:
    async with fresh_database(session_engines.database_url) as restored:
        # The id of the installation is in the dump, so it is the same.
        assert await namespace(database_url) != await namespace(restored)
    assert await namespace(database_url) == await namespace(database_url)
    assert await namespace(database_url) != await namespace(database_url, "two")


async def test_databases_are_told_apart_even_if_nobody_may_read_the_number_of_the_cluster(
    session_engines: Engines, database_url: str
) -> None:
    owner = await asyncpg.connect(database_url)
    await owner.execute("revoke execute on function pg_control_system() from public")
    await owner.execute("create role modest login; grant pg_read_all_data to modest")
    modest = database_url.replace("postgres@", "modest@", 1)
    try:
        async with fresh_database(session_engines.database_url) as restored:
            assert await namespace(modest) == await namespace(modest)
            assert await namespace(modest) != await namespace(restored.replace("postgres@", "modest@", 1))
    finally:
        await owner.execute("drop owned by modest; drop role modest")
        await owner.close()
