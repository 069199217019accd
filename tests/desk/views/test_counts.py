"""Counts that were moved by changes are those that a count anew gives, after every step and whatever commits late."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.desk.views.built_in import BUILT_IN
from app.desk.views.counts_store import select_look
from app.desk.views.service import SavedViews
from app.desk.views.tally import Tally
from app.operate.embedded import Engines
from app.protocol import (
    Happening,
    PriorityChanged,
    Sender,
    Snoozed,
    TextContent,
    Woken,
    encode,
    encode_happening,
)
from app.protocol.views import AllOf, AnyOf, Is, Not, Older, Predicate
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.identity import Identity
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.values.postgres_address import PostgresAddress
from tests.databases import fresh_database

CONVERSATIONS = 4
AGENTS = ("Ada", "Grace")
INBOXES = ("Shop", "Help")
conversations = st.integers(0, CONVERSATIONS - 1)
OWN: list[tuple[str, Predicate]] = [
    ("waiting", Is("waiting", (True,))),
    ("not mine", Not(Is("assignee", ("me",)))),
    ("done or mine", AnyOf((Is("status", ("closed",)), Is("assignee", ("me",))))),
    ("asleep", Is("status", ("snoozed",))),
    ("pressing", AllOf((Is("priority", ("high",)), Is("status", ("open",))))),
    ("forgotten", AllOf((Is("status", ("open",)), Older("active", 3_600)))),
]


class Follower:
    """A socket that keeps what it is told."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.told: dict[str, Any] = {}

    def tell(self, subject: tuple[str], frame: Frame) -> None:
        self.told[subject[0]] = frame


class World:
    """A database, two agents who are shown all views, and people who change what is in them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.db = Database(PostgresAddress.read(url), pool_size=4)
        self.views = SavedViews(self.db)
        self.ids: list[UUID] = []
        self.agents: list[Identity] = []
        self.customer = 0

    async def open(self) -> None:
        await self.db.connect()
        insert = "insert into users (role, name) values ($1, $2) returning id"
        self.customer = await self.db.fetchval(insert, "customer", "Visitor")
        for name in AGENTS:
            user_id = await self.db.fetchval(insert, "agent", name)
            self.agents.append(Identity(user_id=user_id, role="agent", name=name))
        for name in INBOXES:
            await self.db.execute(
                "insert into inboxes (key, name, identity_secret) values ($1, $1, '')", name
            )
        for place in range(CONVERSATIONS):
            self.ids.append(uuid4())
            await self.db.execute(
                "insert into conversations (id, inbox_id, customer_id) values ($1, $2, $3)",
                self.ids[-1],
                1 + place % 2,
                self.customer,
            )
            await self.db.execute(
                "insert into conversation_heads (conversation_id, has_entries) values ($1, false)",
                self.ids[-1],
            )
        for name, predicate in OWN:
            await self.views.create(
                self.agents[0], name=name, predicate=predicate, sort="activity", is_shared=True
            )

    def draft(self, place: int, *, by: Sender | None = None, event: bytes | None = None) -> Draft:
        return Draft(
            conversation_id=self.ids[place],
            sender=by or Sender(self.agents[0].user_id, "agent", "Ada"),
            client_msg_id=uuid4(),
            message_id=uuid4(),
            body=event or encode(TextContent("Hello")),
            type="conversation_event" if event else "message_received",
            lane=Lane.PUBLIC,
        )

    def written(self, place: int) -> Draft:
        return self.draft(place, by=Sender(self.customer, "customer", "Visitor"))

    def status(self, place: int, status: str) -> Draft:
        event = f'{{"event": "status_changed", "data": {{"status": "{status}"}}}}'
        return self.draft(place, event=event.encode())

    def happened(self, place: int, happening: Happening) -> Draft:
        return self.draft(place, event=encode_happening(happening))

    def assigned(self, place: int, agent: int | None) -> Draft:
        user_id = "null" if agent is None else str(self.agents[agent].user_id)
        event = f'{{"event": "assigned", "data": {{"user_id": {user_id}, "name": null}}}}'
        return self.draft(place, event=event.encode())


class Moving(RuleBasedStateMachine):
    """Anybody changes anything; two agents are told the counts."""

    world: World
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally(self.world.db, self.world.views)
        self.followers = [Follower(agent.user_id) for agent in self.world.agents]
        for follower, agent in zip(self.followers, self.world.agents, strict=True):
            self.tally.follow(cast(Any, follower), agent, None)
        self.late: tuple[asyncpg.Connection, Any] | None = None
        self.late_place = -1

    def teardown(self) -> None:
        if self.late is not None:
            self.commit()

    def append(self, *drafts: Draft) -> None:
        places = [self.world.ids.index(draft.conversation_id) for draft in drafts]
        if self.late_place not in places:
            self.runner.run(append_entries(self.world.db, list(drafts)))

    @rule(place=conversations)
    def customer_writes(self, place: int) -> None:
        self.append(self.world.written(place))

    @rule(place=conversations)
    def agent_answers(self, place: int) -> None:
        self.append(self.world.draft(place))

    @rule(place=conversations, status=st.sampled_from(["open", "closed"]))
    def status_changes(self, place: int, status: str) -> None:
        self.append(self.world.status(place, status))

    @rule(
        place=conversations,
        happening=st.sampled_from(
            [Snoozed(None, None), Woken("agent"), PriorityChanged("high"), PriorityChanged("normal")]
        ),
    )
    def state_changes(self, place: int, happening: Happening) -> None:
        self.append(self.world.happened(place, happening))

    @rule(place=conversations, agent=st.sampled_from([None, 0, 1]))
    def assignee_changes(self, place: int, agent: int | None) -> None:
        self.append(self.world.assigned(place, agent))

    @rule(place=conversations, agent=st.sampled_from([None, 0, 1]))
    def all_of_it_in_one_statement(self, place: int, agent: int | None) -> None:
        self.append(
            self.world.written(place),
            self.world.assigned(place, agent),
            self.world.draft(place),
            self.world.status(place, "closed"),
            self.world.written((place + 1) % CONVERSATIONS),
        )

    @precondition(lambda self: self.late is None)
    @rule(place=conversations, status=st.sampled_from(["open", "closed"]))
    def a_transaction_begins(self, place: int, status: str) -> None:
        async def begin() -> tuple[asyncpg.Connection, Any]:
            connection = await asyncpg.connect(self.world.url)
            transaction = connection.transaction()
            await transaction.start()
            await append_entries(cast(Database, connection), [self.world.status(place, status)])
            return connection, transaction

        self.late, self.late_place = self.runner.run(begin()), place

    @precondition(lambda self: self.late is not None)
    @rule()
    def it_commits(self) -> None:
        self.commit()

    def commit(self) -> None:
        assert self.late is not None
        (connection, transaction), self.late, self.late_place = self.late, None, -1

        async def commit() -> None:
            await transaction.commit()
            await connection.close()

        self.runner.run(commit())

    @rule()
    def half_a_minute_passes(self) -> None:
        self.tally._counted_at = 0.0

    @invariant()
    def the_counts_are_those_that_are_counted_anew(self) -> None:
        self.tally._timed_at = 0.0
        self.runner.run(self.tally.look())
        shown = list(self.tally._followers.values())
        fresh = self.runner.run(
            select_look(
                self.world.db,
                None,
                grouped=False,
                single=[(each.predicate, each.sight) for one in shown for each in one.counted.values()],
            )
        )
        told = [count for one in shown for count in one.told.values()]
        assert told == fresh.counts
        assert len(told) == len(AGENTS) * (len(BUILT_IN) + len(INBOXES) + len(OWN))
        assert self.tally.drift == 0


def test_counts_by_delta_equal_a_recount_after_every_step(session_engines: Engines) -> None:
    with asyncio.Runner() as runner:
        database = fresh_database(session_engines.database_url)
        Moving.runner, Moving.world = runner, World(runner.run(database.__aenter__()))
        try:
            runner.run(Moving.world.open())
            run_state_machine_as_test(
                Moving,
                settings=settings(
                    max_examples=12,
                    stateful_step_count=20,
                    database=None,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(Moving.world.db.disconnect())
            runner.run(database.__aexit__(None, None, None))
