"""Two processes on the same engines are one server to whoever talks to them."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx2

from app.protocol import Sender, TextContent, encode
from app.spine.db import Database
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.values.postgres_address import PostgresAddress
from tests.client import Client, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


async def test_a_message_reaches_the_other_process_both_ways(
    connect: Connect, customer: Person, agent: Person, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer, servers[0]), await connect(agent, servers[1])
    for client in (theirs, ours):
        await client.join(here)
    await theirs.send_message(here, "Hello")
    await ours.expect("message_received", seq=1)
    await ours.send_message(here, "Hi")
    received = await theirs.expect(
        "message_received", sender={"id": agent.id, "role": "agent", "name": "Ada"}
    )
    assert received["content"]["text"] == "Hi"
    await ours.reach(here, received["seq"])
    assert theirs.entries(here) == ours.entries(here)


async def test_writers_on_both_at_once_make_one_log(
    connect: Connect, customer: Person, installation: Installation, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    agents = [await installation.agent(f"Agent {number}") for number in range(3)]
    clients = [
        await connect(person, servers[number % 2])
        for number, person in enumerate((customer, customer, *agents))
    ]
    for client in clients:
        await client.join(here, since=0)

    async def write(client: Client, name: int) -> list[int]:
        for number in range(40):
            await client.say("send_message", id=f"m{number}", **message(here, f"{name}.{number}"))
        return [(await client.answer(f"m{number}"))["seq"] for number in range(40)]

    acked = await asyncio.gather(*(write(client, name) for name, client in enumerate(clients)))
    head = await installation.sql(
        "select last_seq from conversation_heads where conversation_id = $1", UUID(here)
    )
    for seqs, client in zip(acked, clients, strict=True):
        assert seqs == sorted(seqs)
        await client.reach(here, head)
        assert client.seqs(here) == list(range(1, head + 1))
        assert client.entries(here) == clients[0].entries(here)


async def test_the_same_message_sent_to_both_is_stored_once(
    connect: Connect, customer: Person, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    tabs = [await connect(customer, server) for server in (*servers, *servers)]
    for number in range(20):
        fields = message(here, str(number))
        acks = await asyncio.gather(*(tab.ask("send_message", **fields) for tab in tabs))
        assert {ack["seq"] for ack in acks} == {number + 1}
        assert sum(not ack["duplicate"] for ack in acks) == 1


async def test_resuming_elsewhere_goes_on_where_it_was(
    connect: Connect, customer: Person, agent: Person, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    ours, theirs = await connect(agent, servers[0]), await connect(customer, servers[0])
    await theirs.join(here)
    await theirs.send_message(here)
    await theirs.reach(here, 1)
    theirs.cut()
    missed = (await ours.send_message(here, "While you were away"))["seq"]
    again = await connect(customer, servers[1], resume={here: {"since": 1}})
    live = (await ours.send_message(here, "And back"))["seq"]
    await again.reach(here, live)
    assert again.seqs(here) == list(range(2, live + 1))
    assert missed in again.seqs(here)


async def test_a_deleted_text_is_nowhere_any_more(
    connect: Connect, customer: Person, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    writer, reader = await connect(customer, servers[0]), await connect(customer, servers[1])
    for client in (writer, reader):
        await client.join(here)
    await writer.send_message(here, "My password")
    await reader.reach(here, 1)
    await writer.ask("delete_message", **message(here), target_seq=1)
    await reader.expect("message_deleted")
    for server in servers:
        late = await connect(customer, server)
        await late.join(here, since=0)
        await late.reach(here, 2)
        assert "My password" not in str(late.seen)


async def test_a_long_poll_hears_of_the_other_process(
    connect: Connect, customer: Person, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    path = f"/chat/conversations/{here}/events?since=0&wait=25"
    async with httpx2.AsyncClient(base_url=servers[1].url, timeout=30) as http:
        polling = asyncio.create_task(http.get(path, headers=customer.headers))
        client = await connect(customer, servers[0])
        await client.send_message(here, "Hello")
        page = (await polling).json()
    assert [item["content"]["text"] for item in page["items"]] == ["Hello"]
    assert page["head"] == 1


async def test_entries_that_no_process_told_of_are_found_by_looking(
    connect: Connect, customer: Person, agent: Person, installation: Installation, server: Server
) -> None:
    """A server died between its commit and its hint: Postgres knows more than anyone was told."""
    here = UUID(customer.conversation_id)
    theirs, ours = await connect(customer), await connect(agent)
    for client in (theirs, ours):
        await client.join(str(here))
    db = Database(PostgresAddress.read(installation.database_url), pool_size=1)
    await db.connect()
    for lane in (Lane.PUBLIC, Lane.PUBLIC, Lane.TEAM):
        await append_entries(db, [untold(here, agent, lane)])
    await db.disconnect()
    for client in (theirs, ours):
        assert await client.reach(str(here), 2) == [1, 2]
    assert await ours.reach(str(here), 1, "team") == [1]
    assert theirs.seqs(str(here), "team") == []


def untold(conversation_id: UUID, person: Person, lane: Lane) -> Draft:
    return Draft(
        conversation_id=conversation_id,
        lane=lane,
        sender=Sender(person.id, person.role, person.name),
        client_msg_id=uuid4(),
        message_id=uuid4(),
        body=encode(TextContent("Nobody told you")),
    )


async def test_without_redis_two_processes_go_on(installation: Installation, connect: Connect) -> None:
    deaf = [installation.start(REDIS_URL="unix:///nowhere/redis.sock") for _ in range(2)]
    customer, agent = await installation.customer(deaf[0]), await installation.agent()
    here = customer.conversation_id
    theirs, ours = await connect(customer, deaf[0]), await connect(agent, deaf[1])
    await ours.ask("follow_inbox")
    for client in (theirs, ours):
        await client.join(here)
    await theirs.send_message(here, "Can you hear me?")
    await ours.expect("message_received", seq=1)
    await ours.send_message(here, "Yes")
    await theirs.reach(here, 2)
    await ours.until(
        lambda: any(event["conversation"]["last_seq"] >= 2 for event in ours.heard("conversation_updated")),
        "the list to follow",
    )
    async with httpx2.AsyncClient(base_url=deaf[0].url) as http:
        ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
