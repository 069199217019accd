"""Coming back: `resume` in the first frame, answered by `reconnected` and what was missed."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.client import Client, Event, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.spine.sockets.test_joining import fill


def told(client: Client) -> dict[str, Event]:
    """Return where the client goes on, by conversation."""
    return {
        conversation_id: {
            name: value for name, value in found.items() if name in {"status", "head", "team_head"}
        }
        for conversation_id, found in client.welcome["conversations"].items()
    }


@pytest.mark.parametrize("since", [0, 1, 249, 250])
async def test_missed_entries_come_in_order_however_many_they_are(
    connect: Connect, customer: Person, since: int
) -> None:
    here = customer.conversation_id
    writer = await connect(customer)
    await fill(writer, here, 250)
    client = await connect(customer, resume={here: {"since": since}})
    assert client.welcome["type"] == "reconnected"
    assert told(client) == {here: {"status": "ok", "head": 250}}
    await writer.send_message(here, "and live")
    await client.reach(here, 251)
    assert client.seqs(here) == list(range(since + 1, 252))


async def test_both_lanes_are_resumed_for_an_agent(connect: Connect, customer: Person, agent: Person) -> None:
    here = customer.conversation_id
    ours = await connect(agent)
    await fill(ours, here, 3, lane="team")
    await fill(await connect(customer), here, 5)
    client = await connect(agent, resume={here: {"since": 4, "team_since": 1}})
    assert told(client) == {here: {"status": "ok", "head": 5, "team_head": 3}}
    await client.reach(here, 5)
    await client.reach(here, 3, "team")
    assert (client.seqs(here), client.seqs(here, "team")) == ([5], [2, 3])
    only_public = await connect(agent, resume={here: {"since": 4}})
    await only_public.reach(here, 5)
    await only_public.fence()
    assert only_public.seqs(here, "team") == []


async def test_a_client_ahead_of_the_log_is_told_to_start_anew(
    connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    writer = await connect(customer)
    await fill(writer, here, 2)
    theirs = await connect(customer, resume={here: {"since": 3}})
    assert told(theirs) == {here: {"status": "reset", "head": 2}}
    ours = await connect(agent, resume={here: {"since": 2, "team_since": 9}})
    assert ours.welcome["conversations"][here]["status"] == "reset"
    await writer.send_message(here)
    for client in (theirs, ours):
        await client.reach(here, 3)
        assert client.seqs(here) == [3]


async def test_each_conversation_has_its_own_answer(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    here, other, nowhere = customer.conversation_id, await installation.customer(), str(uuid4())
    theirs = await connect(other)
    await theirs.send_message(other.conversation_id, "Secret")
    client = await connect(
        customer,
        resume={here: {"since": 0}, other.conversation_id: {"since": 0}, nowhere: {"since": 0}},
    )
    assert told(client) == {
        here: {"status": "ok", "head": 0},
        other.conversation_id: {"status": "forbidden"},
        nowhere: {"status": "forbidden"},
    }
    await theirs.send_message(other.conversation_id, "Secret")
    await client.fence()
    assert "Secret" not in str(client.seen)


async def test_nothing_to_resume_is_fine(connect: Connect, customer: Person) -> None:
    client = await connect(customer, resume={})
    assert (client.welcome["type"], client.welcome["conversations"]) == ("reconnected", {})


async def test_presence_is_told_too(connect: Connect, customer: Person, agent: Person) -> None:
    here = customer.conversation_id
    ours = await connect(agent)
    await ours.send_message(here)  # An agent who only looks in is not seen.
    client = await connect(customer, resume={here: {"since": 0}})
    assert (await client.expect("presence_update", user_id=agent.id))["status"] == "online"


async def test_a_message_whose_ack_was_lost_is_sent_again_after_resuming(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    fields = message(here, "Did it arrive?")
    await client.say("send_message", id="lost", **fields)
    client.cut()
    again = await connect(customer, resume={here: {"since": 0}})
    assert (await again.ask("send_message", **fields))["seq"] == 1
    await again.reach(here, 1)
    assert again.seqs(here) == [1]
    assert await installation.sql("select count(*) from entries where conversation_id = $1", UUID(here)) == 1


async def test_marks_and_typing_come_with_the_return(
    connect: Connect, customer: Person, agent: Person
) -> None:
    """As much as a join tells, so that nothing has to be joined again."""
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await ours.join(here)
    await fill(theirs, here, 3)
    await theirs.say("mark_read", conversation_id=here, seq=2)
    await ours.expect("receipt_updated", read_seq=2)
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator", is_typing=True)
    again = await connect(agent, resume={here: {"since": 3, "team_since": 0}})
    resumed, joined = again.welcome["conversations"][here], await again.join(here)
    assert resumed["marks"] == joined["marks"]
    assert joined["marks"] == [
        {"user_id": customer.id, "role": "customer", "delivered_seq": 2, "read_seq": 2}
    ]
    (typist,) = resumed["typing"]
    assert (typist["user_id"], typist["is_typing"]) == (customer.id, True)
    assert resumed["epoch"] == joined["epoch"] == again.welcome["epoch"]
    await again.expect("presence_update", user_id=customer.id, status="online")
