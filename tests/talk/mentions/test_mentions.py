"""Mentions in notes: whom they may name, and who watches the conversation from then on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2

from tests.client import Client, Refused, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person


def mention(person: Person) -> dict[str, Any]:
    return {"kind": "user", "id": person.id, "name": person.name}


def saying(text: str, *mentions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, "mentions": list(mentions), **fields}


def note(conversation_id: str, text: str, *mentions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**message(conversation_id, lane="team", **fields), "content": saying(text, *mentions)}


async def why_refused(client: Client, type: str, **fields: Any) -> tuple[str, str]:
    try:
        await client.ask(type, **fields)
    except Refused as refused:
        return refused.code, refused.event["message"]
    raise AssertionError(f"{type} was granted")


async def test_a_note_tells_whom_it_means_and_its_repetition_is_one(
    connect: Connect, customer: Person, agent: Person, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    here, maria = customer.conversation_id, await installation.agent("Maria Lopez")
    ours, theirs = await connect(agent), await connect(customer)
    await theirs.join(here)
    await ours.join(here, team_since=0)
    sent = note(here, "@Maria Lopez, is *this* so?", mention(maria))
    sent["content"]["format"] = "markdown"
    ack = await ours.ask("send_message", **sent)
    heard = await ours.expect("message_received", seq=ack["seq"], lane="team")
    assert heard["content"] == {
        "type": "text",
        "text": "@Maria Lopez, is this so?",
        "markdown": "@Maria Lopez, is *this* so?",
        "mentions": [mention(maria)],
    }
    assert (await ours.ask("send_message", **sent))["duplicate"] is True
    other = {**sent, "content": saying("@Maria Lopez, is *this* so?", format="markdown")}
    assert await ours.refusal("send_message", **other) == "idempotency_conflict"
    body = {"client_msg_id": str(uuid4()), "lane": "team", "content": saying("@Maria Lopez?", mention(maria))}
    path = f"/chat/conversations/{here}/messages"
    assert (await rest.post(path, json=body, headers=agent.headers)).status_code == 201
    await theirs.fence()
    assert "Maria" not in str(theirs.seen)


async def test_a_mention_is_of_somebody_who_is_there_in_a_note_that_says_so(
    connect: Connect, customer: Person, agent: Person, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    here, maria = customer.conversation_id, await installation.agent("Maria")
    ours, theirs = await connect(agent), await connect(customer)
    at_maria = mention(maria)
    public = {**message(here), "content": saying("Ask @Maria", at_maria)}
    assert (await why_refused(ours, "send_message", **public))[0] == "invalid"
    assert await theirs.refusal("send_message", **public) == "invalid"
    for wrong in (
        note(here, "Ask Maria", at_maria),
        note(here, "@Maria", *[at_maria] * 21),
        note(here, "@Maria\n", {**at_maria, "name": "Maria\n"}),
        note(here, "@Maria", {**at_maria, "id": 0}),
        note(here, "@Maria", {**at_maria, "id": 2**31 - 1}),
        note(here, "@Maria", {**at_maria, "id": customer.id}),
        note(here, "@Maria", {**at_maria, "kind": "team", "id": 2**31 - 1}),
    ):
        assert await ours.refusal("send_message", **wrong) == "invalid"
    mine = await ours.send_message(here, "Ask somebody")
    edit = {**message(here), "target_seq": mine["seq"], "content": saying("Ask @Maria", at_maria)}
    assert await ours.refusal("edit_message", **edit) == "invalid"
    body = {"client_msg_id": str(uuid4()), "content": saying("Ask @Maria", at_maria)}
    path = f"/chat/conversations/{here}/messages"
    assert (await rest.post(path, json=body, headers=agent.headers)).status_code == 422


async def test_whoever_may_not_see_the_conversation_is_not_mentioned_unless_they_were_before(
    connect: Connect, installation: Installation, rest: httpx2.AsyncClient, customer: Person
) -> None:
    here = customer.conversation_id
    admin = await installation.agent("Root", is_admin=True)
    inside, outside = await installation.agent("Inside"), await installation.agent("Outside")
    inbox_id = (await rest.get(f"/chat/conversations/{here}", headers=admin.headers)).json()["inbox_id"]
    ours = await connect(inside)
    sent = note(here, "@Outside: look", mention(outside))
    await ours.ask("send_message", **sent)

    async def team(members: list[Person], inbox_ids: list[int]) -> dict[str, Any]:
        body = {
            "name": f"Team {uuid4()}",
            "member_ids": [member.id for member in members],
            "inbox_ids": inbox_ids,
        }
        made = (await rest.post("/chat/teams", json=body, headers=admin.headers)).json()
        return {"kind": "team", "id": made["id"], "name": made["name"]}

    holding, other = await team([inside], [inbox_id]), await team([outside], [])
    assert (await ours.ask("send_message", **sent))["duplicate"] is True
    code, why = await why_refused(ours, "send_message", **note(here, "@Outside?", mention(outside)))
    assert code == "invalid"
    assert "Outside may not see this conversation" in why
    at_other = note(here, f"@{other['name']}?", other)
    assert await ours.refusal("send_message", **at_other) == "invalid"
    await ours.ask("send_message", **note(here, f"@{holding['name']}!", holding))
    assert (
        await rest.patch(f"/chat/teams/{holding['id']}", json={"inbox_ids": []}, headers=admin.headers)
    ).status_code == 200
    await ours.ask("send_message", **at_other)
