from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bots.sse import EVENT_BYTES, Event, EventParser, EventTooLarge

STREAMS = [
    (b"data: a\n\n", [Event("", "a")]),
    (b"data:a\n\n", [Event("", "a")]),
    (b"data:  a\n\n", [Event("", " a")]),
    (b"data: a\r\n\r\n", [Event("", "a")]),
    (b"data: a\r\rdata: b\r\r", [Event("", "a"), Event("", "b")]),
    (b"data: a\r\n\r\ndata: b\n\r\n", [Event("", "a"), Event("", "b")]),
    (b"data: a\ndata: b\n\n", [Event("", "a\nb")]),
    (b"data: a\ndata\ndata: b\n\n", [Event("", "a\n\nb")]),
    (b"event: e\ndata: a\n\ndata: b\n\n", [Event("e", "a"), Event("", "b")]),
    (b": comment\n\ndata: a\n\n:\n\n", [Event("", "a")]),
    (b"retry: 3000\n\nid: 1\n\nevent: e\n\ndata:\n\ndata\n\n", []),
    (b"unknown: a\ndata: b\n\n", [Event("", "b")]),
    (b"plain text\n\n", []),
    (b"data: a", [Event("", "a")]),
    (b"data: a\n", [Event("", "a")]),
    (b'error: {"code": 1}\n\n', [Event("error", '{"code": 1}')]),
    ("data: 🚚\n\n".encode(), [Event("", "🚚")]),
    (b"data: \xff\n\n", [Event("", "\ufffd")]),
    (b"", []),
]


@pytest.mark.parametrize(("stream", "events"), STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_events_are_read_however_their_bytes_are_cut(stream: bytes, events: list[Event], size: int) -> None:
    assert read(stream, size) == events


parts = st.sampled_from(
    [b"data", b"event", b":", b" ", b"a", b"\n", b"\r", b"\r\n", b"\n\n", b"\xf0\x9f\x9a\x9a"]
)


@given(st.lists(parts).map(b"".join), st.integers(1, 4))
def test_any_stream_gives_the_same_events_in_any_pieces(stream: bytes, size: int) -> None:
    assert read(stream, size) == read(stream, len(stream) or 1)


@pytest.mark.parametrize("part", [b"x" * 1024, b"data: " + b"x" * 1024 + b"\n", b"data:\n" * 1024])
def test_an_event_without_end_is_given_up(part: bytes) -> None:
    with pytest.raises(EventTooLarge):
        read(part * (EVENT_BYTES // 1024 + 1), 4096)


def test_comments_may_go_on_for_ever() -> None:
    parser = EventParser()
    for _ in range(EVENT_BYTES // 1024 + 1):
        list(parser.feed(b":" + b"x" * 1024 + b"\n"))
    assert list(parser.feed(b"data: a\n\n")) == [Event("", "a")]


def read(stream: bytes, size: int) -> list[Event]:
    parser = EventParser()
    events = [
        event for start in range(0, len(stream), size) for event in parser.feed(stream[start : start + size])
    ]
    return [*events, *parser.close()]
