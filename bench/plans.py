"""`python -m bench.plans`: the plans of our statements when a million entries are stored, as Postgres logs them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg

from app.desk.conversations.list_store import select_by_activity
from app.desk.inbox.store import select_changes as inbox_changes
from app.desk.inbox.store import select_hidden_conversations
from app.operate.embedded import engines
from app.protocol import Sender
from app.protocol.views import Is
from app.settings import Settings
from app.spine.db import Database
from app.spine.identity import ApiKey
from app.spine.log.entries import append_entries, select_history, select_pages
from app.spine.log.entry import Draft, Lane
from app.spine.log.heads import Knock, select_doors, select_newer_heads, select_shut
from app.spine.log.position import Position
from app.spine.log.tail_store import select_changes, select_events
from bench.people import conversation_id, copy_of, fill, seed
from bench.results import RESULTS

ENTRIES = 1_000_000
TAIL = """
insert into tail (xact, conversation_ids, lanes, seqs)
select b.base + e.seq % (b.base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint),
       array[e.conversation_id], array[e.lane], array[e.seq]
  from entries e, tail_bounds b
 where e.seq > 3
"""
"""An append for each entry, as if none had shared one."""


class Explaining:
    """Runs statements as `Database` does, with their plans sent to us, nested ones included."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.plans: list[str] = []
        connection.add_log_listener(lambda _, message: self.plans.append(without_query(message.message)))

    async def open(self) -> None:
        await self._connection.execute("load 'auto_explain'")
        for name, value in {
            "auto_explain.log_min_duration": "0",
            "auto_explain.log_nested_statements": "on",
            "auto_explain.log_analyze": "on",
            "auto_explain.log_timing": "off",
            "client_min_messages": "log",
        }.items():
            await self._connection.execute(f"set {name} = '{value}'")

    async def fetch(self, sql: str, *arguments: object) -> Any:
        return await self._connection.fetch(sql, *arguments)


def without_query(logged: str) -> str:
    """Keep the duration and the plan; the statement itself stands in the source."""
    lines = logged.splitlines()
    begin = next((number for number, line in enumerate(lines) if "(cost=" in line), 1)
    return "\n".join([lines[0], *lines[begin:]])


async def write_plans(template_url: str) -> None:
    """Fill a copy of the database, run what a message, a join, a resume and the list run, and keep the plans."""
    async with copy_of(template_url) as url:
        await fill(url, ENTRIES)
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(TAIL)
            await connection.execute("vacuum analyze tail")
            explaining = Explaining(connection)
            await explaining.open()
            parts = [await plans_of(title, explaining) for title in STATEMENTS]
        finally:
            await connection.close()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "plans.txt").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


async def plans_of(title: str, explaining: Explaining) -> str:
    # Twice: the first time fills the caches of the new connection, which is none of the plan's.
    for _ in range(2):
        explaining.plans.clear()
        await STATEMENTS[title](cast(Database, explaining))
    return "\n".join([f"== {title}", *explaining.plans])


async def append(db: Database) -> None:
    await append_each(db, [busiest()])


async def append_many(db: Database) -> None:
    await append_each(db, [conversation_id(number) for number in range(1, 101)])


async def append_each(db: Database, conversations: list[str]) -> None:
    rows = await db.fetch(
        "select id, customer_id from conversations where id = any($1::uuid[])", conversations
    )
    drafts = [
        Draft(
            conversation_id=row["id"],
            sender=Sender(row["customer_id"], "customer", "Customer"),
            client_msg_id=uuid4(),
            message_id=uuid4(),
            body=b'{"type": "text", "text": "Hello"}',
        )
        for row in rows
    ]
    forget_plans(db)
    await append_entries(db, drafts)


def forget_plans(db: Database) -> None:
    """Keep nothing of what only prepared the statement that is looked at."""
    cast(Explaining, db).plans.clear()


async def page(db: Database) -> None:
    await select_pages(db, [(UUID(busiest()), Lane.PUBLIC, 900)])


async def history(db: Database) -> None:
    await select_history(db, UUID(busiest()), Lane.PUBLIC, before=None, limit=50)


async def doors(db: Database) -> None:
    await select_doors(
        db, [Knock(UUID(conversation_id(number)), "agent", number) for number in range(1, 101)]
    )


async def sweep(db: Database) -> None:
    await select_newer_heads(db, [(UUID(conversation_id(number)), 10**9, 10**9) for number in range(1, 501)])


async def inbox(db: Database) -> None:
    await select_by_activity(db, ApiKey(1, "Backend"), Is("status", ("open",)), before=None, limit=50)


async def followers(db: Database) -> None:
    changed = [UUID(conversation_id(number)) for number in range(1, 201)]
    await select_hidden_conversations(db, changed, range(1, 51))


async def members(db: Database) -> None:
    await select_shut(
        db, [Knock(UUID(conversation_id(number)), "agent", number) for number in range(1, 1001)]
    )


async def tail(db: Database) -> None:
    await select_changes(db, Position(1, 500), limit=100)


async def events(db: Database) -> None:
    await select_events(db, ApiKey(1, "Backend"), None, limit=100)


async def changed(db: Database) -> None:
    [row] = await db.fetch("select pg_current_snapshot()::text as snapshot")
    await append_many(db)
    forget_plans(db)
    await inbox_changes(db, row["snapshot"])


STATEMENTS = {
    "Append one message": append,
    "Append a message in each of 100 conversations": append_many,
    "The next 100 entries of the tail, for a reader": tail,
    "The oldest 100 entries of the tail, for a backend": events,
    "The conversations that have changed since a look": changed,
    "A page of missed entries": page,
    "The newest page of history": history,
    "The heads for 100 joins": doors,
    "The sweep over 500 rooms": sweep,
    "The first page of the inbox": inbox,
    "Who of 50 followers may not see 200 rows": followers,
    "Who of 1,000 members may not see their room": members,
}


def busiest() -> str:
    """Return one of the conversations that `fill` has filled: the first in order."""
    return min(conversation_id(number) for number in range(1, 10_001))


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-bench-") as directory:
        async with engines(Settings(var_dir=Path(directory))) as found:
            await seed(found.database_url)
            await write_plans(found.database_url)


if __name__ == "__main__":
    asyncio.run(main())
