"""Private notes: agents see them, and there is no way by which a customer learns of them."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.client import Client, message
from tests.server.fixtures import Connect
from tests.server.installation import Person

NOTE = "Do not tell the customer"


@pytest_asyncio.fixture
async def ours(connect: Connect, customer: Person, agent: Person) -> Client:
    """An agent who has left three notes between two messages."""
    client = await connect(agent)
    here = customer.conversation_id
    await client.join(here)
    await client.send_message(here, "One")
    for _ in range(3):
        await client.send_message(here, NOTE, lane="team")
    await client.send_message(here, "Two")
    return client


async def test_a_note_has_a_seq_of_its_own(ours: Client, customer: Person) -> None:
    assert await ours.reach(customer.conversation_id, 3, "team") == [1, 2, 3]


async def test_agents_receive_notes_live_and_later(
    ours: Client, connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    await ours.reach(here, 3, "team")
    assert ours.entries(here, "team")[0]["lane"] == "team"
    late = await connect(agent)
    await late.join(here, team_since=0)
    await late.reach(here, 3, "team")
    assert [entry["content"]["text"] for entry in late.entries(here, "team")] == [NOTE] * 3


async def test_a_customer_learns_nothing_on_a_socket(
    ours: Client, connect: Connect, customer: Person
) -> None:
    here = customer.conversation_id
    joined = await connect(customer)
    ack = await joined.join(here, since=0, team_since=0)
    resumed = await connect(customer, resume={here: {"since": 0, "team_since": 0}})
    assert "team_head" not in ack
    assert set(resumed.welcome["conversations"][here]) == {"status", "head", "epoch", "marks", "typing"}
    assert await joined.refusal("sync", conversation_id=here, since=0, lane="team") == "forbidden"
    await ours.send_message(here, NOTE, lane="team")
    last = (await ours.send_message(here, "The end"))["seq"]
    for client in (joined, resumed):
        await client.reach(here, last)
        await client.fence()
        assert client.seqs(here) == list(range(1, last + 1))
        assert client.seqs(here, "team") == []
        assert NOTE not in str(client.seen)


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("send_message", {}),
        ("edit_message", {"target_seq": 1}),
        ("delete_message", {"target_seq": 1}),
        ("react", {"target_seq": 1, "emoji": "👍", "on": True}),
    ],
)
async def test_a_customer_cannot_write_there(
    ours: Client, connect: Connect, customer: Person, event: str, fields: dict[str, Any]
) -> None:
    client = await connect(customer)
    fields = {**message(customer.conversation_id, NOTE), **fields, "lane": "team"}
    assert await client.refusal(event, **fields) == "forbidden"


async def test_a_customer_learns_nothing_over_http(
    ours: Client, customer: Person, rest: httpx2.AsyncClient
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    for url in (f"{path}/messages?lane=team", f"{path}/events?since=0&wait=0&lane=team"):
        assert (await rest.get(url, headers=customer.headers)).status_code == 404
    for url in (path, "/chat/conversations", f"{path}/messages", f"{path}/events?since=0&wait=0"):
        response = await rest.get(url, headers=customer.headers)
        assert response.status_code == 200
        assert NOTE not in response.text
    before = (await rest.get(path, headers=customer.headers)).json()
    await ours.send_message(customer.conversation_id, NOTE, lane="team")
    after = (await rest.get(path, headers=customer.headers)).json()
    assert before["team_last_seq"] == after["team_last_seq"] == 0
    assert before["last_message"] == after["last_message"]
    posted = await rest.post(
        f"{path}/messages",
        json={**message("", NOTE), "conversation_id": None, "lane": "team"},
        headers=customer.headers,
    )
    assert posted.status_code in {403, 404}


async def test_a_note_wakes_no_customer_who_polls(
    ours: Client, customer: Person, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    path = f"/chat/conversations/{here}/events"
    head = (await rest.get(f"{path}?since=0&wait=0", headers=customer.headers)).json()["head"]
    await ours.send_message(here, NOTE, lane="team")
    polled = await rest.get(f"{path}?since={head}&wait=1", headers=customer.headers)
    assert (polled.json()["items"], polled.json()["head"]) == ([], head)


async def test_agents_read_notes_over_http(
    ours: Client, customer: Person, agent: Person, rest: httpx2.AsyncClient
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    for url in (f"{path}/messages?lane=team", f"{path}/events?since=0&wait=0&lane=team"):
        page = (await rest.get(url, headers=agent.headers)).json()
        assert page["head"] == 3
        assert [item["content"]["text"] for item in page["items"]] == [NOTE] * 3
