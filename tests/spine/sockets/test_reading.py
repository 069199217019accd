"""The readers of frames under noise: whatever comes is a request, or one of our errors that can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import inspect

from app import protocol
from app.errors import BadFrame, FiresideError, Invalid, UnknownType
from app.protocol import FRAME_BYTES, AdminRequest, ErrorEvent, Request, Surface
from app.spine.sockets.reading import READERS, id_of

SURFACES = st.sampled_from(["widget", "admin"])
KINDS: tuple[type[Request], ...] = get_args(AdminRequest)
FIELDS = sorted({name for kind in KINDS for name in kind.__struct_fields__})
UUIDS = st.uuids().map(str)
SEQS = st.integers(0, 2**53 - 1)
IDS = st.integers(-(2**63), 2**64 - 1) | st.text(max_size=20)
SAID = st.text(max_size=50).map(lambda text: "Said: " + text.replace("\0", ""))
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "conversation_id": UUIDS,
    "client_msg_id": UUIDS,
    "content": st.fixed_dictionaries({"type": st.just("text"), "text": SAID}),
    "lane": st.sampled_from(["public", "team"]),
    "since": SEQS,
    "team_since": SEQS,
    "epoch": st.integers(0, 2**32 - 1).map("{:08x}".format),
    "message_id": UUIDS,
    "team_message_id": UUIDS,
    "reply_to": SEQS,
    "mode": st.sampled_from([None, "viewing", "replying", "noting"]),
    "seen_seq": SEQS,
    "team_seen_seq": SEQS,
    "seq": SEQS,
    "target_seq": SEQS,
    "emoji": st.sampled_from(["👍", "❤️", "🇩🇪", "👩🏽‍💻"]),
    "on": st.booleans(),
    "t": st.integers(0, 2**40) | st.text(max_size=20),
    "token": st.text(max_size=100),
    "v": st.integers(0, 3),
    "version": SEQS,
    "client": st.just({"name": "tests"}),
    "resume": st.dictionaries(UUIDS, st.fixed_dictionaries({"since": SEQS}), max_size=3),
    "status": st.sampled_from(["automatic", "online", "away", "busy", "invisible", "offline"]),
    "until": st.none() | st.just("2030-01-01T12:00:00Z"),
    "ago_ms": st.integers(0, 24 * 60 * 60 * 1000),
    "text": st.sampled_from(["", "On the phone", "в пути 🚲"]),
    "shown": st.none() | st.lists(st.sampled_from(["mine", "inbox-1", "7"]), max_size=3),
    "filters": st.just({"inbox_id": 1, "view": None}),
}
GOOD_OF: dict[tuple[type[Request], str], st.SearchStrategy[Any]] = {
    (protocol.FollowInbox, "since"): st.none() | st.text(max_size=50),
    (protocol.SetPresence, "emoji"): st.sampled_from([None, "", "🌴"]),
}
"""Fields that mean something else in one request."""
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def read(surface: Surface, raw: str | bytes) -> Request | FiresideError:
    try:
        request = READERS[surface].read(raw)
    except (BadFrame, UnknownType, Invalid) as error:
        return error
    assert isinstance(request, KINDS)
    return request


@st.composite
def good(draw: st.DrawFn) -> tuple[type[Request], dict[str, Any]]:
    kind = draw(st.sampled_from(KINDS))
    fields = kind.__struct_fields__
    return kind, {name: draw(GOOD_OF.get((kind, name), GOOD[name])) for name in fields}


@st.composite
def nearly_good(draw: st.DrawFn) -> str:
    """A request in which a few things are not as they should be: fields, and then characters."""
    kind, fields = draw(good())
    fields["type"] = kind.__struct_config__.tag
    for name in draw(st.lists(st.sampled_from([*FIELDS, "type"]), max_size=2)):
        if draw(st.booleans()):
            fields[name] = draw(ANYTHING)
        else:
            fields.pop(name, None)
    raw = json.dumps(fields, ensure_ascii=draw(st.booleans()))
    for at in draw(st.lists(st.integers(0, len(raw)), max_size=2)):
        raw = raw[:at] + draw(st.text(max_size=3)) + raw[at + draw(st.integers(0, 3)) :]
    return raw


def check(surface: Surface, raw: str | bytes) -> None:
    result = read(surface, raw)
    request_id = id_of(raw)
    if isinstance(result, Request):
        assert getattr(result, "id", request_id) == request_id
        return
    # It can be told, in a frame that is not larger than it needs be.
    told = protocol.encode(
        ErrorEvent(re=request_id or 0, code=result.code, message=result.message, retryable=False)
    )
    assert len(told) < 1500


NOT_KEPT = {"id", "t", "v"}
"""Fields that are given back as they came, or compared."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_that_is_kept_has_bounds(kind: type[Request]) -> None:
    """Beyond those of its column a number is an error of the database's driver, and not of the client."""
    for name, whole in whole_numbers(kind):
        if name not in NOT_KEPT:
            assert whole.ge is not None, name
            assert whole.le is not None, name
            assert whole.ge >= 0, name
            assert whole.le < 2**53, name


def whole_numbers(kind: type[Request]) -> Iterator[tuple[str, inspect.IntType]]:
    """Walk the fields of a request, and of what is in them."""

    def walk(name: str, found: inspect.Type) -> Iterator[tuple[str, inspect.IntType]]:
        if isinstance(found, inspect.IntType):
            yield name, found
        elif isinstance(found, inspect.UnionType):
            for each in found.types:
                yield from walk(name, each)
        elif isinstance(found, inspect.StructType):
            for field in found.fields:
                yield from walk(field.name, field.type)
        elif isinstance(found, inspect.DictType):
            yield from walk(name, found.value_type)
        elif isinstance(found, inspect.ListType | inspect.VarTupleType):
            yield from walk(name, found.item_type)

    return walk("", inspect.type_info(kind))


@given(SURFACES, nearly_good() | st.text() | ANYTHING.map(json.dumps))
def test_every_frame_is_a_request_or_an_error_that_can_be_told(surface: Surface, raw: str) -> None:
    check(surface, raw)


@given(SURFACES, st.binary(max_size=100))
@example("widget", b'{"type": "ping", "id": 1}')
def test_a_binary_frame_is_malformed_whatever_is_in_it(surface: Surface, raw: bytes) -> None:
    assert isinstance(read(surface, raw), BadFrame)
    assert id_of(raw) is None


@given(good())
def test_a_good_request_is_read_as_it_was_meant_on_the_surfaces_that_have_it(
    sent: tuple[type[Request], dict[str, Any]],
) -> None:
    kind, fields = sent
    tag = kind.__struct_config__.tag
    raw = json.dumps({**fields, "type": tag, "from_the_future": [1]})
    for surface in ("widget", "admin"):
        result = read(surface, raw)
        if tag not in protocol.REQUEST_TYPES[surface]:
            assert isinstance(result, UnknownType)
            continue
        assert type(result) is kind
        assert msgspec.to_builtins(result) | {"type": tag} == fields | {"type": tag}


DEEP = "[" * 2000 + "]" * 2000
NAMED = {
    "a type that is none": '{"type":5,"id":"q"}',
    "a type that is null": '{"type":null,"id":"q"}',
    "a type that is nested too deep": f'{{"type":{DEEP},"id":"q"}}',
    "half a pair in the type": '{"type":"\\ud83d","id":"q"}',
    "no type": '{"id":"q"}',
    "a field that is nested too deep": f'{{"type":"sync","since":{DEEP},"id":"q"}}',
    "brackets in a string beside it": f'{{"note":"]}}\\"{{","type":"sync","since":{DEEP},"id":"q"}}',
    "half a pair in a text": '{"type":"send_message","content":{"text":"\\ud83d"},"id":"q"}',
    "a number that is none": '{"type":"sync","since":NaN,"id":"q"}',
}


@pytest.mark.parametrize("surface", ["widget", "admin"])
@pytest.mark.parametrize("name", NAMED)
def test_whatever_is_wrong_with_a_frame_the_error_finds_its_request(surface: Surface, name: str) -> None:
    assert isinstance(read(surface, NAMED[name]), FiresideError)
    assert id_of(NAMED[name]) == "q"


LARGEST = FRAME_BYTES
WORST = {
    "lists in lists": "[" * LARGEST,
    "objects in objects": '{"a":' * (LARGEST // 5),
    "lists in a field": '{"type":"authenticate","client":' + "[" * LARGEST,
    "a number without end": '{"type":"ping","t":' + "9" * LARGEST + "}",
    "an id without end": '{"type":"sync","id":' + "9" * LARGEST + "}",
    "an exponent": '{"type":"ping","t":1e' + "9" * LARGEST + "}",
    "a fraction": '{"type":"ping","t":0.' + "1" * LARGEST + "}",
    "a type without end": '{"type":"' + "x" * LARGEST + '"}',
    "a type of escapes": '{"type":"' + "\\u0000" * (LARGEST // 6) + '"}',
    "half a pair": '{"type":"ping","t":"\\ud800"}',
    "half a pair in the type": '{"type":"\\ud800"}',
    "fields without number": "{" + '"a":1,' * (LARGEST // 6) + '"type":"ping"}',
    "places without number": json.dumps({"type": "authenticate", "id": 1, "token": "", "v": 1}).removesuffix(
        "}"
    )
    + ',"resume":{'
    + ",".join(f'"{number:032x}":{{"since":0}}' for number in range(1100))
    + "}}",
    "spaces": " " * LARGEST,
    "an open string": '"' * LARGEST,
    "nothing": "",
    "NUL": "\0",
    "a byte order mark": '\ufeff{"type":"ping"}',
}


@pytest.mark.parametrize("surface", ["widget", "admin"])
@pytest.mark.parametrize("name", WORST)
def test_the_worst_that_fits_into_a_frame_is_told_too(surface: Surface, name: str) -> None:
    check(surface, WORST[name])
