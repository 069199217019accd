"""One's own browsers are told, at whichever process, and nobody else."""

from __future__ import annotations

from uuid import uuid4

import httpx2

from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


async def test_a_change_is_told_to_ones_own_sockets_at_every_process(
    connect: Connect, agent: Person, installation: Installation, servers: tuple[Server, Server]
) -> None:
    here, there = [await connect(agent, server) for server in servers]
    other = await connect(await installation.agent("Grace"), servers[1])
    async with httpx2.AsyncClient(base_url=servers[0].url, headers=agent.headers) as rest:
        answer = await rest.put("/chat/me/preferences", json={"values": {"single-keys": False}})
    version = answer.raise_for_status().json()["version"]
    for socket in (here, there):
        await socket.expect("preferences_changed", version=version)
    # The one who comes after it has been told of all that came before.
    await connect(await installation.agent("Mary"), servers[1])
    await other.expect("presence_update", name="Mary")
    assert other.heard("preferences_changed") == []


async def test_what_is_shared_is_told_to_every_agent_and_to_no_customer(
    connect: Connect,
    agent: Person,
    customer: Person,
    installation: Installation,
    servers: tuple[Server, Server],
) -> None:
    grace = await connect(await installation.agent("Grace"), servers[1])
    visitor = await connect(customer, servers[0])
    reply = {"title": "Greeting", "text": "Hello!"}
    async with httpx2.AsyncClient(base_url=servers[0].url, headers=agent.headers) as rest:
        own = (await rest.post("/chat/canned", json=reply)).raise_for_status().json()
        path = f"/chat/canned/{own['id']}"
        (await rest.put(path, json={**reply, "is_shared": True})).raise_for_status()
    await grace.expect("canned_replies_changed", reply_id=own["id"])
    assert len(grace.heard("canned_replies_changed")) == 1
    await visitor.ask("join_conversation", conversation_id=customer.conversation_id)
    assert visitor.heard("canned_replies_changed") == []


async def test_a_draft_and_its_end_are_told_to_its_author_alone(
    connect: Connect,
    agent: Person,
    customer: Person,
    installation: Installation,
    servers: tuple[Server, Server],
) -> None:
    here, there = [await connect(agent, server) for server in servers]
    grace = await connect(await installation.agent("Grace"), servers[1])
    visitor = await connect(customer, servers[0])
    at, message = customer.conversation_id, str(uuid4())
    for client in (visitor, here, grace):
        await client.ask("join_conversation", conversation_id=at)
    await grace.ask("follow_inbox")
    async with httpx2.AsyncClient(base_url=servers[0].url, headers=agent.headers) as rest:
        draft = {"client_msg_id": message, "text": "my secret"}
        saved = (await rest.put(f"/chat/conversations/{at}/drafts", json=draft)).raise_for_status().json()
    for client in (here, there):
        told = await client.expect("draft_changed", conversation_id=at, lane="public", is_there=True)
        assert (told["version"], told["client_msg_id"]) == (saved["version"], message)
    sent = {"conversation_id": at, "client_msg_id": message, "content": {"type": "text", "text": "Hello"}}
    await here.ask("send_message", **sent)
    for client in (here, there):
        told = await client.expect("draft_changed", conversation_id=at, is_there=False)
        assert told["version"] > saved["version"]
    # What comes after it shows that all that came before has been told.
    for other in (visitor, grace):
        await other.expect("message_received", client_msg_id=message)
        assert other.heard("draft_changed") == []
