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


async def everywhere(installation: Installation, here: str, *but: str) -> str:
    """Return all that Postgres has of a conversation, in any table and column but those of some tables."""
    tables = await installation.rows(
        "select table_name::text from information_schema.columns where table_schema = 'public'"
        " and column_name = 'conversation_id' and table_name <> all ($1)",
        list(but),
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
    changes_asked = [{**message(here, text, lane=lane), "target_seq": 1} for text in [*gone[1:], at_last]]
    for edit in changes_asked:
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
    # Agents find apart what was edited away; what was deleted is nowhere.
    apart = () if deleted else ("former_texts",)
    for text in gone:
        assert text not in str(late.seen)
        assert text not in str(back.seen)
        assert text not in str(answers)
        assert text not in await everywhere(installation, here, *apart)
    edits = (await rest.get(f"{path}/messages/1/edits?lane={lane}", headers=agent.headers)).json()["items"]
    assert [edit["content"]["text"] for edit in edits] == ([] if deleted else gone)
    shown, *changes = late.entries(here, lane)
    assert shown["content"] == ({"type": "deleted"} if deleted else {"type": "text", "text": at_last})
    said = [change["content"]["text"] for change in changes if change["type"] == "message_edited"]
    assert said == ["", "", "" if deleted else at_last]
    # Repetitions are what they were, though there is nothing left to compare them with.
    for again in (first, *changes_asked):
        request = "edit_message" if "target_seq" in again else "send_message"
        assert (await ours.ask(request, **again))["duplicate"] is True
    for text in gone:
        assert text not in await everywhere(installation, here, *apart)


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
    row = await everywhere(installation, here, "former_texts")
    assert [number for number in range(31) if f"version {number}" in row.replace('"', " ")] in ([30], [3, 30])
    await client.say("edit_message", id="e", **{**message(here, "late secret"), "target_seq": 1})
    await client.say("delete_message", id="d", conversation_id=here, target_seq=1, client_msg_id=str(uuid4()))
    await client.say("edit_message", id="f", **{**message(here, "later secret"), "target_seq": 1})
    await client.answer("d")
    await client.until(lambda: [event for event in client.seen if event.get("re") == "f"], "the last answer")
    assert "secret" not in await everywhere(installation, here)


async def test_agents_alone_read_what_a_message_read_before(
    connect: Connect, customer: Person, agent: Person, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    theirs = await connect(customer)
    await theirs.send_message(here, "Helo")
    await theirs.ask("edit_message", **message(here, "Hello"), target_seq=1)
    path = f"/chat/conversations/{here}/messages/1/edits"
    [edit] = (await rest.get(path, headers=agent.headers)).json()["items"]
    assert edit["content"] == {"type": "text", "text": "Helo"}
    assert edit["sender"]["id"] == customer.id
    assert (await rest.get(path, headers=customer.headers)).status_code in (401, 403)
    stranger = await installation.customer()
    other = f"/chat/conversations/{stranger.conversation_id}/messages/1/edits"
    assert (await rest.get(other, headers=agent.headers)).json() == {"items": []}


@pytest.mark.parametrize(("role", "seconds"), [("customer", 900), ("agent", 86_400)])
async def test_a_message_is_edited_while_it_is_young_and_deleted_whenever(
    connect: Connect, customer: Person, agent: Person, installation: Installation, role: str, seconds: int
) -> None:
    here = customer.conversation_id
    client = await connect(customer if role == "customer" else agent)
    assert client.welcome["limits"]["edit_seconds"] == seconds
    await client.send_message(here, "Helo")
    older = (
        f"update entries set created_at = created_at - interval '{seconds - 60} s' where conversation_id = $1"
    )
    await installation.sql(older, UUID(here))
    edit = {**message(here, "Hello"), "target_seq": 1}
    first = await client.ask("edit_message", **edit)
    await installation.sql(older, UUID(here))
    assert await client.refusal("edit_message", **message(here, "Hallo"), target_seq=1) == "forbidden"
    # The answer to the one that came in time was lost, perhaps.
    assert (await client.ask("edit_message", **edit))["seq"] == first["seq"]
    await client.ask("delete_message", **message(here), target_seq=1)


async def test_a_message_has_twenty_kinds_of_reactions_from_any_number_of_people(
    connect: Connect, customer: Person, agent: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await theirs.send_message(here, "Look")
    kinds = [chr(code) for code in range(0x1F600, 0x1F600 + 25)]

    def react(emoji: str, *, on: bool = True) -> dict[str, object]:
        return {**message(here), "target_seq": 1, "emoji": emoji, "on": on}

    # At once, so that many are in one batch.
    for kind in kinds:
        await theirs.say("react", id=kind, **react(kind))
    await theirs.until(lambda: set(kinds) <= {event.get("re") for event in theirs.seen}, "all answers")
    answers = {event["re"]: event for event in theirs.seen if event.get("re") in kinds}
    assert [answers[kind]["type"] for kind in kinds] == ["ack"] * 20 + ["error"] * 5
    assert {answers[kind]["code"] for kind in kinds[20:]} == {"invalid"}
    await ours.ask("react", **react(kinds[0]))
    assert await ours.refusal("react", **react(kinds[20])) == "invalid"
    await theirs.ask("react", **react(kinds[0], on=False))
    # The agent's stands still.
    assert await ours.refusal("react", **react(kinds[20])) == "invalid"
    await theirs.ask("react", **react(kinds[1], on=False))
    await ours.ask("react", **react(kinds[20]))
    stand = await installation.sql("select count(*) from reactions where conversation_id = $1", UUID(here))
    assert stand == 20
    await theirs.ask("delete_message", **message(here), target_seq=1)
    stand = await installation.sql("select count(*) from reactions where conversation_id = $1", UUID(here))
    assert stand == 0


async def test_a_reaction_makes_nothing_unread(
    connect: Connect, customer: Person, agent: Person, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await ours.send_message(here, "Hello")
    await theirs.ask("react", **message(here), target_seq=1, emoji="👍", on=True)
    row = (await rest.get(f"/chat/conversations/{here}", headers=agent.headers)).json()
    assert row["unread"] == 0
    assert row["last_message"]["content"]["text"] == "Hello"


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
