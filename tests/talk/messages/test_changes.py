"""Changes of messages: edited, reacted to, deleted; each an entry of the log."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx2
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


async def everywhere(installation: Installation, here: str) -> str:
    """Return all that Postgres has of a conversation, in any table and column."""
    tables = await installation.rows(
        "select table_name::text from information_schema.columns where table_schema = 'public'"
        " and column_name = 'conversation_id'"
    )
    found = [
        await installation.rows(f"select t::text from {table} t where conversation_id = $1", UUID(here))
        for (table,) in tables
    ]
    return str(found)


@pytest.mark.parametrize("lane", ["public", "team"])
@pytest.mark.parametrize("deleted", [False, True])
async def test_a_text_that_was_edited_or_deleted_away_is_nowhere(
    connect: Connect,
    customer: Person,
    agent: Person,
    installation: Installation,
    rest: httpx2.AsyncClient,
    lane: str,
    *,
    deleted: bool,
) -> None:
    here = customer.conversation_id
    watching, ours = await connect(agent), await connect(agent)
    await watching.join(here, since=0, team_since=0)
    *gone, at_last = [uuid4().hex for _ in range(4)]
    first = message(here, gone[0], lane=lane)
    await ours.ask("send_message", **first)
    edits = [{**message(here, text, lane=lane), "target_seq": 1} for text in [*gone[1:], at_last]]
    for edit in edits:
        await ours.ask("edit_message", **edit)
    if deleted:
        deletion = {"conversation_id": here, "lane": lane, "target_seq": 1, "client_msg_id": str(uuid4())}
        await ours.ask("delete_message", **deletion)
        gone.append(at_last)
    last = 5 if deleted else 4
    since = {"since": 0, "team_since": 0}
    late = await connect(agent)
    await late.join(here, **since)
    await late.reach(here, last, lane)
    back = await connect(agent, resume={here: since})
    await back.reach(here, last, lane)
    path = f"/chat/conversations/{here}"
    answers = [
        (await rest.get(path + query, headers=agent.headers)).text
        for query in ("", f"/messages?lane={lane}", f"/events?wait=0&lane={lane}")
    ]
    answers.append((await rest.get("/chat/conversations", headers=agent.headers)).text)
    for text in gone:
        assert text not in str(late.seen)
        assert text not in str(back.seen)
        assert text not in str(answers)
        assert text not in await everywhere(installation, here)
    shown, *changes = late.entries(here, lane)
    assert shown["content"] == ({"type": "deleted"} if deleted else {"type": "text", "text": at_last})
    said = [change["content"]["text"] for change in changes if change["type"] == "message_edited"]
    assert said == ["", "", "" if deleted else at_last]
    # Repetitions are what they were, though there is nothing left to compare them with.
    for again in (first, *edits):
        request = "edit_message" if "target_seq" in again else "send_message"
        assert (await ours.ask(request, **again))["duplicate"] is True
    for text in gone:
        assert text not in await everywhere(installation, here)


async def test_changes_that_come_at_once_leave_what_the_last_of_them_says(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here, since=0)
    await client.send_message(here, "version 0")
    for number in range(1, 31):
        edit = {**message(here, f"version {number}"), "target_seq": 1}
        await client.say("edit_message", id=f"e{number}", **edit)
    for number in range(1, 31):
        await client.answer(f"e{number}")
    row = await everywhere(installation, here)
    assert [number for number in range(31) if f"version {number}" in row.replace('"', " ")] in ([30], [3, 30])
    await client.say("edit_message", id="e", **{**message(here, "late secret"), "target_seq": 1})
    await client.say("delete_message", id="d", conversation_id=here, target_seq=1, client_msg_id=str(uuid4()))
    await client.say("edit_message", id="f", **{**message(here, "later secret"), "target_seq": 1})
    await client.answer("d")
    await client.until(lambda: [event for event in client.seen if event.get("re") == "f"], "the last answer")
    assert "secret" not in await everywhere(installation, here)


async def test_only_the_sender_or_an_admin_may_change_a_message(
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
