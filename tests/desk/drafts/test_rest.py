"""Drafts: nothing that somebody has written is overwritten, and nothing that was sent comes back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from app.desk.drafts import service
from app.factory import Fireside
from app.people.erasure.service import erase_customer
from app.people.provisioning.service import create_agent
from tests.rest_people import PASSWORD, Client, Person


@pytest_asyncio.fixture
async def grace(app: Fireside, client: Client) -> Person:
    made = await create_agent(
        app.areas.spine.db, email="grace@example.com", name="Grace", password=PASSWORD, role="admin"
    )
    login = await client.post("/auth/login", json={"email": "grace@example.com", "password": PASSWORD})
    return Person(client, (await login.get_json())["access_token"], made.id)


def path(customer: Person) -> str:
    return f"/chat/conversations/{customer.conversation_id}/drafts"


async def put(agent: Person, customer: Person, text: str, **fields: Any) -> Any:
    body = {"client_msg_id": str(uuid4()), "text": text, **fields}
    answer = await agent.client.put(path(customer), headers=agent.headers, json=body)
    assert answer.status_code == 200, await answer.get_json()
    return await answer.get_json()


async def texts(agent: Person, customer: Person) -> dict[str, str]:
    items = (await (await agent.get(path(customer))).get_json())["items"]
    return {draft["lane"]: draft["text"] for draft in items}


async def marked(agent: Person) -> set[tuple[str, str]]:
    items = (await (await agent.get("/chat/drafts")).get_json())["items"]
    return {(mark["conversation_id"], mark["lane"]) for mark in items}


async def count(app: Fireside) -> int:
    rows: int = await app.areas.spine.db.fetchval("select count(*) from drafts")
    return rows


async def test_a_draft_is_kept_whole_for_each_lane_and_for_its_author_alone(
    agent: Person, grace: Person, customer: Person
) -> None:
    reply = await put(agent, customer, "**Hello**", format="markdown", reply_to=3)
    note = await put(agent, customer, "ask Grace", lane="team")
    assert (reply["outcome"], note["outcome"]) == ("saved", "saved")
    assert {key: reply["draft"][key] for key in ("text", "lane", "format", "reply_to")} == {
        "text": "**Hello**",
        "lane": "public",
        "format": "markdown",
        "reply_to": 3,
    }
    assert note["version"] > reply["version"] == reply["draft"]["version"]
    assert await texts(agent, customer) == {"public": "**Hello**", "team": "ask Grace"}
    assert {(customer.conversation_id, "public"), (customer.conversation_id, "team")} == await marked(agent)
    assert (await texts(grace, customer), await marked(grace)) == ({}, set())


async def test_what_was_changed_since_is_not_overwritten(agent: Person, customer: Person) -> None:
    first = await put(agent, customer, "from my desk")
    phone = await put(agent, customer, "from my desk, and my phone", since=first["version"])
    late = await put(agent, customer, "from my desk, later", since=first["version"])
    assert (late["outcome"], late["version"]) == ("conflict", 0)
    assert late["draft"] == phone["draft"]
    emptied = await put(agent, customer, "", since=first["version"])
    assert emptied["outcome"] == "conflict"
    assert await texts(agent, customer) == {"public": "from my desk, and my phone"}
    taken = await put(agent, customer, "both", since=late["draft"]["version"])
    assert taken["outcome"] == "saved"
    assert (await put(agent, customer, "", since=taken["version"]))["version"] > taken["version"]
    # Whoever has not heard of the emptying loses nothing either, and nobody's text is taken for one of before.
    again = await put(agent, customer, "from my phone", since=phone["version"])
    assert again["outcome"] == "saved"
    assert again["version"] > taken["version"]


async def test_a_repetition_is_the_same_draft(agent: Person, customer: Person) -> None:
    draft = {"client_msg_id": str(uuid4())}
    first = await put(agent, customer, "Hello", **draft)
    again = await put(agent, customer, "Hello", **draft)
    assert (again["outcome"], again["draft"]["text"]) == ("saved", "Hello")
    assert (await put(agent, customer, "", since=again["version"]))["draft"] is None
    assert (await put(agent, customer, "", since=first["version"]))["outcome"] == "saved"


async def test_a_message_that_was_stored_is_a_draft_no_more(
    app: Fireside, agent: Person, customer: Person
) -> None:
    await customer.say("Hello?")
    message = str(uuid4())
    kept = await put(agent, customer, "Hello", client_msg_id=message)
    note = await put(agent, customer, "a note", lane="team")
    assert (
        await agent.say("Hello there", customer.conversation_id, client_msg_id=message)
    ).status_code == 201
    assert await texts(agent, customer) == {"team": "a note"}
    # What was on its way when the message was stored arrives after it; and the message is sent once more.
    late = await put(agent, customer, "Hello there", client_msg_id=message, since=kept["version"])
    assert (late["outcome"], late["draft"]) == ("sent", None)
    newer = await put(agent, customer, "And also")
    assert (
        await agent.say("Hello there", customer.conversation_id, client_msg_id=message)
    ).status_code == 200
    assert await texts(agent, customer) == {"team": "a note", "public": "And also"}
    assert (newer["outcome"], note["outcome"]) == ("saved", "saved")


async def test_a_row_whose_process_died_before_its_deletion_is_no_draft(
    app: Fireside, agent: Person, customer: Person
) -> None:
    await customer.say("Hello?")
    message = str(uuid4())
    await agent.say("Hello", customer.conversation_id, client_msg_id=message)
    await app.areas.spine.db.execute(
        "insert into drafts (user_id, conversation_id, lane, client_msg_id, text) values ($1, $2, 0, $3, 'Hel')",
        agent.id,
        customer.conversation_id,
        message,
    )
    assert (await texts(agent, customer), await marked(agent)) == ({}, set())
    assert (await put(agent, customer, "Next"))["outcome"] == "saved"
    assert await texts(agent, customer) == {"public": "Next"}


async def test_what_an_agent_may_not_see_takes_no_draft_and_shows_none(
    agent: Person, grace: Person, customer: Person
) -> None:
    await put(agent, customer, "Hello")
    inbox = (await (await agent.get(f"/chat/conversations/{customer.conversation_id}")).get_json())[
        "inbox_id"
    ]
    team = {"name": "Billing", "inbox_ids": [inbox], "member_ids": [grace.id]}
    assert (await grace.post("/chat/teams", team)).status_code == 201
    answer = await agent.client.put(
        path(customer), headers=agent.headers, json={"client_msg_id": str(uuid4()), "text": "Hi"}
    )
    assert answer.status_code == 404
    assert (await agent.get(path(customer))).status_code == 404
    assert await marked(agent) == set()


async def test_there_are_only_so_many(
    agent: Person, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 1)
    first = await put(agent, customer, "Hello")
    body = {"client_msg_id": str(uuid4()), "text": "a note", "lane": "team"}
    answer = await agent.client.put(path(customer), headers=agent.headers, json=body)
    assert (answer.status_code, (await answer.get_json())["code"]) == (422, "invalid")
    assert (await put(agent, customer, "Hello there", since=first["version"]))["outcome"] == "saved"


@pytest.mark.parametrize(
    "fields", [{"text": "x" * 16_001}, {"text": "a\0b"}, {"lane": "both"}, {"since": -1}, {"format": "html"}]
)
async def test_what_cannot_be_kept_is_refused(
    agent: Person, customer: Person, fields: dict[str, Any]
) -> None:
    body = {"client_msg_id": str(uuid4()), "text": "Hello", **fields}
    answer = await agent.client.put(path(customer), headers=agent.headers, json=body)
    assert answer.status_code in (413, 422)


async def test_drafts_go_with_the_conversation_and_with_the_customer(
    app: Fireside, agent: Person, customer: Person
) -> None:
    await customer.say("Hello?")
    await put(agent, customer, "Hello Maria")
    await erase_customer(app.areas.spine.db, customer.id)
    assert await count(app) == 0
    await put(agent, customer, "Hello again", lane="team")
    await app.areas.spine.db.execute(
        "delete from entries where conversation_id = $1", customer.conversation_id
    )
    await app.areas.spine.db.execute("delete from conversations where id = $1", customer.conversation_id)
    assert await count(app) == 0
