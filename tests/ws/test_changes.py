"""What happens to messages: edited, reacted to, deleted; each an entry of the log."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.client import message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person


async def test_a_message_is_edited_reacted_to_and_deleted_for_all(
    connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await ours.join(here)
    await theirs.send_message(here, "Helo")
    await theirs.ask("edit_message", **message(here, "Hello"), target_seq=1)
    reaction = {"conversation_id": here, "target_seq": 1, "emoji": "👍", "on": True}
    await ours.ask("react", **reaction, client_msg_id=str(uuid4()))
    await theirs.ask("delete_message", conversation_id=here, target_seq=1, client_msg_id=str(uuid4()))
    for client in (theirs, ours):
        edited = await client.expect("message_edited", seq=2)
        assert (edited["target_seq"], edited["content"]["text"]) == (1, "Hello")
        reacted = await client.expect("reaction_changed", seq=3)
        assert reacted["sender"]["id"] == agent.id
        assert reaction.items() <= reacted.items()
        assert (await client.expect("message_deleted", seq=4))["target_seq"] == 1
    late = await connect(agent)
    await late.join(here, since=0)
    await late.reach(here, 4)
    assert late.entries(here)[0]["content"] == {"type": "deleted"}
    assert "Helo" not in str(late.seen)


async def test_who_changes_a_message_must_have_written_it_or_be_an_admin(
    connect: Connect, customer: Person, agent: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    admin = await connect(await installation.agent("Grace", is_admin=True))
    await theirs.send_message(here, "Mine")
    await ours.send_message(here, "Yours")
    change = {**message(here, "Changed"), "target_seq": 1}
    assert await ours.refusal("edit_message", **change) == "forbidden"
    assert await ours.refusal("delete_message", **change) == "forbidden"
    assert await theirs.refusal("edit_message", **{**change, "target_seq": 2}) == "forbidden"
    await admin.ask("edit_message", **{**change, "target_seq": 1})


@pytest.mark.parametrize("target", [0, 2, 99, 2**53 - 1])
async def test_there_must_be_a_message_to_change(connect: Connect, customer: Person, target: int) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.send_message(here)
    reaction = {"conversation_id": here, "client_msg_id": str(uuid4()), "target_seq": 1, "emoji": "👍"}
    await client.ask("react", **reaction, on=True)
    changed = {**reaction, "target_seq": target, "client_msg_id": str(uuid4())}
    assert await client.refusal("react", **changed, on=True) == "not_found"
    assert await client.refusal("edit_message", **message(here), target_seq=target) == "not_found"
    assert await client.refusal("delete_message", **changed) == "not_found"


async def test_a_change_again_is_a_duplicate(connect: Connect, customer: Person) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.send_message(here)
    for event, fields in (
        ("edit_message", {**message(here, "Changed"), "target_seq": 1}),
        ("react", {**message(here), "target_seq": 1, "emoji": "👍", "on": True}),
        ("delete_message", {**message(here), "target_seq": 1}),
    ):
        first = await client.ask(event, **fields)
        second = await client.ask(event, **fields)
        assert second == {**first, "re": second["re"], "duplicate": True}
