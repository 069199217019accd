"""Floods: who asks too much is told how long to wait, then let go; nobody else notices."""

from __future__ import annotations

import asyncio
import signal
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.settings.variables import VARIABLES
from tests.attacks.process import bounded_memory
from tests.attacks.raw import Peer, Peers, event
from tests.client import message
from tests.server.installation import Installation, Person
from tests.server.processes import Server

RATE_LIMITED = 4101
ENVIRONMENT = {
    "LIMIT_WIDGET_FRAMES": "400",
    "LIMIT_WIDGET_SENDS": "20",
    "LIMIT_WIDGET_JOINS": "20",
    "LIMIT_WIDGET_TYPING": "20",
    "LIMIT_ADMIN_FRAMES": "400",
    "LIMIT_ADMIN_SENDS": "20",
    "LIMIT_ADMIN_JOINS": "20",
    "LIMIT_ADMIN_TYPING": "20",
    "LIMIT_LOGIN_FAILURES": "3",
}
FLOODS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "messages": (20, "send_message", {}),
    "edits": (20, "edit_message", {"target_seq": 1}),
    "deletions": (20, "delete_message", {"target_seq": 1}),
    "reactions": (20, "react", {"target_seq": 1, "emoji": "👍", "on": True}),
    "joins": (20, "join_conversation", {"since": 0}),
    "syncs": (20, "sync", {"since": 0}),
    "typing": (20, "typing_start", {}),
    "marks": (400, "mark_read", {"seq": 1}),
    "pings": (400, "ping", {"t": 1}),
    "what does not exist": (400, "from_the_future", {}),
}


@pytest.fixture(scope="module")
def strict(server: Server, installation: Installation) -> Server:
    """Another process, which lets in few."""
    return installation.start(LIMIT_SESSIONS="30")


async def flood(peer: Peer, type: str, fields: dict[str, Any]) -> None:
    """Say the same 2,000 times without waiting for an answer."""
    await peer.pour(
        event(type, **{**fields, "id": number, "client_msg_id": str(uuid4())}) for number in range(2000)
    )


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_is_slowed_and_then_ended(
    server: Server, peers: Peers, bystander: Peer, installation: Installation, name: str
) -> None:
    allowed, said, fields = FLOODS[name]
    customer = await installation.customer(server)
    peer = await peers.open(token=customer.token)
    peer.write(event("join_conversation", id="in", conversation_id=customer.conversation_id))
    await peer.hear_answer("in")
    flooding = asyncio.create_task(flood(peer, said, message(customer.conversation_id) | fields))
    await bystander.round_trip("amid the flood")
    assert await peer.closed() == RATE_LIMITED
    await flooding
    refused = [heard for heard in peer.heard if heard.get("code") == "rate_limited"]
    # Joining has used one frame and one join, and while it goes on some of the allowance comes back.
    assert 100 <= len(refused) <= 400
    answered = len(peer.heard) - len(refused)
    assert answered <= 3 * allowed + 10
    for error in refused:
        assert error["retryable"] is True
        assert 0 < error["retry_after_ms"] <= 10_000
        assert error["re"] >= 0


async def test_agents_are_limited_too(peers: Peers, agent: Person, customer: Person) -> None:
    peer = await peers.open("admin", token=agent.token)
    flooding = asyncio.create_task(flood(peer, "send_message", message(customer.conversation_id)))
    assert await peer.closed() == RATE_LIMITED
    await flooding


async def test_a_client_that_waits_as_told_goes_on(peers: Peers, customer: Person) -> None:
    peer = await peers.open(token=customer.token)
    wait_ms = 0
    for number in range(60):
        peer.write(event("send_message", id=number, **message(customer.conversation_id)))
        answer = await peer.hear_answer(number)
        if answer["type"] == "error":
            wait_ms = answer["retry_after_ms"]
            break
    assert 0 < wait_ms <= 1000
    await asyncio.sleep(wait_ms / 1000)  # As the server asks of a client.
    peer.write(event("send_message", id="again", **message(customer.conversation_id)))
    assert (await peer.hear_answer("again"))["type"] == "ack"


async def test_malformed_frames_cost_as_much_as_good_ones(peers: Peers, customer: Person) -> None:
    """No kind of frame is free: also those of which no request can be made."""
    peer = await peers.open(token=customer.token)
    flooding = asyncio.create_task(peer.pour(event("sync", id=number) for number in range(2000)))
    assert await peer.closed() == RATE_LIMITED
    await flooding
    assert len(peer.heard) < 1000


async def test_a_hundred_flooders_leave_the_others_alone(
    server: Server, peers: Peers, bystander: Peer, installation: Installation
) -> None:
    customer = await installation.customer(server)
    flooders = [await peers.open(token=customer.token) for _ in range(100)]
    with bounded_memory(server, attackers=10):
        floods = [
            asyncio.create_task(flood(peer, "send_message", message(customer.conversation_id)))
            for peer in flooders
        ]
        # Each listens: what a peer has not heard before the server lets it go, its own writing may take away.
        ends = asyncio.gather(*(peer.closed() for peer in flooders))
        for number in range(10):
            await bystander.round_trip(f"{number}")
        assert set(await ends) == {RATE_LIMITED}
        await asyncio.gather(*floods)


async def test_the_largest_messages_leave_the_others_alone_and_do_not_keep_a_stop(
    installation: Installation,
) -> None:
    server = installation.start(**dict.fromkeys((each for each in VARIABLES if each.endswith("_BYTES")), "0"))
    peers = Peers(server.host)
    customers = [await installation.customer(server) for _ in range(5)]
    *flooders, bystander = [await peers.open(token=customer.token) for customer in customers]
    floods = []
    for peer, customer in zip(flooders, customers, strict=False):
        largest = {"content": {"type": "text", "text": "x" * 16_000}}
        floods.append(
            asyncio.create_task(flood(peer, "send_message", message(customer.conversation_id) | largest))
        )
    for number in range(10):
        mine = message(customers[-1].conversation_id)
        bystander.write(event("send_message", id=number, **mine))
        assert (await bystander.hear_answer(number))["type"] == "ack"
    server.signal(signal.SIGTERM)
    assert await asyncio.to_thread(server.wait) == 0
    await asyncio.gather(*floods)
    await peers.end()


# --- over HTTP


async def test_messages_over_http_are_limited_like_those_on_a_socket(
    rest: httpx2.AsyncClient, customer: Person, installation: Installation
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}/messages"

    async def post(person: Person = customer) -> httpx2.Response:
        body = {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": "Hello"}}
        return await rest.post(path, json=body, headers=person.headers)

    answers = [await post() for _ in range(60)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 20 <= len(answers) - len(refused) < 60
    for answer in refused:
        assert answer.json()["code"] == "rate_limited"
        assert 0 < answer.json()["retry_after_ms"] <= 10_000
        assert int(answer.headers["Retry-After"]) >= 1
    other = await installation.customer()
    assert (await post(other)).status_code == 404


async def test_reading_over_http_is_limited_too(rest: httpx2.AsyncClient, customer: Person) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    for url in (path, "/chat/conversations", f"{path}/messages", f"{path}/events?wait=0"):
        statuses = [(await rest.get(url, headers=customer.headers)).status_code for _ in range(40)]
        assert 429 in statuses


async def test_sessions_are_limited_by_address_whatever_a_header_says(
    strict: Server, installation: Installation, customer: Person
) -> None:
    async with httpx2.AsyncClient(base_url=strict.url) as http:

        async def come_in(**headers: str) -> httpx2.Response:
            return await http.post("/chat/sessions", json={"inbox": installation.inbox_key}, headers=headers)

        statuses = []
        for number in range(60):
            forged = f"198.51.100.{number}"
            response = await come_in(
                **{"Remote-Addr": forged, "X-Forwarded-For": forged, "Forwarded": f"for={forged}"}
            )
            statuses.append(response.status_code)
            if response.status_code == 429:
                assert response.json()["code"] == "rate_limited"
                assert int(response.headers["Retry-After"]) >= 1
        assert statuses[:30] == [201] * 30
        assert 429 in statuses
        # A client that is in already is not shut out by others of the same address.
        assert (await come_in(**customer.headers)).status_code == 200
        # One may come in for each moment that has passed; no more of them than without a header.
        made_up = [(await come_in(Authorization="Bearer fss_made_up")).status_code for _ in range(30)]
        assert 429 in made_up
        assert set(made_up) <= {401, 429}


async def test_coming_in_again_and_again_is_limited_for_a_session(
    server: Server, installation: Installation, customer: Person
) -> None:
    other = await installation.customer()
    async with httpx2.AsyncClient(base_url=server.url) as http:

        async def resume(person: Person) -> int:
            body = {"inbox": installation.inbox_key}
            return (await http.post("/chat/sessions", json=body, headers=person.headers)).status_code

        statuses = [await resume(customer) for _ in range(60)]
        assert statuses[:20] == [200] * 20
        assert 429 in statuses
        assert await resume(other) == 200


async def test_wrong_passwords_are_limited_for_an_account_on_all_processes(
    server: Server, strict: Server
) -> None:
    answers = []
    for number in range(6):
        async with httpx2.AsyncClient(base_url=(server, strict)[number % 2].url) as http:
            response = await http.post(
                "/auth/login", json={"email": "Nobody@example.com", "password": f"guess {number}"}
            )
        answers.append(response)
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429, 429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert int(answers[-1].headers["Retry-After"]) > 10
