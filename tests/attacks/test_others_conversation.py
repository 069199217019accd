"""Somebody else's conversation: it does not exist, in the same words and the same time, and nothing of it is heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any, get_args
from uuid import uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from app import protocol
from tests.attacks.sight import restrict
from tests.client import Client, Refused, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person

ABOUT_CONVERSATIONS = sorted(
    struct.__struct_config__.tag
    for struct in get_args(protocol.AdminRequest)
    if "conversation_id" in struct.__struct_fields__
)
"""All that one may say of a conversation. What only agents may say is to customers no request at all."""
OF_NO_CONVERSATION = {
    "active",
    "authenticate",
    "follow_inbox",
    "follow_views",
    "ping",
    "pong",
    "refresh_token",
    "set_presence",
    "unfollow_inbox",
    "unfollow_views",
}
"""All else; whom `authenticate` and `follow_inbox` tell of one, other tests show."""
HARMLESS = {"leave_conversation"}
"""Leaving what one is not in is granted, wherever that is."""


def fields_of(type: str, conversation_id: str) -> dict[str, Any]:
    """Return fields that are good for every request; those it does not know it ignores."""
    return {
        **message(conversation_id, "Let me in"),
        "since": 0,
        "seq": 1,
        "target_seq": 1,
        "emoji": "👍",
        "on": True,
        "mode": "viewing",
        "type": type,
    }


async def told(client: Client, type: str, conversation_id: str) -> dict[str, Any]:
    """Return what the client is told, but for the id of its request."""
    fields = fields_of(type, conversation_id)
    if type in protocol.SIGNALS:
        await client.say(**fields)
        return await client.expect("error")
    with pytest.raises(Refused) as refused:
        await client.ask(**fields)
    return {**refused.value.event, "re": None}


@pytest.fixture
def secret() -> str:
    """A text of this test alone: of another test's conversation an agent who is new may be told at any time."""
    return f"The code of the safe is {uuid4()}"


@pytest.fixture
def victim(customer: Person) -> Person:
    return customer


@pytest_asyncio.fixture(params=["another customer", "an agent who may not see it"])
async def thief(request: pytest.FixtureRequest, installation: Installation, victim: Person) -> Person:
    if request.param == "another customer":
        return await installation.customer()
    await restrict(installation, victim.conversation_id, [])
    return await installation.agent()


def test_every_request_is_tried_or_is_of_no_conversation() -> None:
    assert {*ABOUT_CONVERSATIONS} | OF_NO_CONVERSATION == protocol.REQUEST_TYPES["admin"]
    assert protocol.REQUEST_TYPES["widget"] < protocol.REQUEST_TYPES["admin"]
    assert {*ABOUT_CONVERSATIONS} - protocol.REQUEST_TYPES["widget"] == {"looking", "mark_unread"}


@pytest.mark.parametrize("type", sorted(set(ABOUT_CONVERSATIONS) - HARMLESS))
async def test_no_request_reaches_it(
    connect: Connect, installation: Installation, victim: Person, thief: Person, type: str, secret: str
) -> None:
    theirs = await connect(victim)
    here = victim.conversation_id
    await theirs.join(here)
    await theirs.send_message(here, secret)
    client = await connect(thief)
    await theirs.fence()
    heard = len(theirs.seen)
    answers = [await told(client, type, conversation_id) for conversation_id in (here, str(uuid4()))]
    assert answers[0] == answers[1]
    known = protocol.REQUEST_TYPES["widget" if thief.role == "customer" else "admin"]
    assert answers[0]["code"] == ("not_found" if type in known else "unknown_type")
    await theirs.send_message(here, secret)
    await theirs.fence()
    await client.fence()
    assert secret not in str(client.seen)
    # Somebody of the team who comes or leaves is told of as that, whatever they ask.
    told_of = {event["type"] for event in theirs.seen[heard:]} - {"team_here"}
    assert told_of <= {"ack", "message_received", "ping", "pong"}
    assert await installation.sql("select count(*) from entries where conversation_id = $1", here) == 2
    assert await installation.sql("select count(*) from marks where conversation_id = $1", here) == 0


async def test_resuming_does_not_reach_it(
    connect: Connect, victim: Person, thief: Person, secret: str
) -> None:
    theirs = await connect(victim)
    await theirs.send_message(victim.conversation_id, secret)
    nowhere = str(uuid4())
    resume = {victim.conversation_id: {"since": 0, "team_since": 0}, nowhere: {"since": 0}}
    client = await connect(thief, resume=resume)
    assert client.welcome["conversations"] == {key: {"status": "forbidden"} for key in resume}
    await theirs.send_message(victim.conversation_id, secret)
    await client.fence()
    assert secret not in str(client.seen)


async def test_leaving_it_leaves_its_people_alone(connect: Connect, victim: Person, thief: Person) -> None:
    theirs, client = await connect(victim), await connect(thief)
    await theirs.join(victim.conversation_id)
    await client.leave(victim.conversation_id)
    await theirs.send_message(victim.conversation_id)
    assert await theirs.reach(victim.conversation_id, 1) == [1]


async def test_no_operation_over_http_reaches_it(
    connect: Connect,
    installation: Installation,
    victim: Person,
    thief: Person,
    rest: httpx2.AsyncClient,
    secret: str,
) -> None:
    theirs = await connect(victim)
    await theirs.send_message(victim.conversation_id, secret)
    body = {
        "client_msg_id": str(uuid4()),
        "content": {"type": "text", "text": "Let me in"},
        "status": "closed",
        "text": "Let me in",
        "seq": 1,
    }
    paths = (await rest.get("/openapi.json")).json()["paths"]
    operations = [
        (method, path) for path, methods in paths.items() if "{conversation_id}" in path for method in methods
    ]
    assert len(operations) >= 5
    for method, path in operations:
        told = []
        for conversation_id in (victim.conversation_id, str(uuid4())):
            response = await rest.request(
                method,
                path.replace("{conversation_id}", conversation_id).replace("{note_id}", "1"),
                headers=thief.headers,
                json=body if method in {"post", "put", "patch"} else None,
            )
            told.append((response.status_code, response.json()))
        assert told[0] == told[1], path
        is_for_agents = method == "patch" or path.endswith(("/drafts", "/unread")) or "/customer" in path
        assert told[0][0] == (403 if is_for_agents and thief.role == "customer" else 404), path
    listed = await rest.get("/chat/conversations?limit=100", headers=thief.headers)
    assert victim.conversation_id not in listed.text
    stored = "select count(*) from entries where conversation_id = $1"
    assert await installation.sql(stored, victim.conversation_id) == 1


async def test_a_long_poll_is_refused_at_once_and_does_not_wait_for_what_is_said_there(
    victim: Person, thief: Person, rest: httpx2.AsyncClient
) -> None:
    path = f"/chat/conversations/{victim.conversation_id}/events?since=0&wait=55"
    response = await rest.get(path, headers=thief.headers, timeout=10)
    assert response.status_code == 404


async def test_the_time_of_the_answer_does_not_tell_whether_it_exists(
    connect: Connect, victim: Person, thief: Person, rest: httpx2.AsyncClient, secret: str
) -> None:
    """Compared in turn and by their medians, and generously: what would tell is a second query, or none."""
    theirs = await connect(victim)
    await theirs.send_message(victim.conversation_id, secret)
    client = await connect(thief)

    async def over_http(conversation_id: str) -> None:
        await rest.get(f"/chat/conversations/{conversation_id}/messages", headers=thief.headers)

    async def by_sending(conversation_id: str) -> None:
        await told(client, "send_message", conversation_id)

    async def by_sending_over_http(conversation_id: str) -> None:
        body = {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": "Let me in"}}
        await rest.post(f"/chat/conversations/{conversation_id}/messages", json=body, headers=thief.headers)

    async def by_joining(conversation_id: str) -> None:
        await told(client, "join_conversation", conversation_id)

    ways: list[Callable[[str], Awaitable[None]]] = [over_http, by_sending, by_sending_over_http, by_joining]
    for ask in ways:
        taken: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(60):
            exists = turn % 2 == 0
            began_at = time.perf_counter()
            await ask(victim.conversation_id if exists else str(uuid4()))
            taken[exists].append(time.perf_counter() - began_at)
        ratio = median(taken[True]) / median(taken[False])
        assert 0.4 < ratio < 2.5, (ask.__name__, ratio)


@pytest.mark.parametrize("type", ["send_message", "edit_message", "delete_message", "react"])
async def test_a_refusal_to_write_waits_for_nobody_who_writes_there(
    connect: Connect, installation: Installation, victim: Person, thief: Person, type: str
) -> None:
    """A lock that is waited for, or taken, tells that there is something to lock."""
    client = await connect(thief)
    writer = await asyncpg.connect(installation.database_url)
    try:
        async with writer.transaction():
            await writer.execute(
                "select from conversation_heads where conversation_id = $1 for update", victim.conversation_id
            )
            assert (await told(client, type, victim.conversation_id))["code"] == "not_found"
    finally:
        await writer.close()


async def test_a_client_refused_again_and_again_hears_no_more_than_once(
    connect: Connect, victim: Person, thief: Person, secret: str
) -> None:
    """Many at once, while the room is alive on the same process: no race lets one of them in."""
    theirs, client = await connect(victim), await connect(thief)
    await theirs.join(victim.conversation_id)
    for number in range(50):
        await client.say(**{**fields_of("join_conversation", victim.conversation_id), "id": number})
        await theirs.say("send_message", id=number, **message(victim.conversation_id, secret))
    await asyncio.gather(*(theirs.answer(number) for number in range(50)))
    await client.fence()
    assert len(client.heard("error", code="not_found")) == 50
    assert secret not in str(client.seen)
