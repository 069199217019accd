from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from app.factory import create_app
from app.people.provisioning.service import create_inbox
from app.settings import Settings
from app.settings.limits import Limits, WidgetLimits
from tests.rest_people import Person, come_in_to


async def page(person: Person, conversation_id: str, query: str = "") -> Any:
    response = await person.get(f"/chat/conversations/{conversation_id}/{query}")
    assert response.status_code == 200
    return await response.get_json()


async def test_a_message_is_stored_and_answered_with_its_place_in_the_log(customer: Person) -> None:
    client_msg_id = str(uuid4())
    response = await customer.say("hello", client_msg_id=client_msg_id)
    body = await response.get_json()
    assert response.status_code == 201
    assert body["conversation_id"] == customer.conversation_id
    assert body["client_msg_id"] == client_msg_id
    assert (body["seq"], body["duplicate"]) == (1, False)
    (entry,) = (await page(customer, customer.conversation_id, "messages"))["items"]
    assert entry["type"] == "message_received"
    assert entry["content"] == {"type": "text", "text": "hello"}
    assert entry["sender"]["id"] == customer.id
    for field in ("message_id", "created_at", "seq", "client_msg_id", "conversation_id"):
        assert entry[field] == body[field]


async def test_a_repeated_message_is_stored_once_however_often_it_comes(customer: Person) -> None:
    client_msg_id = str(uuid4())
    responses = await asyncio.gather(*(customer.say("once", client_msg_id=client_msg_id) for _ in range(10)))
    assert sorted(response.status_code for response in responses) == [200] * 9 + [201]
    bodies = [await response.get_json() for response in responses]
    assert len({(body["seq"], body["message_id"], body["created_at"]) for body in bodies}) == 1
    assert (await page(customer, customer.conversation_id, "messages"))["head"] == 1
    conflict = await customer.say("other", client_msg_id=client_msg_id)
    assert (conflict.status_code, (await conflict.get_json())["code"]) == (409, "idempotency_conflict")


async def test_history_pages_backwards(customer: Person) -> None:
    for number in range(1, 8):
        await customer.say(f"{number}")
    newest = await page(customer, customer.conversation_id, "messages?limit=3")
    assert ([entry["seq"] for entry in newest["items"]], newest["head"]) == ([5, 6, 7], 7)
    older = await page(customer, customer.conversation_id, "messages?limit=3&before=5")
    assert [entry["seq"] for entry in older["items"]] == [2, 3, 4]
    oldest = await page(customer, customer.conversation_id, "messages?before=1")
    assert (oldest["items"], oldest["head"]) == ([], 7)


async def test_notes_of_the_team_are_not_for_customers(agent: Person, customer: Person) -> None:
    assert (await agent.say("a note", customer.conversation_id, lane="team")).status_code == 201
    assert (await page(customer, customer.conversation_id, "messages"))["head"] == 0
    assert (await page(agent, customer.conversation_id, "messages?lane=team"))["head"] == 1
    for query in ("messages?lane=team", "events?lane=team&wait=0"):
        response = await customer.get(f"/chat/conversations/{customer.conversation_id}/{query}")
        assert response.status_code == 404
    assert (await customer.say("a note", lane="team")).status_code == 404
    assert (await page(agent, customer.conversation_id, "messages?lane=team"))["head"] == 1


async def test_the_long_poll_answers_at_once_when_there_is_something(customer: Person) -> None:
    await customer.say("hello")
    body = await page(customer, customer.conversation_id, "events?since=0&wait=55")
    assert ([entry["seq"] for entry in body["items"]], body["head"]) == ([1], 1)


async def test_the_long_poll_waits_for_the_next_entry(agent: Person, customer: Person) -> None:
    await customer.say("hello")
    waiting = asyncio.create_task(page(customer, customer.conversation_id, "events?since=1&wait=55"))
    await asyncio.sleep(0)
    assert (await agent.say("hi", customer.conversation_id)).status_code == 201
    body = await waiting
    assert body["items"][0]["content"] == {"type": "text", "text": "hi"}


async def test_the_long_poll_ends_when_its_time_is_over(customer: Person) -> None:
    found = await page(customer, customer.conversation_id, "events?wait=0.05")
    assert (found["items"], found["head"]) == ([], 0)


async def test_a_client_of_the_long_poll_ahead_of_the_log_learns_the_head(customer: Person) -> None:
    found = await page(customer, customer.conversation_id, "events?since=9&wait=0")
    assert (found["items"], found["head"]) == ([], 0)


TEXTS = {
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈",
    "right-to-left": "שלום \u202eabc\u202c مرحبا",
    "markup": "<script>alert(1)</script> javascript:alert(1)",
    "quotes": "'; drop table entries; --",
    "longest": "\U0001f525" * 16_000,
    "lines": "a\r\n\tb\u2028c",
}


async def test_any_text_comes_back_as_it_was(customer: Person, subtests: pytest.Subtests) -> None:
    for name, text in TEXTS.items():
        with subtests.test(name):
            assert (await customer.say(text)).status_code == 201
            *_, entry = (await page(customer, customer.conversation_id, "messages"))["items"]
            assert entry["content"]["text"] == text


GOOD = {"client_msg_id": "0199f0a0-0000-7000-8000-000000000000", "content": {"type": "text", "text": "x"}}
BAD: dict[str, tuple[Any, int]] = {
    "no text": ({**GOOD, "content": {"type": "text"}}, 422),
    "empty text": ({**GOOD, "content": {"type": "text", "text": ""}}, 422),
    "blank text": ({**GOOD, "content": {"type": "text", "text": " \n\t "}}, 422),
    "NUL": ({**GOOD, "content": {"type": "text", "text": "a\0b"}}, 422),
    "too long": ({**GOOD, "content": {"type": "text", "text": "x" * 16_001}}, 422),
    "wrong type of text": ({**GOOD, "content": {"type": "text", "text": 7}}, 422),
    "unknown content": ({**GOOD, "content": {"type": "video", "text": "x"}}, 422),
    "no content": ({"client_msg_id": GOOD["client_msg_id"]}, 422),
    "id that is no UUID": ({**GOOD, "client_msg_id": "x"}, 422),
    "unknown lane": ({**GOOD, "lane": "secret"}, 422),
    "a list": ([], 422),
    "null": (None, 422),
    "too large": ({**GOOD, "padding": "x" * 300_000}, 413),
}


async def test_a_bad_message_is_refused_with_a_reason_and_not_stored(
    customer: Person, subtests: pytest.Subtests
) -> None:
    for name, (body, status) in BAD.items():
        with subtests.test(name):
            path = f"/chat/conversations/{customer.conversation_id}/messages"
            response = await customer.post(path, body)
            answer = await response.get_json()
            assert response.status_code == status
            assert answer["code"] == {422: "invalid", 413: "too_large"}[status]
            assert answer["message"]
            assert (await page(customer, customer.conversation_id, "messages"))["head"] == 0


async def test_a_backend_has_no_name_to_write_under(backend: Person, customer: Person) -> None:
    assert (await backend.say("x", customer.conversation_id)).status_code == 403


async def test_a_flood_is_told_when_to_go_on_whichever_way_it_takes(settings: Settings) -> None:
    app = create_app(msgspec.structs.replace(settings, limits=Limits(widget=WidgetLimits(sends=2))))
    async with app.test_app():
        inbox = await create_inbox(app.areas.spine.db, name="Shop")
        customer = await come_in_to(app.test_client(), inbox)
        statuses = [(await customer.say("hello")).status_code for _ in range(3)]
        assert statuses == [201, 201, 429]
        refused = await customer.say("hello")
        assert (await refused.get_json())["code"] == "rate_limited"
        assert int(refused.headers["Retry-After"]) >= 1
