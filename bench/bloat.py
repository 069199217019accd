"""`python -m bench.bloat`: how large the hot tables get by a million updates, with Postgres's settings and with ours.

Also what visitors who only looked in cost the team's list. Autovacuum looks every 2 s instead of every minute, so that
a minute of work stands for half an hour.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import click

from app.desk.conversations.list_store import select_by_activity
from app.operate.embedded import engines
from app.protocol.views import AllOf
from app.settings import Settings
from app.spine.db import Database
from app.spine.identity import ApiKey
from app.values.postgres_address import PostgresAddress
from bench.people import copy_of, seed
from bench.tables import row

AT_ONCE = 200
"""Rows in one statement, as a busy journal has them."""
MINUTES = 30
"""Times that `active_at` moves on during a run; no update that moves it is HOT."""
VISITORS = 200_000

TABLES = {
    "conversation_heads": (
        "select conversation_id from conversation_heads",
        """
        update conversation_heads
           set last_seq = last_seq + 1, last_message_seq = last_seq + 1, version = version + 1,
               updated_at = clock_timestamp(),
               active_at = date_trunc('minute', now()) + make_interval(mins => $2),
               changed_in = pg_current_xact_id(), changed_block = change_block(pg_current_xact_id())
         where conversation_id = any ($1)
        """,
    ),
    "marks": (
        "select conversation_id from marks",
        "update marks set delivered_seq = delivered_seq + 1 + 0 * $2 where conversation_id = any ($1)",
    ),
    "user_presence": (
        "select user_id from user_presence",
        "update user_presence set updated_at = now() + 0 * make_interval(mins => $2) where user_id = any ($1)",
    ),
}
"""The rows, and how they are updated in work."""

FILL = (
    "insert into marks select id, customer_id, 1, 1 from conversations",
    "insert into user_presence select id, 'online' from users where role = 'customer'",
)
OPTIONS = "select split_part(unnest(reloptions), '=', 1) from pg_class where relname = $1"
VISITS = """
with made as (
    insert into users (role, name, inbox_id) select 'customer', 'Visitor ' || n, 1 from generate_series(1, $1) n
    returning id
), opened as (
    insert into conversations (id, inbox_id, customer_id) select gen_random_uuid(), 1, id from made returning id
)
insert into conversation_heads (conversation_id, active_at, has_entries)
select id, date_trunc('minute', now()) + random() * 60 * interval '1 minute', false from opened
"""
SPREAD = """
update conversation_heads set active_at = date_trunc('minute', now()) - random() * 10000 * interval '1 minute'
"""
ONE_INDEX_FOR_ALL = """
drop index conversation_heads_listed;
create index on conversation_heads (active_at desc)
"""
"""The index of the list before it read past the empty ones."""


@click.command()
@click.option("--updates", default=1_000_000, show_default=True, help="Of each table.")
def main(*, updates: int) -> None:
    asyncio.run(measure(updates))


async def measure(updates: int) -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-bench-") as directory:
        async with engines(Settings(var_dir=Path(directory))) as found:
            url = str(found.database_url)
            await seed(url)
            connection = await asyncpg.connect(url)
            await connection.execute("alter system set autovacuum_naptime = 2")
            await connection.execute("select pg_reload_conf()")
            await connection.close()
            print(row("", "at first, MB", "Postgres's settings, MB", "vacuums", "ours, MB", "vacuums"))
            print(row("---", *["---:"] * 5))
            figures = [await hot(url, updates, keep=keep) for keep in (False, True)]
            for table in TABLES:
                (first, theirs, theirs_vacuums), (_, ours, ours_vacuums) = (each[table] for each in figures)
                print(
                    row(table, f"{first:.1f}", f"{theirs:.1f}", theirs_vacuums, f"{ours:.1f}", ours_vacuums)
                )
            print()
            for visitors, indexes in ((0, ""), (VISITORS, ONE_INDEX_FOR_ALL), (VISITORS, "")):
                what = "one index for all" if indexes else "an index of what was written in"
                took = await listed(url, visitors, indexes)
                print(
                    f"A page of the list beside {visitors:,} newer visitors, {what}: {took:.1f} ms",
                    flush=True,
                )


async def hot(url: str, updates: int, *, keep: bool) -> dict[str, tuple[float, float, str]]:
    """Update each table so often; return its size before and after, and how often it was vacuumed meanwhile.

    Without `keep`, with Postgres's settings, but for the heads' own fillfactor, which is older than the others.
    """
    async with copy_of(url) as copy:
        connection = await asyncpg.connect(copy)
        try:
            if not keep:
                for table in TABLES:
                    for (option,) in await connection.fetch(OPTIONS, table):
                        if (table, option) != ("conversation_heads", "fillfactor"):
                            await connection.execute(f"alter table {table} reset ({option})")
            for statement in FILL:
                await connection.execute(statement)
            await connection.execute("vacuum full analyze")
            return {table: await updated(connection, table, updates) for table in TABLES}
        finally:
            await connection.close()


async def updated(connection: asyncpg.Connection, table: str, updates: int) -> tuple[float, float, str]:
    keys, update = TABLES[table]
    all_keys = [key for (key,) in await connection.fetch(keys)]
    chosen = random.Random(1)
    before = await size(connection, table)
    statement = await connection.prepare(update)
    for number in range(updates // AT_ONCE):
        some = chosen.sample(all_keys, AT_ONCE)
        await statement.fetch(some, number * MINUTES * AT_ONCE // updates)
    after = await size(connection, table)
    await connection.execute("select pg_stat_force_next_flush()")
    vacuums = await connection.fetchval(
        "select autovacuum_count from pg_stat_user_tables where relname = $1", table
    )
    return before, after, str(vacuums)


async def size(connection: asyncpg.Connection, table: str) -> float:
    bytes_: Any = await connection.fetchval("select pg_total_relation_size($1::regclass)", table)
    return float(bytes_) / 1e6


async def listed(url: str, visitors: int, indexes: str) -> float:
    """Return the milliseconds of a page of the team's list; the best of five."""
    async with copy_of(url) as copy:
        connection = await asyncpg.connect(copy)
        await connection.execute(SPREAD)
        await connection.execute(VISITS, visitors)
        if indexes:
            await connection.execute(indexes)
        await connection.execute("vacuum analyze")
        await connection.close()
        db = Database(PostgresAddress.read(copy), pool_size=1)
        await db.connect()
        try:
            return min([await timed(db) for _ in range(5)])
        finally:
            await db.disconnect()


async def timed(db: Database) -> float:
    began = time.perf_counter()
    await select_by_activity(db, ApiKey(1, "Backend"), AllOf(()), before=None, limit=50)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
