"""python -m bench.plans_of_views: the plans of the list and of its counts, with a million conversations.

A hundred thousand of them are open. A page may take 50 ms at any depth, all counts together 100 ms, and no plan may
read a table from end to end.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import asyncpg

from app.desk.conversations.cursors import PageEnd, WaitEnd
from app.desk.conversations.list_store import select_by_activity, select_by_wait
from app.desk.views.built_in import BUILT_IN, inbox_view
from app.desk.views.counts_store import select_look
from app.desk.views.predicates import resolve
from app.operate.embedded import engines
from app.operate.migrate import migrate
from app.protocol.views import AllOf, AnyOf, Is, Not, Older, Predicate
from app.settings import Settings
from app.spine.db import Database
from app.spine.identity import Identity
from app.values.postgres_address import PostgresAddress
from bench.plans import Explaining
from bench.results import RESULTS

CONVERSATIONS = 1_000_000
OPEN = 100_000
INBOXES = 20
AGENTS = 50
CUSTOMERS = 100_000
PAGE_MS = 50.0
COUNTS_MS = 100.0
HERE = Identity(user_id=1, role="agent", name="Ada")
LAST = UUID(int=2**128 - 1)
DURATION = re.compile(r"duration: ([0-9.]+) ms")
SCAN = re.compile(r"Seq Scan on (?:conversation_heads|conversations|entries|users|facet_changes)\b")

FILL = f"""
set session_replication_role = replica;
insert into users (role, name) select 'agent', 'Agent ' || n from generate_series(1, {AGENTS}) n;
insert into inboxes (key, name, identity_secret) select n, n, '' from generate_series(1, {INBOXES}) n;
insert into users (role, name) select 'customer', 'Customer ' || n from generate_series(1, {CUSTOMERS}) n;
create temporary table made as
select n, md5(n::text)::uuid as id, 1 + n % {INBOXES} as inbox_id, {AGENTS} + 2 + n % {CUSTOMERS} as customer_id,
       case when n <= {OPEN} then 'open' else 'closed' end as status,
       case when n % 3 > 0 then 2 + (n / 3) % {AGENTS} end as assignee_id,
       case when n <= {OPEN} and n % 10 = 0 then now() - make_interval(secs => n * 7) end as waiting_since,
       now() - make_interval(secs => n * 7) as at
  from generate_series(1, {CONVERSATIONS}) n;
insert into conversations (id, inbox_id, customer_id, status, assignee_id, created_at)
select id, inbox_id, customer_id, status, assignee_id, at from made;
insert into entries (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, body, created_at)
select id, 0, 1, 'message_received', customer_id, id, id, '{{"type": "text", "text": "Hello"}}', at from made;
insert into conversation_heads (conversation_id, last_seq, last_message_seq, updated_at, active_at, inbox_id, status,
                                assignee_id, waiting_since)
select id, 1, 1, at, date_trunc('minute', at), inbox_id, status, assignee_id, waiting_since from made;
insert into facet_changes (xact, conversation_id, before, after)
select pg_current_xact_id(), id, '{{}}', '{{}}' from made where n <= 20000;
set session_replication_role = origin;
"""


def ago(number: int) -> datetime:
    """Return the time of the `number`th conversation."""
    return datetime.now(UTC) - timedelta(seconds=number * 7)


def page(predicate: Predicate, number: int = 0) -> Callable[[Database], Awaitable[object]]:
    """Return what reads the page of a list that begins behind the `number`th conversation."""
    at = ago(number)
    before = PageEnd(at.replace(second=0, microsecond=0), at, LAST) if number else None
    mine = resolve(predicate, HERE.user_id)
    return lambda db: select_by_activity(db, HERE, mine, before=before, limit=50)


def by_wait(number: int = 0) -> Callable[[Database], Awaitable[object]]:
    after = WaitEnd(ago(number), LAST) if number else None
    return lambda db: select_by_wait(db, HERE, BUILT_IN["open"].predicate, after=after, limit=50)


FREE = AllOf(
    (
        AnyOf((Is("assignee", (None,)), Is("assignee", (7,)))),
        Is("inbox", (3, 4)),
        Not(Is("waiting", (True,))),
        Older("active", 3_600),
    )
)
PAGES = {
    "The first page of all open": page(BUILT_IN["open"].predicate),
    "A page behind 90,000 open ones": page(BUILT_IN["open"].predicate, 90_000),
    "For me, behind 90,000": page(BUILT_IN["mine"].predicate, 90_000),
    "Unassigned": page(BUILT_IN["unassigned"].predicate),
    "An inbox": page(inbox_view(3, "3").predicate),
    "Closed, behind 900,000": page(BUILT_IN["closed"].predicate, 900_000),
    "All, behind 500,000": page(AllOf(()), 500_000),
    "A view of one's own, of all statuses": page(FREE),
    "A view in which nothing is open": page(AllOf((BUILT_IN["open"].predicate, Is("inbox", (99,))))),
    "Whoever has waited longest": by_wait(OPEN),
    "Whoever has waited least": by_wait(100),
}
SIGHT = frozenset(range(1, INBOXES + 1))
COUNTS: dict[str, Callable[[Database], Awaitable[object]]] = {
    "All open ones counted, for every view of every agent": lambda db: select_look(
        db, SINCE, grouped=True, single=[]
    ),
    "The same with what is closed, and a view of one's own": lambda db: select_look(
        db, SINCE, grouped=True, single=[(BUILT_IN["closed"].predicate, SIGHT), (FREE, SIGHT)]
    ),
    "What has changed since the last look": lambda db: select_look(db, SINCE, grouped=False, single=[]),
}
SINCE = "1000:1000:"


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-plans-") as directory:
        async with engines(Settings(var_dir=Path(directory))) as found:
            await migrate(PostgresAddress.read(found.database_url))
            connection = await asyncpg.connect(found.database_url)
            try:
                await connection.execute(FILL)
                await connection.execute("vacuum analyze")
                since = await connection.fetchval("select pg_current_snapshot()::text")
                globals()["SINCE"] = since
                explaining = Explaining(connection)
                await explaining.open()
                parts = [
                    *[await shown(title, ask, explaining, PAGE_MS) for title, ask in PAGES.items()],
                    *[await shown(title, ask, explaining, COUNTS_MS) for title, ask in COUNTS.items()],
                ]
            finally:
                await connection.close()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "plans_of_views.txt").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


async def shown(
    title: str, ask: Callable[[Database], Awaitable[object]], explaining: Explaining, most_ms: float
) -> str:
    """Return the plan of a statement that keeps what was promised."""
    # Twice: the first time fills the caches of the new connection, which is none of the plan's.
    for _ in range(2):
        explaining.plans.clear()
        await ask(cast(Database, explaining))
    plan = "\n".join(explaining.plans)
    took = sum(float(found) for found in DURATION.findall(plan))
    scan = SCAN.search(plan)
    print(f"{took:8.1f} ms  {title}", flush=True)
    if scan or took > most_ms:
        print(f"NOT KEPT: {scan[0] if scan else f'more than {most_ms:g} ms'}\n{plan}", flush=True)
    return f"== {title}\n{plan}"


if __name__ == "__main__":
    asyncio.run(main())
