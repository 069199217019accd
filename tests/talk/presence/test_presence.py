"""Presence, counted over all sockets of all processes."""

from __future__ import annotations

import asyncio
from datetime import datetime

import asyncpg
import pytest

from tests.client import Client
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.waiting import until

ENVIRONMENT = {"PRESENCE_GRACE_SECONDS": "0"}


@pytest.fixture(params=["same process", "other process"])
def there(request: pytest.FixtureRequest, servers: tuple[Server, Server]) -> Server:
    """The server of the client that watches."""
    return servers[request.param == "other process"]


async def watcher(connect: Connect, installation: Installation, server: Server) -> Client:
    """Connect an agent, who sees all other agents."""
    return await connect(await installation.agent("Watcher"), server)


async def test_an_agent_comes_and_goes(
    connect: Connect, agent: Person, installation: Installation, there: Server
) -> None:
    watching = await watcher(connect, installation, there)
    ours = await connect(agent)
    online = await watching.expect("presence_update", user_id=agent.id)
    assert (online["status"], online["role"]) == ("online", "agent")
    await ours.close()
    offline = await watching.expect("presence_update", user_id=agent.id)
    assert offline["status"] == "offline"
    assert offline["version"] > online["version"]
    # They were seen last when the grace began.
    gone_at, came_at = (datetime.fromisoformat(event["last_seen"]) for event in (offline, online))
    assert gone_at >= came_at
    stored = await installation.rows(
        "select status, last_seen from user_presence where user_id = $1", agent.id
    )
    assert stored == [("offline", gone_at)]


async def test_a_user_with_a_socket_anywhere_is_online(
    connect: Connect, agent: Person, installation: Installation, servers: tuple[Server, Server]
) -> None:
    watching = await watcher(connect, installation, servers[0])
    sockets = [await connect(agent, server) for server in (*servers, *servers)]
    await watching.expect("presence_update", user_id=agent.id, status="online")
    for socket in sockets[:-1]:
        await socket.close()
    other = await installation.agent("Other")
    await (await connect(other)).close()
    await watching.expect("presence_update", user_id=other.id, status="offline")
    assert len(watching.heard("presence_update", user_id=agent.id)) == 1
    await sockets[-1].close()
    await watching.expect("presence_update", user_id=agent.id, status="offline")


async def test_a_chosen_status_is_told_and_outlives_tabs(
    connect: Connect, agent: Person, installation: Installation, there: Server
) -> None:
    watching = await watcher(connect, installation, there)
    ours = await connect(agent)
    await watching.expect("presence_update", user_id=agent.id, status="online")
    await ours.ask("set_presence", status="busy", text="On the phone")
    busy = await watching.expect("presence_update", user_id=agent.id, status="busy")
    assert busy["text"] == "On the phone"
    await connect(agent, there)
    other = await installation.agent("Other")
    await connect(other)
    await watching.expect("presence_update", user_id=other.id)
    statuses = [event["status"] for event in watching.heard("presence_update", user_id=agent.id)]
    assert statuses == ["online", "busy"]


async def test_a_chosen_status_comes_back_with_the_agent(
    connect: Connect, agent: Person, installation: Installation, there: Server
) -> None:
    watching = await watcher(connect, installation, there)
    ours = await connect(agent)
    await ours.ask("set_presence", status="away")
    await ours.close()
    await watching.expect("presence_update", user_id=agent.id, status="offline")
    again = await connect(agent, there)
    await watching.expect("presence_update", user_id=agent.id, status="away")
    await again.ask("set_presence", status="online")
    await watching.expect("presence_update", user_id=agent.id, status="online")


async def test_an_agent_who_chooses_a_status_and_leaves_before_the_arrival_is_told_goes_offline_too(
    connect: Connect, agent: Person, installation: Installation, server: Server
) -> None:
    watching, first = await watcher(connect, installation, server), await installation.agent("First")
    holder = await asyncpg.connect(installation.database_url)
    async with holder.transaction():
        # While the first one's arrival waits for this, no other is told.
        await holder.execute("select from users where id = $1 for update", first.id)
        await connect(first)
        await until(lambda: installation.sql("select count(*) from pg_locks where not granted"))
        ours = await connect(agent)
        await ours.ask("set_presence", status="away")
        ours.cut()
        await asyncio.to_thread(server.wait_for, "connection_closed", lambda line: line["user"] == agent.id)
    await holder.close()
    await watching.expect("presence_update", user_id=agent.id, status="offline")


async def test_a_status_chosen_at_once_is_not_overwritten_by_the_arrival(
    connect: Connect, installation: Installation, there: Server
) -> None:
    for number in range(10):
        agent = await installation.agent(f"Agent {number}")
        ours = await connect(agent, there)
        await ours.ask("set_presence", status="busy")
        last = await connect(agent)
        await ours.expect("presence_update", user_id=agent.id, status="busy")
        await last.ask("set_presence", status="away")
        await ours.expect("presence_update", user_id=agent.id, status="away")
        assert await installation.rows("select status from user_presence where user_id = $1", agent.id) == [
            ("away",)
        ]


@pytest.mark.parametrize("status", ["idle", "", None, 7])
async def test_a_status_that_does_not_exist_is_invalid(
    connect: Connect, agent: Person, status: object
) -> None:
    ours = await connect(agent)
    assert await ours.refusal("set_presence", status=status) == "invalid"
    assert await ours.refusal("set_presence", status="away", text="x" * 141) == "invalid"


async def test_a_customer_sees_the_agents_of_the_conversation_and_no_others(
    connect: Connect, customer: Person, agent: Person, installation: Installation, there: Server
) -> None:
    here = customer.conversation_id
    stranger = await installation.agent("Stranger")
    theirs = await connect(customer, there)
    assert (await theirs.join(here))["presence"] == []
    ours = await connect(agent)
    await ours.join(here)
    # Looking in is the team's business.
    await ours.send_message(here, "Looked in", lane="team")
    await theirs.fence()
    assert theirs.heard("presence_update") == []
    await ours.send_message(here)
    assert (await theirs.expect("presence_update"))["user_id"] == agent.id
    elsewhere = await connect(stranger)
    await elsewhere.ask("set_presence", status="busy")
    await ours.ask("set_presence", status="busy")
    await ours.ask("set_presence", status="away")
    await theirs.expect("presence_update", user_id=agent.id, status="offline")
    await ours.ask("set_presence", status="busy")
    await theirs.expect("presence_update", user_id=agent.id, status="online")
    assert {event["user_id"] for event in theirs.heard("presence_update")} == {agent.id}
    again = await connect(customer, there)
    (presence,) = (await again.join(here))["presence"]
    assert (presence["user_id"], presence["name"], presence["status"]) == (agent.id, agent.name, "online")


async def test_an_agent_sees_the_customer_of_a_conversation_that_is_open(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs = await connect(customer)
    await theirs.join(here)
    ours = await connect(agent, there)
    ack = await ours.join(here)
    (presence,) = [presence for presence in ack["presence"] if presence["user_id"] == customer.id]
    assert presence["status"] == "online"
    await theirs.close()
    offline = await ours.expect("presence_update", user_id=customer.id)
    assert offline["status"] == "offline"
    again = await connect(agent, there)
    ack = await again.join(here)
    (presence,) = [presence for presence in ack["presence"] if presence["user_id"] == customer.id]
    assert (presence["status"], presence["last_seen"]) == ("offline", offline["last_seen"])


async def test_a_customer_sees_no_other_customer(
    connect: Connect, customer: Person, installation: Installation, there: Server
) -> None:
    other = await installation.customer()
    theirs = await connect(customer, there)
    await theirs.join(customer.conversation_id)
    stranger = await connect(other)
    await stranger.join(other.conversation_id)
    watching = await watcher(connect, installation, there)
    await watching.join(other.conversation_id)
    await stranger.close()
    await watching.expect("presence_update", user_id=other.id, status="offline")
    await theirs.fence()
    assert theirs.heard("presence_update", user_id=other.id) == []
