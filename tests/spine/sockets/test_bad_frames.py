"""Frames that are wrong, after authentication: each has its error, and only nonsense that is repeated is an end."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from app.protocol import REQUEST_TYPES
from tests.client import message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person

HERE = "the conversation"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "nonsense",
        "[1]",
        '"text"',
        "{}",
        '{"type": ["ping"]}',
        '{"type": "leave_conversation"}',
        '{"type": "sync", "id": 1.5}',
        '{"type": "sync", "id": {}}',
        '{"type": "sync", "id": "' + "x" * 129 + '"}',
        "[" * 60_000,
        '{"a":' * 10_000,
        b"",
        b'{"type":"ping"}',
        '{"type": "ping", "t": "\\ud800"}',
        '{"type": "ping"} {}',
    ],
)
async def test_a_malformed_frame_is_an_error_without_re(
    connect: Connect, customer: Person, frame: str | bytes
) -> None:
    client = await connect(customer)
    await client.wire.send(frame)
    error = await client.expect("error")
    assert error["code"] == "bad_frame"
    assert "re" not in error
    assert error["retryable"] is False
    await client.join(customer.conversation_id)


@pytest.mark.parametrize(
    "type", ["", '"type": 5,', '"type": ["ping"],', '"type": ' + "[" * 2000 + "]" * 2000 + ","]
)
async def test_a_frame_without_a_type_is_answered_by_its_id(
    connect: Connect, customer: Person, type: str
) -> None:
    client = await connect(customer)
    await client.wire.send(f'{{{type} "id": "q"}}')
    error = await client.expect("error")
    assert (error["code"], error["re"]) == ("bad_frame", "q")


async def test_malformed_frames_that_go_on_are_an_end(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    for _ in range(10):
        await client.wire.send("nonsense")
    assert await client.closed() == 4400
    assert len(client.heard("error", code="bad_frame")) == 5


async def test_an_unknown_type_is_never_an_end(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    for _ in range(20):
        assert await client.refusal("from_the_future", anything=1) == "unknown_type"
    await client.join(customer.conversation_id)


async def test_requests_of_agents_do_not_exist_for_customers(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    for event in sorted(REQUEST_TYPES["admin"] - REQUEST_TYPES["widget"]):
        assert await client.refusal(event, status="away", token="x", filters={}) == "unknown_type"


@pytest.mark.parametrize(
    ("type", "fields"),
    [
        ("join_conversation", {}),
        ("join_conversation", {"conversation_id": "no uuid"}),
        ("join_conversation", {"conversation_id": 7}),
        ("join_conversation", {"conversation_id": HERE, "since": -1}),
        ("join_conversation", {"conversation_id": HERE, "since": 2**53}),
        ("join_conversation", {"conversation_id": HERE, "since": 10**40}),
        ("join_conversation", {"conversation_id": HERE, "team_since": 2**63}),
        ("join_conversation", {"conversation_id": HERE, "since": 1.5}),
        ("join_conversation", {"conversation_id": HERE, "since": "1"}),
        ("leave_conversation", {"conversation_id": None}),
        ("sync", {"conversation_id": HERE}),
        ("sync", {"conversation_id": HERE, "since": 0, "lane": "secret"}),
        ("send_message", message(HERE) | {"client_msg_id": "1"}),
        ("send_message", message(HERE) | {"content": "Hello"}),
        ("send_message", message(HERE) | {"content": {"type": "html", "text": "<b>"}}),
        ("send_message", message(HERE) | {"content": {"type": "deleted"}}),
        ("send_message", message(HERE) | {"content": {"type": "text"}}),
        ("send_message", message(HERE) | {"content": {"type": "text", "text": 7}}),
        ("send_message", message(HERE) | {"lane": "both"}),
        ("send_message", message(HERE, "")),
        ("send_message", message(HERE, " \n\t\u2003")),
        ("send_message", message(HERE, "a\0b")),
        ("edit_message", message(HERE, "")),
        ("edit_message", {**message(HERE, " "), "target_seq": 1}),
        ("react", {"conversation_id": HERE, "client_msg_id": str(uuid4()), "target_seq": 1, "emoji": ""}),
    ],
)
async def test_a_field_that_cannot_be_is_invalid(
    connect: Connect, installation: Installation, customer: Person, type: str, fields: dict[str, Any]
) -> None:
    client = await connect(customer)
    here = customer.conversation_id
    await client.join(here)
    fields = {name: here if value == HERE else value for name, value in fields.items()}
    assert await client.refusal(type, **fields) == "invalid"
    assert await installation.sql("select count(*) from entries where conversation_id = $1", here) == 0


async def test_signals_with_wrong_fields_are_errors_without_re(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    for signal in ("typing_start", "typing_stop", "mark_read", "mark_delivered"):
        await client.say(signal, conversation_id="no uuid", seq=1)
        error = await client.expect("error")
        assert error["code"] == "invalid"
        assert "re" not in error


async def test_a_text_of_16000_characters_fits_however_it_is_encoded(
    connect: Connect, customer: Person
) -> None:
    client = await connect(customer)
    here = customer.conversation_id
    await client.join(here)
    text = "🔥" * 15_900
    await client.wire.send(
        json.dumps({"type": "send_message", "id": "m", **message(here, text)}, ensure_ascii=False)
    )
    await client.answer("m")
    assert (await client.expect("message_received"))["content"]["text"] == text
    await client.send_message(here, "x" * 16_000)
    assert await client.refusal("send_message", **message(here, "x" * 16_001)) == "too_large"


async def test_a_frame_of_64_kib_is_read_and_a_larger_one_is_an_end(
    connect: Connect, customer: Person
) -> None:
    client = await connect(customer)
    frame = '{"type":"ping","t":"%s"}'
    await client.wire.send(frame % ("x" * (65_536 - len(frame) + 2)))
    await client.expect("pong")
    await client.wire.send(frame % ("x" * (65_536 - len(frame) + 3)))
    assert await client.closed() == 1009


@pytest.mark.parametrize("request_id", ["", "x" * 128, "ünï🔥", 0, -1, 2**62])
async def test_the_answer_bears_the_id_as_the_client_chose_it(
    connect: Connect, customer: Person, request_id: str | int
) -> None:
    client = await connect(customer)
    await client.say("leave_conversation", id=request_id, conversation_id=customer.conversation_id)
    assert (await client.answer(request_id)) == {"type": "ack", "re": request_id}
