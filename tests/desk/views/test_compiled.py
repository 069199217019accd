"""Compiled for Postgres, a predicate holds for the same rows as evaluated here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.desk.views.facets import PRIORITIES, STATUSES, Facets
from app.desk.views.predicates import binding, check, holds, resolve, sql
from app.protocol.views import AllOf, AnyOf, Is, Not, Older, Predicate
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress

USERS = 3
INBOXES = 2
TEAMS = (None, 1, 2)
ME = 1
HOURS = (0, 1, 30, 24 * 40)
LABELS: tuple[tuple[int, ...], ...] = ((), (1,), (2,), (1, 2), (3,))

tests = st.one_of(
    st.builds(
        Is, st.just("status"), st.lists(st.sampled_from(tuple(STATUSES)), min_size=1, max_size=2).map(tuple)
    ),
    st.builds(Is, st.just("inbox"), st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple)),
    st.builds(
        Is,
        st.just("assignee"),
        st.lists(st.sampled_from([None, "me", 1, 2, 3]), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Is, st.just("team"), st.lists(st.sampled_from([None, 1, 2]), min_size=1, max_size=2).map(tuple)
    ),
    st.builds(
        Is,
        st.just("priority"),
        st.lists(st.sampled_from(tuple(PRIORITIES)), min_size=1, max_size=2).map(tuple),
    ),
    st.builds(Is, st.just("waiting"), st.lists(st.booleans(), min_size=1, max_size=2).map(tuple)),
    st.builds(
        Is, st.just("label"), st.lists(st.sampled_from([None, 1, 2, 3]), min_size=1, max_size=3).map(tuple)
    ),
    # Between the ages that there are: the clock of Postgres goes on between its look and ours.
    st.builds(Older, st.just("active"), st.sampled_from([1800, 36_000, 86_400 * 7])),
)
predicates = st.recursive(
    tests,
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=6,
)


class Stored:
    """Every combination of facets, a row each."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.rows: dict[UUID, Facets] = {}

    async def fill(self) -> None:
        now = datetime.now(UTC)
        await self.db.execute(
            "insert into users (role, name) select 'agent', n::text from generate_series(1, $1) n", USERS
        )
        await self.db.execute(
            "insert into inboxes (key, name, identity_secret)"
            " select n::text, n::text, '' from generate_series(1, $1) n",
            INBOXES,
        )
        await self.db.execute("insert into users (role, name) values ('customer', 'Visitor')")
        await self.db.execute("insert into teams (name) values ('Sales'), ('Support')")
        ids = await self.users()
        for status in STATUSES:
            for inbox_id in range(1, INBOXES + 1):
                for assignee in (None, *ids[:USERS]):
                    for waiting in (False, True):
                        for hours in HOURS:
                            self.rows[uuid4()] = Facets(
                                status=status,
                                inbox_id=inbox_id,
                                assignee_id=assignee,
                                team_id=TEAMS[len(self.rows) % 3],
                                priority=tuple(PRIORITIES)[len(self.rows) % 4],
                                waiting=waiting,
                                active_at=now - timedelta(hours=hours),
                                labels=LABELS[len(self.rows) % len(LABELS)],
                            )
        rows = [(id_, *self.columns(facets)) for id_, facets in self.rows.items()]
        await self.db.execute(
            """
            with made as (
                insert into conversations (id, inbox_id, customer_id, status, assignee_id, team_id)
                select r.id, r.inbox_id, $6, case r.status when 'snoozed' then 'open' else r.status end,
                       r.assignee_id, r.team_id
                  from unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[], $5::integer[])
                    as r (id, inbox_id, status, assignee_id, team_id)
                returning id
            )
            select count(*) from made
            """,
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            [row[3] for row in rows],
            [row[6] for row in rows],
            ids[-1],
        )
        await self.db.execute(
            """
            insert into conversation_heads (conversation_id, waiting_since, active_at, priority)
            select * from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::smallint[])
            """,
            [row[0] for row in rows],
            [now if row[4] else None for row in rows],
            [row[5] for row in rows],
            [int(PRIORITIES[row[7]]) for row in rows],
        )
        await self.db.execute(
            """
            update conversation_heads set status = 'snoozed', snoozed_until = 'infinity'
             where conversation_id = any ($1::uuid[])
            """,
            [row[0] for row in rows if row[2] == "snoozed"],
        )
        await self.db.execute(
            """
            update conversation_heads h set labels = r.labels::integer[]
              from unnest($1::uuid[], $2::text[]) as r (id, labels)
             where r.id = h.conversation_id
            """,
            [*self.rows],
            [f"{{{','.join(map(str, facets.labels))}}}" for facets in self.rows.values()],
        )

    def columns(self, facets: Facets) -> tuple[Any, ...]:
        return (
            facets.inbox_id,
            facets.status,
            facets.assignee_id,
            facets.waiting,
            facets.active_at,
            facets.team_id,
            facets.priority,
        )

    async def users(self) -> list[int]:
        rows = await self.db.fetch("select id from users where role in ('agent', 'customer') order by id")
        return [row["id"] for row in rows]

    async def found(self, predicate: Predicate) -> set[UUID]:
        arguments: list[Any] = []
        condition = sql(predicate, binding(arguments))
        rows = await self.db.fetch(
            f"select h.conversation_id from conversation_heads h where {condition}", *arguments
        )
        return {row["conversation_id"] for row in rows}


@pytest_asyncio.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    db = Database(PostgresAddress.read(database_url), pool_size=1)
    await db.connect()
    made = Stored(db)
    await made.fill()
    yield made
    await db.disconnect()


@pytest.mark.asyncio
async def test_postgres_finds_what_is_evaluated_here(stored: Stored) -> None:
    ids = await stored.users()

    def with_ids(value: Any) -> Any:
        return ids[value - 1] if type(value) is int else value

    examples: list[Predicate] = []

    @settings(max_examples=150, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(predicates)
    def draw(predicate: Predicate) -> None:
        examples.append(predicate)

    draw()
    for predicate in examples:
        mine = resolve(check(renumbered(predicate, with_ids)), ids[ME - 1])
        now = datetime.now(UTC)
        expected = {id_ for id_, facets in stored.rows.items() if holds(mine, facets, now)}
        assert await stored.found(mine) == expected, predicate


def renumbered(predicate: Predicate, of: Any) -> Predicate:
    """Put the numbers that users have here in the place of 1 to 3."""
    match predicate:
        case Is("assignee", value):
            return Is("assignee", tuple(map(of, value)))
        case AllOf(parts):
            return AllOf(tuple(renumbered(part, of) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(renumbered(part, of) for part in parts))
        case Not(part):
            return Not(renumbered(part, of))
        case _:
            return predicate
