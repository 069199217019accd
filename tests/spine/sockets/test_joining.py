"""Joining, leaving and asking again: a connection is sent what comes after its cursor, once and in order."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.client import Client, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person


async def fill(client: Client, conversation_id: str, count: int, **fields: str) -> None:
    """Write so many messages."""
    for number in range(count):
        await client.say(
            "send_message", id=f"fill{number}", **message(conversation_id, str(number), **fields)
        )
    for number in range(count):
        await client.answer(f"fill{number}")


async def test_joining_tells_what_there_is(connect: Connect, customer: Person, agent: Person) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    ack = await theirs.join(here)
    assert ack == {
        "type": "ack",
        "re": ack["re"],
        "conversation_id": here,
        "status": "ok",
        "head": 0,
        "epoch": theirs.welcome["epoch"],
        "marks": [],
        "presence": [],
        "typing": [],
    }
    await fill(theirs, here, 2)
    await ours.send_message(here, "A note", lane="team")
    await theirs.say("mark_read", conversation_id=here, seq=1)
    await theirs.expect("receipt_updated")
    await theirs.say("typing_start", conversation_id=here)
    await theirs.fence()
    ack = await ours.join(here)
    assert (ack["head"], ack["team_head"]) == (2, 1)
    assert ack["marks"] == [{"user_id": customer.id, "role": "customer", "delivered_seq": 1, "read_seq": 1}]
    (presence,) = [presence for presence in ack["presence"] if presence["user_id"] == customer.id]
    assert (presence["status"], presence["role"]) == ("online", "customer")
    (typing,) = ack["typing"]
    assert (typing["user_id"], typing["is_typing"]) == (customer.id, True)
    assert 0 < typing["expires_in_ms"] <= 3000


@pytest.mark.parametrize("since", [0, 1, 119, 120])
async def test_joining_from_a_seq_brings_what_came_after_it(
    connect: Connect, customer: Person, since: int
) -> None:
    here = customer.conversation_id
    writer, reader = await connect(customer), await connect(customer)
    await fill(writer, here, 120)
    assert (await reader.join(here, since=since))["head"] == 120
    await writer.send_message(here, "and live")
    await reader.reach(here, 121)
    assert reader.seqs(here) == list(range(since + 1, 122))


async def test_joining_without_a_seq_begins_at_the_head(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    writer, reader = await connect(customer), await connect(customer)
    await fill(writer, here, 3)
    await reader.join(here)
    await writer.send_message(here)
    assert await reader.reach(here, 4) == [4]


async def test_joining_beyond_the_head_begins_at_the_head(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await fill(client, here, 2)
    assert (await client.join(here, since=1_000_000))["head"] == 2
    await client.send_message(here)
    assert await client.reach(here, 3) == [3]


async def test_each_lane_has_a_cursor_of_its_own(connect: Connect, customer: Person, agent: Person) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await fill(theirs, here, 4)
    await fill(ours, here, 3, lane="team")
    ack = await ours.join(here, since=3, team_since=1)
    assert (ack["head"], ack["team_head"]) == (4, 3)
    await ours.reach(here, 4)
    await ours.reach(here, 3, "team")
    assert ours.seqs(here) == [4]
    assert ours.seqs(here, "team") == [2, 3]


async def test_joining_again_moves_the_cursor(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    await fill(client, here, 40)
    await client.reach(here, 40)
    await client.join(here, since=38)
    await client.send_message(here)
    await client.reach(here, 41)
    assert client.seqs(here) == [*range(1, 41), 39, 40, 41]


async def test_after_leaving_nothing_more_comes(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    writer, reader = await connect(customer), await connect(customer)
    await reader.join(here)
    await writer.send_message(here)
    await reader.reach(here, 1)
    assert await reader.leave(here) == {"type": "ack", "re": 3}
    await reader.leave(here)
    await writer.send_message(here)
    await reader.fence()
    assert reader.seqs(here) == [1]
    await reader.join(here, since=1)
    assert await reader.reach(here, 2) == [1, 2]


async def test_many_conversations_are_followed_at_once(
    connect: Connect, agent: Person, installation: Installation
) -> None:
    customers = [await installation.customer() for _ in range(5)]
    ours = await connect(agent)
    for customer in customers:
        await ours.join(customer.conversation_id)
    for customer in customers:
        client = await connect(customer)
        await client.send_message(customer.conversation_id)
    for customer in customers:
        assert await ours.reach(customer.conversation_id, 1) == [1]


# --- sync


async def test_a_hole_is_sent_again(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    await fill(client, here, 150)
    await client.reach(here, 150)
    ack = await client.ask("sync", conversation_id=here, since=10)
    assert (ack["conversation_id"], ack["head"]) == (here, 150)
    await client.until(lambda: len(client.seqs(here)) == 150 + 140, "the rest")
    assert client.seqs(here)[150:] == list(range(11, 151))
    await client.send_message(here)
    await client.reach(here, 151)
    assert client.seqs(here)[290:] == [151]


async def test_sync_of_one_lane_leaves_the_other_alone(
    connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    ours = await connect(agent)
    await fill(ours, here, 2, lane="team")
    await fill(await connect(customer), here, 2)
    await ours.join(here)
    await ours.ask("sync", conversation_id=here, since=0, lane="team")
    await ours.reach(here, 2, "team")
    await ours.fence()
    assert ours.seqs(here) == []


async def test_sync_beyond_the_head_is_answered_with_the_head(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    await client.send_message(here)
    assert (await client.ask("sync", conversation_id=here, since=99))["head"] == 1
    await client.send_message(here)
    await client.reach(here, 2)
    assert client.seqs(here) == [1, 2]


async def test_requests_for_those_inside_need_joining(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    here = customer.conversation_id
    assert await client.refusal("sync", conversation_id=here, since=0) == "not_joined"
    for signal in ("typing_start", "typing_stop", "mark_read", "mark_delivered"):
        await client.say(signal, conversation_id=here, seq=1)
        error = await client.expect("error")
        assert error["code"] == "not_joined"
        assert "re" not in error


async def test_a_conversation_that_does_not_exist_cannot_be_joined(
    connect: Connect, customer: Person, agent: Person
) -> None:
    for person in (customer, agent):
        client = await connect(person)
        assert await client.refusal("join_conversation", conversation_id=str(uuid4())) == "not_found"


async def test_a_customer_who_lost_the_right_cannot_join_again(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    client, other = await connect(customer), await installation.customer()
    await client.join(here)
    await installation.sql("update conversations set customer_id = $2 where id = $1", UUID(here), other.id)
    assert await client.refusal("sync", conversation_id=here, since=0) == "not_found"
    assert await client.refusal("join_conversation", conversation_id=here) == "not_found"
