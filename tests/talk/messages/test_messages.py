"""Messages through a socket: sent, stored, answered, received."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.client import Client, Refused, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person

TEXTS = [
    "Is anyone there?",
    "  spaces are kept\n\n\tand lines \u2028 too  ",
    "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 Z\u0351\u0343\u036d\u0363\u0311\u032fa\u0310l\u0368go",
    "مرحبا \u202eevil\u202c שלום",
    "<script>alert(1)</script> javascript:alert(1) {{7*7}}",
    '"quotes" \\ \\u0041 \u007f \u0001 \ufeff \uffff \U0010ffff',
]


async def test_a_message_reaches_the_other_side_and_its_sender(
    connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await ours.join(here)
    ack = await theirs.send_message(here, "Is anyone there?")
    assert (ack["seq"], ack["duplicate"], ack["conversation_id"]) == (1, False, here)
    assert UUID(ack["message_id"]).version == 7
    for client in (theirs, ours):
        received = await client.expect("message_received")
        assert received["content"] == {"type": "text", "text": "Is anyone there?"}
        assert received["sender"] == {"id": customer.id, "role": "customer", "name": customer.name}
        assert {name: ack[name] for name in ("seq", "message_id", "client_msg_id", "created_at")}.items() <= (
            received.items()
        )
        assert "lane" not in received


@pytest.mark.parametrize("text", TEXTS)
async def test_a_text_comes_out_as_it_went_in(connect: Connect, customer: Person, text: str) -> None:
    client = await connect(customer)
    await client.join(customer.conversation_id)
    await client.send_message(customer.conversation_id, text)
    assert (await client.expect("message_received"))["content"]["text"] == text
    again = await connect(customer)
    await again.join(customer.conversation_id, since=0)
    assert (await again.expect("message_received"))["content"]["text"] == text


async def test_an_ack_means_committed(connect: Connect, customer: Person, installation: Installation) -> None:
    client = await connect(customer)
    for text in ("one", "two", "three"):
        ack = await client.send_message(customer.conversation_id, text)
        stored = await installation.sql(
            "select body ->> 'text' from entries where message_id = $1", UUID(ack["message_id"])
        )
        assert stored == text


async def test_a_client_that_has_not_joined_may_write_and_hears_nothing_but_the_ack(
    connect: Connect, customer: Person
) -> None:
    client = await connect(customer)
    await client.send_message(customer.conversation_id)
    await client.fence()
    assert client.entries(customer.conversation_id) == []


async def test_pipelined_messages_keep_their_order(connect: Connect, customer: Person, agent: Person) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await ours.join(here)
    for number in range(300):
        await theirs.say("send_message", id=f"m{number}", **message(here, str(number)))
    assert [(await theirs.answer(f"m{number}"))["seq"] for number in range(300)] == list(range(1, 301))
    for client in (theirs, ours):
        await client.reach(here, 300)
        texts = [entry["content"]["text"] for entry in client.entries(here)]
        assert texts == [str(number) for number in range(300)]


async def test_many_who_write_at_once_make_one_log_without_holes(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    agents = [await installation.agent(f"Agent {number}") for number in range(4)]
    clients = [await connect(person) for person in (customer, customer, *agents)]
    for client in clients:
        await client.join(here)
    each = 25

    async def write(client: Client, name: int) -> list[int]:
        return [(await client.send_message(here, f"{name}.{number}"))["seq"] for number in range(each)]

    acked = await asyncio.gather(*(write(client, name) for name, client in enumerate(clients)))
    events = await installation.sql(
        "select count(*) from entries where conversation_id = $1 and type = 'conversation_event'",
        UUID(here),
    )
    total = each * len(clients) + events
    assert all(seqs == sorted(seqs) for seqs in acked)
    for client in clients:
        await client.reach(here, total)
        assert client.seqs(here) == list(range(1, total + 1))
        assert client.entries(here) == clients[0].entries(here)
    texts = [entry["content"]["text"] for entry in clients[0].heard("message_received")]
    for name in range(len(clients)):
        assert [text for text in texts if text.startswith(f"{name}.")] == [
            f"{name}.{number}" for number in range(each)
        ]


# --- the same message again


async def test_the_same_message_again_is_a_duplicate_whenever_it_comes(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    fields = message(here, "Once")
    client = await connect(customer)
    await client.join(here)
    first = await client.ask("send_message", **fields)
    await client.send_message(here, "Something else")
    client.cut()
    again = await connect(customer)
    await again.join(here)
    second = await again.ask("send_message", **fields)
    assert second == {**first, "re": second["re"], "duplicate": True}
    await again.fence()
    assert again.entries(here) == []
    count = await installation.sql("select count(*) from entries where conversation_id = $1", UUID(here))
    assert count == 2


async def test_copies_that_come_together_are_stored_once(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    tabs = [await connect(customer) for _ in range(4)]
    for tab in tabs:
        await tab.join(here)
    fields = message(here, "Once")
    for tab in tabs:
        for number in range(10):
            await tab.say("send_message", id=f"m{number}", **fields)
    acks = [await tab.answer(f"m{number}") for tab in tabs for number in range(10)]
    assert {ack["seq"] for ack in acks} == {1}
    assert sum(not ack["duplicate"] for ack in acks) == 1
    assert (await tabs[0].send_message(here, "Next"))["seq"] == 2
    for tab in tabs:
        await tab.reach(here, 2)
        assert tab.seqs(here) == [1, 2]


@pytest.mark.parametrize(
    "change",
    [{"content": {"type": "text", "text": "Another"}}, {"lane": "team"}],
    ids=["another text", "another lane"],
)
async def test_the_same_id_with_another_content_is_a_conflict(
    connect: Connect, customer: Person, agent: Person, change: dict[str, Any]
) -> None:
    client = await connect(agent)
    fields = message(customer.conversation_id, "One")
    await client.ask("send_message", **fields)
    assert await client.refusal("send_message", **{**fields, **change}) == "idempotency_conflict"


async def test_two_senders_may_choose_the_same_id(connect: Connect, customer: Person, agent: Person) -> None:
    theirs, ours = await connect(customer), await connect(agent)
    fields = message(customer.conversation_id, "One")
    first = await theirs.ask("send_message", **fields)
    second = await ours.ask("send_message", **fields)
    assert first["message_id"] != second["message_id"]
    assert not second["duplicate"]


# --- what may not be


async def test_anothers_conversation_does_not_exist(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    other = await installation.customer()
    client = await connect(customer)
    nowhere = str(uuid4())
    target = {"client_msg_id": str(uuid4()), "target_seq": 1}
    requests: list[tuple[str, dict[str, Any]]] = [
        ("join_conversation", {}),
        ("sync", {"since": 0}),
        ("send_message", message("")),
        ("edit_message", {**message(""), "target_seq": 1}),
        ("delete_message", target),
        ("react", {**target, "emoji": "👍", "on": True}),
    ]
    for event, fields in requests:
        told = []
        for conversation_id in (other.conversation_id, nowhere):
            with pytest.raises(Refused) as refused:
                await client.ask(event, **{**fields, "conversation_id": conversation_id})
            told.append({**refused.value.event, "re": None})
        assert told[0] == told[1]
        assert told[0]["code"] == "not_found"
    for signal in ("typing_start", "typing_stop", "mark_read", "mark_delivered"):
        for conversation_id in (other.conversation_id, nowhere):
            await client.say(signal, conversation_id=conversation_id, seq=1)
            assert (await client.expect("error"))["code"] == "not_found"
    stored = await installation.sql(
        "select count(*) from entries where conversation_id = $1", UUID(other.conversation_id)
    )
    assert stored == 0


async def test_a_closed_conversation_takes_no_more_until_it_is_opened_again(
    connect: Connect, customer: Person, agent: Person, rest: Any, installation: Installation
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    first = message(here, "First")
    await client.ask("send_message", **first)
    path = f"/chat/conversations/{here}"
    assert (await rest.patch(path, json={"status": "closed"}, headers=agent.headers)).status_code == 200
    closed = await client.expect("conversation_event", event="status_changed")
    assert closed["data"]["status"] == "closed"
    await installation.sql(
        "update conversation_heads set closed_at = closed_at - interval '8 days' where conversation_id = $1",
        here,
    )
    assert await client.refusal("send_message", **message(here)) == "conversation_closed"
    # A message that was stored before stays a duplicate: its sender only missed the answer.
    assert (await client.ask("send_message", **first))["duplicate"]
    await rest.patch(path, json={"status": "open"}, headers=agent.headers)
    await client.expect("conversation_event", event="status_changed")
    await client.send_message(here, "Second")
    assert client.seqs(here) == list(range(1, len(client.seqs(here)) + 1))
