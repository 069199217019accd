"""What an agent has yet to read: how far they have read both lanes, and what they have put back as unread."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from itertools import groupby
from uuid import UUID, uuid4

import httpx2
import pytest_asyncio

from app.spine.db import Database
from app.talk.marks.store import UNKNOWN, Progress, select_read_states, upsert_marks, upsert_unread
from app.values.postgres_address import PostgresAddress
from tests.client import Client, Event
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


def state(event: Event) -> tuple[int, int, int | None, int]:
    return event["read_seq"], event["team_read_seq"], event["unread_from"], event["version"]


async def told(client: Client, expected: tuple[int, int, int | None, int]) -> None:
    """Wait for this state; the one before may be told twice, by its notice and by the sweep."""
    read_seq, team_read_seq, unread_from, version = expected
    fields = {
        "read_seq": read_seq,
        "team_read_seq": team_read_seq,
        "unread_from": unread_from,
        "version": version,
    }
    await client.expect("read_state", **fields)


async def spoken(connect: Connect, customer: Person, agent: Person, there: Server) -> tuple[Client, Client]:
    """Return two sockets of an agent, at two servers, in a conversation in which the customer has said three things."""
    theirs = await connect(customer)
    await theirs.join(customer.conversation_id)
    for _ in range(3):
        await theirs.send_message(customer.conversation_id)
    here, elsewhere = await connect(agent), await connect(agent, there)
    for client in (here, elsewhere):
        await client.join(customer.conversation_id, since=0)
        await client.reach(customer.conversation_id, 3)
    return here, elsewhere


async def test_what_was_put_back_is_unread_everywhere_until_somebody_who_knows_of_it_reads_it(
    connect: Connect, customer: Person, agent: Person, servers: tuple[Server, Server]
) -> None:
    where = {"conversation_id": customer.conversation_id}
    here, elsewhere = await spoken(connect, customer, agent, servers[1])
    await here.say("mark_read", **where, seq=3, version=0)
    for client in (here, elsewhere):
        await told(client, (3, 0, None, 0))
    await elsewhere.ask("mark_unread", **where, seq=2)
    for client in (here, elsewhere):
        await told(client, (3, 0, 2, 1))
    # A tab that tells again what it read before, as each does after a reconnect, has not read it since.
    await here.say("mark_read", **where, seq=3, version=0)
    await here.ask("mark_unread", **where, seq=1)
    for client in (here, elsewhere):
        await told(client, (3, 0, 1, 2))
    await here.say("mark_read", **where, seq=3, version=2)
    for client in (here, elsewhere):
        await told(client, (3, 0, None, 3))


async def test_a_client_that_knows_no_versions_ends_it_by_reading_something_new(
    connect: Connect, customer: Person, agent: Person, servers: tuple[Server, Server]
) -> None:
    where = {"conversation_id": customer.conversation_id}
    here, _ = await spoken(connect, customer, agent, servers[1])
    await here.say("mark_read", **where, seq=2)
    await here.expect("read_state", read_seq=2)
    await here.ask("mark_unread", **where, seq=2)
    await here.say("mark_read", **where, seq=2)
    await here.say("mark_delivered", **where, seq=3)
    await here.expect("receipt_updated", delivered_seq=3)
    await here.say("mark_read", **where, seq=3)
    assert state(await here.expect("read_state", read_seq=3)) == (3, 0, None, 2)
    assert [unread for unread, _ in groupby(state(event)[2] for event in here.heard("read_state"))] == [
        None,
        2,
        None,
    ]


async def test_notes_are_marked_for_the_team_and_customers_hear_nothing_of_it(
    connect: Connect, customer: Person, agent: Person, installation: Installation, server: Server
) -> None:
    where = {"conversation_id": customer.conversation_id}
    theirs, ours = await connect(customer), await connect(agent)
    colleague = await connect(await installation.agent("Grace"))
    for client in (theirs, ours, colleague):
        await client.join(customer.conversation_id)
    await theirs.send_message(customer.conversation_id)
    await ours.send_message(customer.conversation_id, lane="team")
    await colleague.say("mark_read", **where, seq=2**53 - 1, lane="team")
    receipt = await ours.expect("receipt_updated", team_read_seq=1)
    assert (receipt["read_seq"], receipt["role"]) == (0, "agent")
    await ours.say("mark_read", **where, seq=1)
    await theirs.expect("receipt_updated", read_seq=1)
    await theirs.say("mark_read", **where, seq=1, lane="team")
    assert (await theirs.expect("error"))["code"] == "forbidden"
    assert await theirs.refusal("mark_unread", **where, seq=1) == "unknown_type"
    await theirs.fence()
    assert not theirs.heard("read_state")
    assert all("team_read_seq" not in event for event in theirs.heard("receipt_updated"))
    [mark] = (await (await connect(customer)).join(customer.conversation_id))["marks"]
    assert "team_read_seq" not in mark
    late = await connect(agent)
    marks = (await late.join(customer.conversation_id))["marks"]
    assert sorted(mark["team_read_seq"] for mark in marks) == [0, 1]


async def test_whoever_comes_back_with_a_cursor_is_told_what_changed_meanwhile(
    connect: Connect, customer: Person, agent: Person, servers: tuple[Server, Server]
) -> None:
    where = {"conversation_id": customer.conversation_id}
    here, elsewhere = await spoken(connect, customer, agent, servers[1])
    await elsewhere.ask("follow_inbox")
    cursor = (await elsewhere.expect("inbox_cursor"))["cursor"]
    elsewhere.cut()
    await here.ask("mark_unread", **where, seq=2)
    back = await connect(agent, servers[1])
    assert (await back.ask("follow_inbox", since=cursor))["status"] == "ok"
    assert state(await back.expect("read_state", **where)) == (0, 0, 2, 1)
    # The cursor that follows says that this has been told.
    kinds = [event["type"] for event in back.seen]
    await back.expect("inbox_cursor")
    assert "inbox_cursor" not in kinds[: kinds.index("read_state")]


async def test_all_of_it_can_be_done_by_rest(
    connect: Connect,
    customer: Person,
    agent: Person,
    servers: tuple[Server, Server],
    rest: httpx2.AsyncClient,
    installation: Installation,
) -> None:
    here, _ = await spoken(connect, customer, agent, servers[1])
    path, headers = f"/chat/conversations/{customer.conversation_id}", agent.headers
    never, hidden = str(uuid4()), (await installation.customer()).conversation_id
    ids = f"{customer.conversation_id},{never},{hidden}"

    async def states() -> list[Event]:
        found = await rest.get(f"/chat/read-states?conversation_ids={ids}", headers=headers)
        assert found.status_code == 200
        items: list[Event] = found.json()["items"]
        return items

    assert await states() == []
    answer = await rest.post(f"{path}/unread", json={"seq": 2}, headers=headers)
    assert (answer.status_code, state(answer.json())) == (200, (0, 0, 2, 1))
    assert state(await here.expect("read_state")) == (0, 0, 2, 1)
    marks = {"read_seq": 3, "team_read_seq": 9, "version": 1}
    assert (await rest.post(f"{path}/marks", json=marks, headers=headers)).status_code == 202
    assert state(await here.expect("read_state")) == (3, 0, None, 2)
    assert [state(each) for each in await states()] == [(3, 0, None, 2)]
    for refused in (
        await rest.post(f"{path}/unread", json={"seq": 2}, headers=customer.headers),
        await rest.post(f"{path}/marks", json={"team_read_seq": 1}, headers=customer.headers),
        await rest.get(f"/chat/read-states?conversation_ids={ids}", headers=customer.headers),
    ):
        assert refused.status_code == 403
    for wrong in ("", "1", ids + ",", ",".join([never] * 101)):
        found = await rest.get(f"/chat/read-states?conversation_ids={wrong}", headers=headers)
        assert found.status_code == 422


# --- the statement alone


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(PostgresAddress.read(database_url), pool_size=2)
    await db.connect()
    yield db
    await db.disconnect()


async def test_any_order_of_reading_and_putting_back_ends_as_the_rules_say(db: Database) -> None:
    insert = "insert into users (role, name) values ($1, $1) returning id"
    customer, agent = await db.fetchval(insert, "customer"), await db.fetchval(insert, "agent")
    await db.execute("insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's')")
    here: UUID = await db.fetchval(
        "insert into conversations (id, inbox_id, customer_id)"
        " select gen_random_uuid(), id, $1 from inboxes returning id",
        customer,
    )
    await db.execute(
        "insert into conversation_heads (conversation_id, last_seq, team_last_seq) values ($1, 9, 5)", here
    )
    rng = random.Random(30)
    read = team_read = version = 0
    unread_from: int | None = None
    for _ in range(300):
        if rng.random() < 0.3:
            seq = rng.randrange(12)
            await upsert_unread(db, here, agent, seq)
            unread_from, version = max(1, min(seq, 9)), version + 1
        else:
            seen = Progress(
                0, rng.randrange(12), rng.randrange(8), rng.choice([UNKNOWN, version, version - 1])
            )
            await upsert_marks(db, {(here, agent): seen})
            is_new = min(seen.read_seq, 9) > read
            knows = seen.version >= version if seen.version != UNKNOWN else is_new
            if unread_from is not None and knows:
                unread_from, version = None, version + 1
            read, team_read = max(read, min(seen.read_seq, 9)), max(team_read, min(seen.team_read_seq, 5))
        states = await select_read_states(db, agent, [here])
        kept = [(each.read_seq, each.team_read_seq, each.unread_from, each.version) for each in states]
        assert kept == [(read, team_read, unread_from, version)]
        if read == 9 and rng.random() < 0.2:
            await db.execute("delete from marks")
            read = team_read = version = 0
            unread_from = None
