"""Typing, as the others in the conversation are told of it, in one process and across two."""

from __future__ import annotations

import pytest

from tests.client import Client
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

TIMEOUT_MS = 60_000
"""Longer than any test waits: silence ends no typing here."""
ENVIRONMENT = {"TYPING_TIMEOUT_MS": str(TIMEOUT_MS)}


@pytest.fixture(params=["same process", "other process"])
def there(request: pytest.FixtureRequest, servers: tuple[Server, Server]) -> Server:
    """The server of the client that watches."""
    return servers[request.param == "other process"]


async def both(connect: Connect, customer: Person, agent: Person, there: Server) -> tuple[Client, Client]:
    """Return the customer, and the agent who watches."""
    theirs, ours = await connect(customer), await connect(agent, there)
    for client in (theirs, ours):
        await client.join(customer.conversation_id)
    return theirs, ours


async def test_a_change_is_told_and_the_repeats_are_not(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    for _ in range(20):
        await theirs.say("typing_start", conversation_id=here)
    assert await ours.expect("typing_indicator") == {
        "type": "typing_indicator",
        "conversation_id": here,
        "user_id": customer.id,
        "user_name": customer.name,
        "role": "customer",
        "is_typing": True,
        "expires_in_ms": round(TIMEOUT_MS * 10 / 3),
    }
    await theirs.say("typing_stop", conversation_id=here)
    await theirs.say("typing_stop", conversation_id=here)
    stopped = await ours.expect("typing_indicator")
    assert (stopped["is_typing"], stopped["expires_in_ms"]) == (False, 0)
    # Anything else would have come before a message that comes the same way.
    await theirs.send_message(here)
    await ours.reach(here, 1)
    assert len(ours.heard("typing_indicator")) == 2


@pytest.mark.parametrize("end", ["message", "leave", "close", "cut"])
async def test_it_ends_with_a_message_a_leave_and_the_connection(
    connect: Connect, customer: Person, agent: Person, there: Server, end: str
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator", is_typing=True)
    if end == "message":
        await theirs.send_message(here)
    elif end == "leave":
        await theirs.leave(here)
    elif end == "close":
        await theirs.close()
    else:
        theirs.cut()
    await ours.expect("typing_indicator", is_typing=False)


async def test_the_customer_sees_the_agents_name(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    await ours.say("typing_start", conversation_id=here)
    indicator = await theirs.expect("typing_indicator")
    assert (indicator["user_id"], indicator["user_name"], indicator["role"]) == (agent.id, "Ada", "agent")


async def test_nobody_is_told_of_themselves(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    tab = await connect(customer, there)
    await tab.join(here)
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator")
    await theirs.send_message(here)
    await tab.reach(here, 1)
    for client in (theirs, tab):
        assert client.heard("typing_indicator") == []


async def test_a_client_that_joins_meanwhile_is_told_with_the_ack(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await both(connect, customer, agent, there)
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator")
    late = await connect(agent, there)
    (typing,) = (await late.join(here))["typing"]
    assert (typing["user_id"], typing["user_name"]) == (customer.id, customer.name)
    assert 0 < typing["expires_in_ms"] <= TIMEOUT_MS * 10 / 3
    assert (await theirs.join(here))["typing"] == []


async def test_other_conversations_hear_nothing(
    connect: Connect, customer: Person, installation: Installation, there: Server
) -> None:
    other = await installation.customer()
    theirs, stranger = await connect(customer), await connect(other, there)
    await theirs.join(customer.conversation_id)
    await stranger.join(other.conversation_id)
    await theirs.say("typing_start", conversation_id=customer.conversation_id)
    await theirs.say("typing_start", conversation_id=other.conversation_id)
    assert (await theirs.expect("error"))["code"] == "not_found"
    writer = await connect(other)
    await writer.send_message(other.conversation_id)
    await stranger.reach(other.conversation_id, 1)
    assert stranger.heard("typing_indicator") == []
