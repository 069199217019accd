"""Marks: how far everyone has received and read."""

from __future__ import annotations

from uuid import UUID

import httpx2
import pytest

from tests.client import Client, Event
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

TEAM = 0
"""As whose customers see what any agent has read."""


@pytest.fixture(params=["same process", "other process"])
def there(request: pytest.FixtureRequest, servers: tuple[Server, Server]) -> Server:
    """The server of the client that watches."""
    return servers[request.param == "other process"]


async def both(connect: Connect, customer: Person, agent: Person, there: Server) -> tuple[Client, Client]:
    """Return the customer, who has written three messages, and the agent who watches."""
    theirs, ours = await connect(customer), await connect(agent, there)
    for client in (theirs, ours):
        await client.join(customer.conversation_id)
    for _ in range(3):
        await theirs.send_message(customer.conversation_id)
    await ours.reach(customer.conversation_id, 3)
    return theirs, ours


def marks(event: Event) -> tuple[int, int, int]:
    return event["user_id"], event["delivered_seq"], event["read_seq"]


async def test_marks_are_told_to_everyone_in_the_room(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    await ours.say("mark_delivered", conversation_id=here, seq=3)
    for client, shown in ((theirs, TEAM), (ours, agent.id)):
        receipt = await client.expect("receipt_updated")
        assert (receipt["conversation_id"], receipt["role"]) == (here, "agent")
        assert marks(receipt) == (shown, 3, 0)
    await ours.say("mark_read", conversation_id=here, seq=2)
    assert marks(await theirs.expect("receipt_updated")) == (TEAM, 3, 2)
    await theirs.say("mark_read", conversation_id=here, seq=1)
    assert marks(await ours.expect("receipt_updated", user_id=customer.id)) == (customer.id, 1, 1)


async def test_a_mark_only_grows_and_never_beyond_the_head(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    await ours.say("mark_read", conversation_id=here, seq=2)
    assert marks(await theirs.expect("receipt_updated")) == (TEAM, 2, 2)
    await ours.say("mark_read", conversation_id=here, seq=1)
    await ours.say("mark_delivered", conversation_id=here, seq=1)
    await ours.say("mark_read", conversation_id=here, seq=2**53 - 1)
    assert marks(await theirs.expect("receipt_updated")) == (TEAM, 3, 3)
    assert len(theirs.heard("receipt_updated")) == 2
    late = await connect(customer)
    assert [marks(mark) for mark in (await late.join(here))["marks"]] == [(TEAM, 3, 3)]


async def test_a_customer_sees_how_far_the_team_has_read_and_not_who(
    connect: Connect, customer: Person, agent: Person, there: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    other = await connect(await installation.agent("Other"), there)
    await other.join(here)
    await other.say("mark_read", conversation_id=here, seq=2)
    assert marks(await theirs.expect("receipt_updated")) == (TEAM, 2, 2)
    await ours.expect("receipt_updated", read_seq=2)
    await ours.say("mark_read", conversation_id=here, seq=1)
    await other.expect("receipt_updated", user_id=agent.id)
    await ours.say("mark_delivered", conversation_id=here, seq=3)
    assert marks(await theirs.expect("receipt_updated")) == (TEAM, 3, 2)
    assert len(theirs.heard("receipt_updated")) == 2


async def test_many_marks_become_few(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    for _ in range(100):
        for seq in (1, 2, 3):
            await ours.say("mark_read", conversation_id=here, seq=seq)
    await theirs.expect("receipt_updated", read_seq=3)
    assert len(theirs.heard("receipt_updated")) < 10


async def test_messages_that_an_agent_has_read_are_unread_for_none_of_them(
    connect: Connect, customer: Person, agent: Person, there: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    watching = await connect(await installation.agent("Watcher"), there)
    await watching.ask("follow_inbox")
    _, ours = await both(connect, customer, agent, there)

    async def unread(count: int) -> None:
        await watching.until(
            lambda: any(
                event["conversation"]["id"] == here and event["conversation"]["unread"] == count
                for event in watching.heard("conversation_updated")
            ),
            f"{count} unread",
        )

    await unread(3)
    await ours.say("mark_read", conversation_id=here, seq=3)
    await unread(0)
    assert (
        await installation.sql("select unread from conversation_heads where conversation_id = $1", UUID(here))
        == 0
    )


async def test_a_mark_is_stored_even_when_the_client_leaves_at_once(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    await ours.say("mark_read", conversation_id=here, seq=3)
    await ours.fence()
    ours.cut()
    assert marks(await theirs.expect("receipt_updated")) == (TEAM, 3, 3)


async def test_marks_by_rest_are_as_good_as_by_a_socket(
    connect: Connect,
    customer: Person,
    agent: Person,
    there: Server,
    installation: Installation,
    rest: httpx2.AsyncClient,
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    path = f"/chat/conversations/{here}/marks"
    answer = await rest.post(path, json={"read_seq": 2, "delivered_seq": 3}, headers=customer.headers)
    assert (answer.status_code, answer.json()) == (202, {"conversation_id": here})
    assert marks(await ours.expect("receipt_updated", user_id=customer.id)) == (customer.id, 3, 2)
    assert (await rest.post(path, json={"read_seq": 2**53 - 1}, headers=agent.headers)).status_code == 202
    assert marks(await theirs.expect("receipt_updated", user_id=TEAM)) == (TEAM, 3, 3)
    stranger = await installation.customer()
    assert (await rest.post(path, json={"read_seq": 3}, headers=stranger.headers)).status_code == 404
    refused = await rest.post(path, json={"read_seq": -1}, headers=customer.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
