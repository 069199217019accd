from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest_asyncio

from app.factory import Fireside
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.service import create_inbox
from tests.rest_people import Person


@pytest_asyncio.fixture
async def echo(app: Fireside, inbox: Inbox) -> Inbox:
    return await create_inbox(app.areas.spine.db, name=inbox.name, bot="echo")


async def ask(backend: Person, customer: Person, text: str = "hello", **fields: Any) -> tuple[int, Any]:
    body = {"conversation_id": customer.conversation_id, "message": text, **fields}
    response = await backend.post("/chat", body)
    return response.status_code, await response.get_json()


async def test_a_backend_speaks_for_a_customer_and_gets_the_bots_reply(
    echo: Inbox, backend: Person, customer: Person
) -> None:
    status, body = await ask(backend, customer)
    assert status == 200
    assert body["conversation_id"] == customer.conversation_id
    message, reply = body["message"], body["reply"]
    assert (message["type"], message["seq"], message["sender"]["id"]) == ("message_received", 1, customer.id)
    assert (reply["type"], reply["seq"], reply["sender"]["role"]) == ("message_received", 2, "bot")
    assert reply["content"]["text"] == "hello"
    response = await customer.get(f"/chat/conversations/{customer.conversation_id}/messages")
    assert (await response.get_json())["items"] == [message, reply]


async def test_the_session_token_serves_instead_of_the_conversation(
    echo: Inbox, backend: Person, customer: Person
) -> None:
    response = await backend.post("/chat", {"session_id": customer.token, "message": "hello"})
    assert (await response.get_json())["conversation_id"] == customer.conversation_id
    for body in (
        {"message": "x"},
        {"message": "x", "session_id": customer.token, "conversation_id": str(uuid4())},
    ):
        response = await backend.post("/chat", body)
        assert (response.status_code, (await response.get_json())["code"]) == (422, "invalid")


async def test_a_retry_gives_the_same_message_and_the_same_reply(
    echo: Inbox, backend: Person, customer: Person
) -> None:
    fields = {"client_msg_id": str(uuid4())}
    first, *others = await asyncio.gather(*(ask(backend, customer, **fields) for _ in range(5)))
    assert first[0] == 200
    assert first[1]["reply"]["content"]["text"] == "hello"
    assert all(other == first for other in others)
    assert await ask(backend, customer, **fields) == first
    status, body = await ask(backend, customer, "another", **fields)
    assert (status, body["code"]) == (409, "idempotency_conflict")


async def test_an_idempotency_key_makes_a_retry_safe_too(
    echo: Inbox, backend: Person, customer: Person
) -> None:
    body = {"conversation_id": customer.conversation_id, "message": "hello"}
    headers = {"Idempotency-Key": "order 7"}
    answers = [await (await backend.post("/chat", body, **headers)).get_json() for _ in range(2)]
    assert answers[0] == answers[1]
    response = await backend.post("/chat", body, **{"Idempotency-Key": "x" * 256})
    assert response.status_code == 422


async def test_if_no_bot_answers_the_reply_is_null(
    backend: Person, customer: Person, agent: Person, app: Fireside
) -> None:
    status, body = await ask(backend, customer)
    assert (status, body["reply"]) == (200, None)
    await create_inbox(app.areas.spine.db, name="Shop", bot="echo")
    assert (await agent.say("I am here", customer.conversation_id)).status_code == 201
    status, body = await ask(backend, customer)
    assert (status, body["reply"]) == (200, None)


async def test_a_streamed_reply_ends_with_the_message_in_the_log(
    echo: Inbox, backend: Person, customer: Person
) -> None:
    response = await backend.post(
        "/chat", {"conversation_id": customer.conversation_id, "message": "hello", "stream": True}
    )
    assert response.status_code == 200
    assert response.mimetype == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    events = [block.split("\n") for block in (await response.get_data(as_text=True)).strip().split("\n\n")]
    names = [event[0].removeprefix("event: ") for event in events]
    data = [json.loads(event[1].removeprefix("data: ")) for event in events]
    assert names[0] == "message"
    assert set(names[1:-2]) <= {"reply_growing"}
    assert names[-2:] == ["reply", "end"]
    assert data[0]["seq"] == 1
    assert (data[-2]["seq"], data[-2]["content"]["text"]) == (2, "hello")


async def test_only_a_backend_may_speak_for_others(customer: Person, agent: Person, backend: Person) -> None:
    for person, status in ((customer, 403), (agent, 403), (Person(backend.client, "fsk_guess"), 401)):
        assert (await ask(person, customer))[0] == status
    assert (await ask(backend, Person(backend.client, "", 0, str(uuid4()))))[0] == 404
    response = await backend.post("/chat", {"session_id": "fss_guess", "message": "x"})
    assert response.status_code == 401
