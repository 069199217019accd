"""The rule of teams against a model of it, and the note of whose sight a change alters."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from app.desk.inbox.store import select_hidden_conversations, select_hidden_customers, select_sees_others
from app.desk.teams.store import change_team, select_changes, select_team_sight
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress

CHANGES = 40


class Model:
    """Teams as sets, and what follows from them."""

    def __init__(self, agents: list[int], inboxes: list[int]) -> None:
        self.agents = agents
        self.inboxes = inboxes
        self.members: dict[int, set[int]] = {}
        self.held: dict[int, set[int]] = {}

    def seen(self, agent: int) -> set[int]:
        return {
            inbox
            for inbox in self.inboxes
            if not self.teams_of(inbox) or any(agent in self.members[team] for team in self.teams_of(inbox))
        }

    def teams_of(self, inbox: int) -> set[int]:
        return {team for team, inboxes in self.held.items() if inbox in inboxes}

    def all_seen(self) -> dict[int, set[int]]:
        return {agent: self.seen(agent) for agent in self.agents}


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = Database(PostgresAddress.read(database_url), pool_size=2)
    await opened.connect()
    yield opened
    await opened.disconnect()


async def ids(db: Database, statement: str, count: int) -> list[int]:
    rows = await db.fetch(f"{statement} from generate_series(1, {count}) n returning id")
    return [row["id"] for row in rows]


async def seen_inboxes(db: Database, agent: int) -> tuple[set[int], set[int]]:
    """Return the inboxes an agent sees, and those of the conversations they see."""
    inboxes = await db.fetch("select id from visible_inboxes('agent', $1)", agent)
    conversations = await db.fetch("select inbox_id from visible('agent', $1)", agent)
    return {row["id"] for row in inboxes}, {row["inbox_id"] for row in conversations}


@pytest.mark.parametrize("seed", range(3))
async def test_it_says_what_the_model_says_after_each_change_and_notes_the_difference(
    db: Database, seed: int
) -> None:
    chosen = random.Random(seed)
    agents = await ids(db, "insert into users (role, name) select 'agent', 'Agent ' || n", 4)
    inboxes = await ids(
        db, "insert into inboxes (key, name, identity_secret) select 'k' || n, 'Inbox ' || n, 's'", 3
    )
    customers = await ids(db, "insert into users (role, name) select 'customer', 'Visitor ' || n", 3)
    places: dict[UUID, tuple[int, int]] = {}
    for customer in customers:
        for inbox in chosen.sample(inboxes, 2):
            place = uuid4()
            places[place] = (inbox, customer)
            await db.execute(
                "insert into conversations (id, inbox_id, customer_id) values ($1, $2, $3)",
                place,
                inbox,
                customer,
            )
    model = Model(agents, inboxes)
    for number in range(CHANGES):
        before, snapshot = model.all_seen(), (await select_changes(db, None)).snapshot
        team = chosen.choice([None, *model.members])
        members = set(chosen.sample(agents, chosen.randint(0, 3)))
        held = set(chosen.sample(inboxes, chosen.choice([0, 0, 1, 1, 2])))
        if team is not None and chosen.random() < 0.3:
            _, verdict = await change_team(db, team, is_deleted=True)
            alone = any(model.teams_of(inbox) == {team} for inbox in model.held[team])
            assert verdict == ("holds_inbox" if alone else "done")
            if not alone:
                del model.members[team], model.held[team]
        else:
            made, verdict = await change_team(
                db, team, name=f"Team {number}", member_ids=members, inbox_ids=held
            )
            assert verdict == "done"
            model.members[made], model.held[made] = members, held
        after = model.all_seen()
        changes = await select_changes(db, snapshot)
        assert set(changes.agent_ids) == {agent for agent in agents if before[agent] != after[agent]}
        assert changes.has_changed == (verdict == "done")
        for agent in agents:
            assert await select_sees_others(db, agent, snapshot) == (before[agent] != after[agent])
            assert await seen_inboxes(db, agent) == (
                after[agent],
                after[agent] & {inbox for inbox, _ in places.values()},
            )
        nowhere = uuid4()
        assert await select_hidden_conversations(db, [*places, nowhere], agents) == {
            (place, agent)
            for place, inbox in [*((place, inbox) for place, (inbox, _) in places.items()), (nowhere, 0)]
            for agent in agents
            if inbox not in after[agent]
        }
        assert await select_hidden_customers(db, customers, agents) == {
            (customer, agent)
            for customer in customers
            for agent in agents
            if not after[agent] & {inbox for inbox, whose in places.values() if whose == customer}
        }
        for each in model.members:
            for place, (inbox, _) in places.items():
                sight = await select_team_sight(db, each, place)
                assert sight is not None
                assert sight[1] == (not model.teams_of(inbox) or inbox in model.held[each])
