"""The heartbeat, and the ends that the server gives a socket by itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from uuid import uuid4

import asyncpg
import httpx2
import jwt

from app.people.accounts.passwords import Passwords
from tests.client import closed_patiently
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person, access_token
from tests.server.processes import Server

ENVIRONMENT = {"WEBSOCKET_PING_INTERVAL": "500", "WEBSOCKET_PING_TIMEOUT": "2000"}


async def test_pings_tell_the_heads(connect: Connect, customer: Person, agent: Person) -> None:
    theirs, ours = await connect(customer), await connect(agent)
    assert (theirs.welcome["heartbeat_ms"], theirs.welcome["timeout_ms"]) == (500, 2000)
    before = round(time.time() * 1000)
    ping = await ours.expect("ping")
    assert ping["heads"] == {}
    assert ping["t"] >= before
    await ours.join(customer.conversation_id)
    await theirs.send_message(customer.conversation_id)
    await ours.expect("ping", heads={customer.conversation_id: 1})


async def test_nothing_comes_before_the_answer_to_the_first_frame(
    connect: Connect, customer: Person, agent: Person, installation: Installation, server: Server
) -> None:
    """A resume may take long. Heartbeats and what others do meanwhile come after `reconnected`."""
    here = customer.conversation_id
    colleague = await connect(await installation.agent("Grace"))
    coming = await connect.bare("admin")
    locker = await asyncpg.connect(installation.database_url)
    async with locker.transaction():
        await locker.execute("lock table conversations in access exclusive mode")
        await coming.say("authenticate", id=1, v=1, token=agent.token, resume={here: {"since": 0}})
        # It is here: the others hear of it.
        await colleague.expect("presence_update", user_id=agent.id, status="online")
        await colleague.ask("set_presence", status="busy")
        for _ in range(3):
            await colleague.expect("ping")
        assert coming.seen == []
    await locker.close()
    await coming.expect("presence_update", status="busy")
    await coming.expect("ping")
    assert coming.seen[0]["type"] == "reconnected"


async def test_silence_is_an_end(connect: Connect, customer: Person) -> None:
    silent, answering = await connect(customer), await connect(customer)
    silent.answers_pings = False
    assert await silent.closed() == 4000
    assert len(silent.heard("ping")) >= 3
    await answering.fence()


async def test_any_frame_is_a_sign_of_life(connect: Connect, customer: Person) -> None:
    client, silent = await connect(customer), await connect(customer)
    client.answers_pings = silent.answers_pings = False
    while silent.close_code is None:
        await client.say("typing_stop", conversation_id=customer.conversation_id)
        await client.expect("ping")
    await client.fence()


async def test_a_client_may_ping(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    for mark in ("x", 7, 1.5, None):
        await client.say("ping", t=mark)
        assert await client.expect("pong") == {"type": "pong", "t": mark}


async def test_an_ending_token_is_announced_and_can_be_renewed(
    connect: Connect, installation: Installation
) -> None:
    agent = await installation.agent(seconds=4)
    ours = await connect(agent)
    expiring = await ours.expect("token_expiring")
    assert expiring["expires_at"] == ours.welcome["token_expires_at"]
    ack = await ours.ask("refresh_token", token=access_token(agent.id, seconds=900))
    assert ack["token_expires_at"] > expiring["expires_at"]
    await ours.expect("ping")
    assert len(ours.heard("token_expiring")) == 1


async def test_a_token_that_lives_for_a_minute_is_not_renewed_at_once(
    connect: Connect, installation: Installation
) -> None:
    """Or each renewal is followed by the next, a second later."""
    ours = await connect(await installation.agent(seconds=60))
    await ours.ask("refresh_token", token=access_token(ours.welcome["user"]["id"], seconds=60))
    # Expiry is looked at several times between two pings.
    for _ in range(3):
        await ours.expect("ping")
    assert not ours.heard("token_expiring")


async def test_only_a_good_token_of_the_same_agent_renews(
    connect: Connect, agent: Person, installation: Installation, customer: Person
) -> None:
    other = await installation.agent("Other")
    ours = await connect(agent)
    assert await ours.refusal("refresh_token", token=other.token) == "auth_failed"
    assert await ours.refusal("refresh_token", token=customer.token) == "auth_failed"
    assert await ours.refusal("refresh_token", token=access_token(agent.id, seconds=-1)) == "token_expired"
    await ours.fence()


async def test_an_ended_token_is_an_end(connect: Connect, installation: Installation) -> None:
    # It lasts for a moment and the 25 s of grace in which a renewal may be on its way.
    agent = await installation.agent(seconds=1)
    ours = await connect(agent)
    await ours.expect("token_expiring")
    assert await asyncio.wait_for(closed_patiently(ours), 60) == 4201


async def test_a_session_that_ends_closes_its_sockets_on_every_process(
    connect: Connect, installation: Installation, servers: tuple[Server, Server], rest: httpx2.AsyncClient
) -> None:
    leaving, staying = await installation.customer(), await installation.customer()
    doomed = [await connect(leaving, server) for server in servers]
    others = [await connect(staying, server) for server in servers]
    assert (await rest.delete("/chat/sessions", headers=leaving.headers)).status_code == 204
    assert await asyncio.gather(*(closed_patiently(client) for client in doomed)) == [4202] * 2
    for client in others:
        await client.fence()


async def test_a_conversation_that_begins_is_told_to_its_customer_alone_on_every_process(
    connect: Connect,
    installation: Installation,
    servers: tuple[Server, Server],
    rest: httpx2.AsyncClient,
    agent: Person,
) -> None:
    visitor, stranger = await installation.customer(), await installation.customer()
    theirs = [await connect(visitor, server) for server in servers]
    others = [await connect(person, server) for person in (agent, stranger) for server in servers]
    for client in [*theirs, *others[:2]]:
        await client.join(visitor.conversation_id)
    await theirs[0].send_message(visitor.conversation_id, "hello")
    beginning = {"client_id": str(uuid4())}
    answers = [
        await rest.post("/chat/conversations", json=beginning, headers=visitor.headers) for _ in range(2)
    ]
    begun = answers[0].json()["conversation_id"]
    assert answers[1].json()["conversation_id"] == begun
    for client in theirs:
        await client.expect("conversation_begun", conversation_id=begun)
    for client in [*theirs, *others]:
        await client.fence()
    # Once, and to no other.
    assert [len(client.heard("conversation_begun")) for client in [*theirs, *others]] == [1, 1, 0, 0, 0, 0]


async def test_a_visitor_who_signs_in_loses_the_sockets_of_the_old_token(
    connect: Connect, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    visitor = await installation.customer()
    theirs = await connect(visitor)
    secret = "an inbox's secret of more than 32 bytes"
    await installation.sql("update inboxes set identity_secret = $1", secret)
    claims = {"sub": "42", "exp": time.time() + 60}
    body = {"inbox": installation.inbox_key, "identity": jwt.encode(claims, secret, "HS256")}
    answer = await rest.post("/chat/sessions", json=body, headers=visitor.headers)
    assert await closed_patiently(theirs) == 4202
    await connect(replace(visitor, token=answer.json()["session_token"]))


async def test_a_revoked_session_is_closed_on_every_process(
    connect: Connect,
    installation: Installation,
    servers: tuple[Server, Server],
    rest: httpx2.AsyncClient,
) -> None:
    customers = [await installation.customer() for _ in range(2)]
    disabled, staying = await installation.agent("Disabled"), await installation.agent("Staying")
    signed_out = await sign_in(installation, rest)
    doomed = [
        await connect(person, server) for person in (customers[0], disabled, signed_out) for server in servers
    ]
    others = [await connect(person, server) for person in (customers[1], staying) for server in servers]
    await installation.sql("update sessions set revoked_at = now() where user_id = $1", customers[0].id)
    await installation.sql("update users set disabled_at = now() where id = $1", disabled.id)
    assert (await rest.post("/auth/logout")).status_code == 204
    assert await asyncio.gather(*(closed_patiently(client) for client in doomed)) == [4202] * 6
    for client in others:
        await client.fence()


async def sign_in(installation: Installation, rest: httpx2.AsyncClient) -> Person:
    agent = await installation.agent("Signed out")
    await installation.sql(
        "update users set email = 'out@example.com', password_hash = $2 where id = $1",
        agent.id,
        await Passwords().hash("correct horse"),
    )
    response = await rest.post("/auth/login", json={"email": "out@example.com", "password": "correct horse"})
    assert response.status_code == 200, response.text
    return Person(agent.id, agent.name, "agent", response.json()["access_token"])
