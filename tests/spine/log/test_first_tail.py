"""A database of a version without a tail gets one that begins with what readers have still to hear of."""

from __future__ import annotations

import shutil
from pathlib import Path

import asyncpg

from app.operate.migrate import MIGRATIONS, migrate, read_migrations
from app.spine.log.position import Position
from app.spine.log.tail_store import select_changes
from app.values.postgres_address import PostgresAddress
from tests.spine.log.written import open_written

OLD = """
with talk as (
    insert into conversations (id, inbox_id, customer_id) values (gen_random_uuid(), $1, $2) returning id
), head as (
    insert into conversation_heads (conversation_id, active_at, last_seq)
    select id, date_trunc('minute', now() - make_interval(mins => $3)), 4 from talk
)
insert into entries (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, body, created_at)
select talk.id, e.lane, e.seq, 'message_received', $2, gen_random_uuid(), gen_random_uuid(),
       '{"type": "text", "text": "Hello?"}', now() - make_interval(mins => e.minutes)
  from talk, unnest($4::smallint[], $5::bigint[], $6::integer[]) as e (lane, seq, minutes)
"""
"""A conversation that was active so many minutes ago, and its entries by lane, seq, and age in minutes."""


async def migrate_to_before_the_tail(url: str, directory: Path) -> None:
    for migration in read_migrations(MIGRATIONS):
        if migration.name.endswith("_tail.sql"):
            break
        shutil.copy(MIGRATIONS / migration.name, directory)
    assert await migrate(PostgresAddress.read(url), directory)


async def test_the_tail_begins_with_the_last_hour_and_before_all_that_comes(
    empty_url: str, tmp_path: Path
) -> None:
    await migrate_to_before_the_tail(empty_url, tmp_path)
    address = PostgresAddress.read(empty_url)
    early = await asyncpg.connect(empty_url)
    try:
        inbox = await early.fetchval(
            "insert into inboxes (key, name, identity_secret) values ('old', 'Old shop', 's') returning id"
        )
        customer = await early.fetchval(
            "insert into users (role, name, inbox_id) values ('customer', 'Visitor', $1) returning id", inbox
        )
        # The clock went back between the third and the fourth entry.
        await early.execute(OLD, inbox, customer, 3, [0, 0, 1, 0, 0], [1, 2, 1, 3, 4], [61, 40, 30, 5, 20])
        await early.execute(OLD, inbox, customer, 180, [0], [1], [180])
        # A transaction that has its number already, and appends when the tail is there.
        async with early.transaction():
            await early.execute("select pg_current_xact_id()")
            await migrate(address)
            await early.execute(
                """
                select append_entries(array[conversation_id], array[0::smallint], array['message_received'],
                                      array[$1::integer], array[gen_random_uuid()], array[gen_random_uuid()],
                                      array[null::bigint], array['{"type": "text", "text": "Anybody?"}'])
                  from conversation_heads
                 order by active_at desc
                 limit 1
                """,
                customer,
            )
    finally:
        await early.close()
    async with open_written(empty_url, pool_size=1) as written:
        rows = await select_changes(written.db, Position(), limit=100)
    changes = [row.change for row in rows if row.change is not None]
    assert [(change.lane, change.seq) for change in changes] == [(0, 2), (1, 1), (0, 3), (0, 4), (0, 5)]


async def test_a_tail_that_is_there_stays_as_it_is(empty_url: str, tmp_path: Path) -> None:
    await migrate_to_before_the_tail(empty_url, tmp_path)
    connection = await asyncpg.connect(empty_url)
    try:
        for migration in read_migrations(MIGRATIONS):
            if migration.name.endswith("_tail.sql"):
                await connection.execute(migration.sql)
        await connection.execute(
            "insert into tail (xact, conversation_ids, lanes, seqs) values (1, '{}', '{}', '{}')"
        )
        (first,) = [m for m in read_migrations(MIGRATIONS) if m.name.endswith("_tail_of_the_last_hour.sql")]
        await connection.execute(first.sql)
        assert await connection.fetchval("select count(*) from tail") == 1
    finally:
        await connection.close()
