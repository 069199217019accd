"""Every text that a client may send, with what no text may hold: refused before the journal, and nobody suffers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

import pytest
from msgspec import Struct

from app.protocol import AdminRequest, Request
from tests.client import Client, Refused
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person

POISON = {
    "NUL": "a\0b",
    "half a pair": "half \ud83d emoji",
    "the other half": "\udd25",
    "blank": "\u200b\u2060",
    "too long": "x" * 16_001,
}
CODES = {"invalid", "too_large", "auth_failed"}
FREE = {"id", "t", "client"}
"""Given back as they came, or not looked at."""
PLACES = {("follow_inbox", ("since",))}
"""A place that cannot be read is no fault: the list is to be read anew."""
GOOD: dict[str, Any] = {
    "since": 0,
    "seq": 1,
    "target_seq": 1,
    "status": "busy",
    "on": True,
    "emoji": "👍",
    "token": "x",
    "v": 1,
    "content": {"type": "text", "text": "Hello"},
}


def texts(kind: Any) -> Iterator[tuple[str, ...]]:
    """Yield the path to each text in a struct."""
    hints = get_type_hints(kind, include_extras=True)
    for name in kind.__struct_fields__:
        for hint in members(hints[name]):
            if hint is str:
                yield (name,)
            elif isinstance(hint, type) and issubclass(hint, Struct):
                yield from ((name, *path) for path in texts(hint))


def members(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in {Union, UnionType}:
        for member in get_args(hint):
            yield from members(member)
    elif get_origin(hint) is Annotated:
        yield from members(get_args(hint)[0])
    elif isinstance(hint, NewType):
        yield from members(hint.__supertype__)
    elif get_origin(hint) is not Literal:
        yield hint


KINDS: tuple[type[Request], ...] = get_args(AdminRequest)
TEXTS = [
    (kind.__struct_config__.tag, path)
    for kind in KINDS
    if kind.__struct_config__.tag != "authenticate"
    for path in texts(kind)
    if path[0] not in FREE and (kind.__struct_config__.tag, path) not in PLACES
]


def test_the_walk_finds_the_texts() -> None:
    assert set(TEXTS) >= {
        ("send_message", ("content", "text")),
        ("edit_message", ("content", "text")),
        ("react", ("emoji",)),
        ("set_presence", ("text",)),
        ("refresh_token", ("token",)),
    }


def poisoned(path: tuple[str, ...], poison: str, fields: dict[str, Any]) -> dict[str, Any]:
    name, *rest = path
    inner = poisoned(tuple(rest), poison, fields.get(name, {})) if rest else poison
    return {**fields, name: inner}


async def say(client: Client, request_id: str, **fields: Any) -> str:
    # As ASCII, for half a pair has no bytes of its own.
    await client.wire.send(json.dumps({"id": request_id, **fields}))
    try:
        await client.answer(request_id)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(("type", "path"), TEXTS, ids=lambda value: ".".join(value) if value else value)
async def test_a_text_that_cannot_be_is_refused_and_the_others_go_on(
    connect: Connect,
    installation: Installation,
    customer: Person,
    agent: Person,
    type: str,
    path: tuple[str, ...],
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await ours.send_message(here, "First")
    fields = {**GOOD, "type": type, "conversation_id": here, "client_msg_id": str(uuid4())}
    for number, poison in enumerate(POISON.values()):
        assert await say(ours, f"q{number}", **poisoned(path, poison, fields)) in CODES
        await theirs.send_message(here, "Undisturbed")
    rows = await installation.sql("select count(*) from entries where conversation_id = $1", here)
    assert rows == 1 + len(POISON)


async def test_more_undecodable_requests_than_bad_frames_are_allowed_each_get_their_answer(
    connect: Connect, customer: Person
) -> None:
    client = await connect(customer)
    here = customer.conversation_id
    fields = {**GOOD, "type": "send_message", "conversation_id": here, "client_msg_id": str(uuid4())}
    fields["content"] = {"type": "text", "text": "half \ud83d emoji"}
    for number in range(20):
        assert await say(client, f"q{number}", **fields) == "invalid"
    await client.send_message(here)
