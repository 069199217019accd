"""The live list of conversations, for agents who follow it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.client import Client, Event, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


@pytest.fixture(params=["same process", "other process"])
def there(request: pytest.FixtureRequest, servers: tuple[Server, Server]) -> Server:
    """The server of the client that follows."""
    return servers[request.param == "other process"]


async def follower(connect: Connect, agent: Person, server: Server, **filters: Any) -> Client:
    client = await connect(agent, server)
    assert (await client.ask("follow_inbox", **filters))["type"] == "ack"
    return client


async def updated(client: Client, conversation_id: str, **fields: Any) -> Event:
    """Wait until the list shows the conversation with these fields."""

    def found() -> Event | None:
        for event in client.heard("conversation_updated"):
            shown: Event = event["conversation"]
            if shown["id"] == conversation_id and fields.items() <= shown.items():
                return shown
        return None

    event: Event = await client.until(found, f"{conversation_id} with {fields}")
    return event


async def test_a_message_moves_the_conversation_up(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    ours = await follower(connect, agent, there)
    theirs = await connect(customer)
    await theirs.send_message(customer.conversation_id, "Anyone?")
    shown = await updated(ours, customer.conversation_id, last_seq=1)
    assert shown["last_message"]["content"] == {"type": "text", "text": "Anyone?"}
    assert shown["last_message"]["sender"]["id"] == customer.id
    assert (shown["customer"]["id"], shown["unread"], shown["status"]) == (customer.id, 1, "open")
    await theirs.send_message(customer.conversation_id, "Hello?")
    later = await updated(ours, customer.conversation_id, last_seq=2)
    assert later["version"] > shown["version"]
    assert later["unread"] == 2
    # Following the list is not being in the room.
    assert ours.entries(customer.conversation_id) == []


async def test_the_list_shows_the_last_message_as_it_reads_now(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    ours = await follower(connect, agent, there)
    theirs = await connect(customer)
    await theirs.send_message(here, "Befor")
    await theirs.ask("edit_message", **message(here, "After"), target_seq=1)
    shown = await updated(ours, here, last_seq=2)
    assert shown["last_message"]["content"] == {"type": "text", "text": "After"}
    assert shown["last_message"]["seq"] == 1
    await theirs.ask("delete_message", conversation_id=here, target_seq=1, client_msg_id=str(uuid4()))
    shown = await updated(ours, here, last_seq=3)
    assert shown["last_message"]["content"] == {"type": "deleted"}


async def test_closing_and_assigning_show_in_the_list(
    connect: Connect, customer: Person, agent: Person, there: Server, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    ours = await follower(connect, agent, there)
    await (await connect(customer)).send_message(here)
    path = f"/chat/conversations/{here}"
    await rest.patch(path, json={"assignee_id": agent.id}, headers=agent.headers)
    await updated(ours, here, assignee={"id": agent.id, "name": agent.name, "role": "agent", "email": None})
    await rest.patch(path, json={"status": "closed"}, headers=agent.headers)
    await updated(ours, here, status="closed")


async def test_a_note_shows_in_the_list_too(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    ours = await follower(connect, agent, there)
    writer = await connect(agent)
    await writer.send_message(here, "A note", lane="team")
    shown = await updated(ours, here, team_last_seq=1)
    assert shown["last_message"] is None


async def test_one_inbox_can_be_followed_alone(
    connect: Connect, customer: Person, agent: Person, there: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    inbox_id = await installation.sql("select inbox_id from conversations where id = $1::text::uuid", here)
    ours = await follower(connect, agent, there, filters={"inbox_id": inbox_id})
    elsewhere = await follower(connect, agent, there, filters={"inbox_id": inbox_id + 1})
    await (await connect(customer)).send_message(here)
    await updated(ours, here)
    await elsewhere.fence()
    assert elsewhere.heard("conversation_updated") == []


async def test_a_view_can_be_followed_and_what_leaves_it_is_told_once(
    connect: Connect,
    customer: Person,
    agent: Person,
    there: Server,
    installation: Installation,
    rest: httpx2.AsyncClient,
) -> None:
    other = await installation.customer()
    urgent = json.dumps({"op": "is", "field": "priority", "value": ["urgent"]})
    everything = await follower(connect, agent, there)
    # A process that has just started does not know what a conversation was before, and tells too much, not too little.
    await (await connect(customer)).send_message(customer.conversation_id)
    await everything.until(lambda: everything.heard("inbox_cursor"), "a process that has told all")
    ours = await follower(connect, agent, there, filters={"view": urgent})
    theirs = await follower(connect, agent, there, filters={"view": "mine"})

    path = f"{there.url}/chat/conversations/{other.conversation_id}"
    for person in (customer, other):
        await (await connect(person)).send_message(person.conversation_id)
        await updated(everything, person.conversation_id)
    for number, priority in enumerate(("urgent", "high", "low", "urgent", "normal"), 1):
        headers = {"Authorization": f"Bearer {agent.token}"}
        assert (await rest.patch(path, headers=headers, json={"priority": priority})).status_code == 200
        await updated(everything, other.conversation_id, team_last_seq=number)

    def told(client: Client) -> list[dict[str, Any]]:
        """Return what was told of the two. Of another test's conversation the process may not have known either."""
        both = {customer.conversation_id, other.conversation_id}
        every = [event["conversation"] for event in client.heard("conversation_updated")]
        return [each for each in every if each["id"] in both]

    await ours.until(lambda: len(told(ours)) >= 4, "all that belongs to the view")
    for client in (ours, theirs):
        await client.fence()
    assert {each["id"] for each in told(ours)} == {other.conversation_id}
    assert [each["priority"] for each in told(ours)] == ["urgent", "high", "urgent", "normal"]
    assert told(theirs) == []


async def test_an_agent_who_has_unfollowed_or_never_followed_hears_nothing(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    ours, once, never = [await follower(connect, agent, there) for _ in range(2)] + [
        await connect(agent, there)
    ]
    await once.ask("unfollow_inbox")
    await once.ask("unfollow_inbox")
    await (await connect(customer)).send_message(customer.conversation_id)
    await updated(ours, customer.conversation_id)
    for client in (once, never):
        await client.fence()
        assert client.heard("conversation_updated") == []


async def test_typing_and_coming_show_in_the_list_once(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    ours = await follower(connect, agent, there)
    inside = await follower(connect, agent, there)
    await inside.join(here)
    theirs = await connect(customer)
    await theirs.join(here)
    for client in (ours, inside):
        await client.expect("presence_update", user_id=customer.id, status="online")
    await theirs.say("typing_start", conversation_id=here)
    for client in (ours, inside):
        await client.expect("typing_indicator", user_id=customer.id, is_typing=True)
    await theirs.send_message(here)
    for client in (ours, inside):
        await client.expect("typing_indicator", user_id=customer.id, is_typing=False)
        await updated(client, here, last_seq=1)
        assert len(client.heard("typing_indicator", user_id=customer.id)) == 2
        assert len(client.heard("presence_update", user_id=customer.id)) == 1


async def test_many_messages_are_few_updates(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    ours = await follower(connect, agent, there)
    theirs = await connect(customer)
    for _ in range(100):
        await theirs.send_message(here)
    await updated(ours, here, last_seq=100)
    assert len(ours.heard("conversation_updated")) < 50


@pytest.mark.parametrize("filters", [7, [], {"inbox_id": "1"}, {"view": ""}, {"view": "{}"}])
async def test_filters_that_cannot_be_are_invalid(connect: Connect, agent: Person, filters: object) -> None:
    ours = await connect(agent)
    assert await ours.refusal("follow_inbox", filters=filters) == "invalid"
