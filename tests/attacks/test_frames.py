"""Frames that break RFC 6455, or that are made to cost: each is refused at once and leaves nothing behind."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import pytest

from tests.attacks.process import bounded_memory
from tests.attacks.raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    DEFLATE,
    PATIENCE_SECONDS,
    PING,
    PONG,
    Peers,
    event,
    frame,
)
from tests.server.installation import Installation, Person
from tests.server.processes import Server

PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1002, 1007, 1009
ROUNDS = 4
KIB_64 = 65_536


def endless(first: bytes, then: bytes) -> Iterator[bytes]:
    """A message that never ends, a few kilobytes at a time; far more than anyone would keep."""
    yield first
    many = then * max(1, 8192 // len(then))
    yield from itertools.repeat(many, 4000)


BREACHES: dict[str, tuple[int, Callable[[], Iterable[bytes]]]] = {
    "a frame that claims 8 EiB": (TOO_BIG, lambda: endless(frame(length=2**63 - 1), b"x")),
    "a frame that claims 16 EiB": (TOO_BIG, lambda: [frame(length=2**64 - 1)]),
    "a frame that is a byte too large": (TOO_BIG, lambda: [frame(b"x" * (KIB_64 + 1))]),
    "a binary frame that is too large": (TOO_BIG, lambda: endless(frame(b"x", BINARY, length=2**31), b"x")),
    "fragments of one byte without end": (
        TOO_BIG,
        lambda: endless(frame(b"[", fin=False), frame(b"1", CONTINUATION, fin=False)),
    ),
    "empty fragments without end": (
        TOO_BIG,
        lambda: endless(frame(fin=False), frame(b"", CONTINUATION, fin=False)),
    ),
    "large fragments without end": (
        TOO_BIG,
        lambda: endless(frame(fin=False), frame(b"x" * 60_000, CONTINUATION, fin=False)),
    ),
    "fragments and pings without end": (
        TOO_BIG,
        lambda: endless(frame(fin=False), frame(b"x", CONTINUATION, fin=False) + frame(b"!", PING)),
    ),
    "a continuation of nothing": (PROTOCOL_ERROR, lambda: [frame(b"{}", CONTINUATION)]),
    "a message within a message": (PROTOCOL_ERROR, lambda: [frame(b"{", fin=False), frame(b"{}")]),
    "reserved bit 1, as if compressed": (PROTOCOL_ERROR, lambda: [frame(b"{}", reserved=4)]),
    "reserved bit 2": (PROTOCOL_ERROR, lambda: [frame(b"{}", reserved=2)]),
    "reserved bit 3": (PROTOCOL_ERROR, lambda: [frame(b"{}", reserved=1)]),
    "a data frame of a reserved kind": (PROTOCOL_ERROR, lambda: [frame(b"{}", 3)]),
    "a control frame of a reserved kind": (PROTOCOL_ERROR, lambda: [frame(b"", 11)]),
    "no mask": (PROTOCOL_ERROR, lambda: [frame(b"{}", masked=False)]),
    "a ping in parts": (PROTOCOL_ERROR, lambda: [frame(b"", PING, fin=False)]),
    "a ping of 126 bytes": (PROTOCOL_ERROR, lambda: [frame(b"x" * 126, PING)]),
    "a pong that claims 64 KiB": (PROTOCOL_ERROR, lambda: endless(frame(b"", PONG, length=KIB_64 - 1), b"x")),
    "a close of one byte": (PROTOCOL_ERROR, lambda: [frame(b"\x03", CLOSE)]),
    "a close code that is never sent": (PROTOCOL_ERROR, lambda: [frame((1006).to_bytes(2, "big"), CLOSE)]),
    "a close code that does not exist": (PROTOCOL_ERROR, lambda: [frame((999).to_bytes(2, "big"), CLOSE)]),
    "a close with a reason that is not UTF-8": (BAD_DATA, lambda: [frame(b"\x03\xe8\xff", CLOSE)]),
    "text that is not UTF-8": (BAD_DATA, lambda: [frame(b'{"type":"\xff"}')]),
    "a surrogate, encoded": (BAD_DATA, lambda: [frame(b'"\xed\xa0\x80"')]),
    "a character of five bytes": (BAD_DATA, lambda: [frame(b'"\xf8\x88\x80\x80\x80"')]),
    "an overlong slash": (BAD_DATA, lambda: [frame(b'"\xc0\xaf"')]),
    "half a character at the end of the fragments": (
        BAD_DATA,
        lambda: [frame(b'"\xf0\x9f', fin=False), frame(b"\x94", CONTINUATION)],
    ),
    "nonsense instead of frames": (PROTOCOL_ERROR, lambda: [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 100]),
}


@pytest.mark.parametrize("who", ["a customer", "a stranger"])
@pytest.mark.parametrize("name", BREACHES)
async def test_a_breach_of_the_protocol_is_the_end_and_costs_no_memory(
    server: Server, peers: Peers, customer: Person, name: str, who: str
) -> None:
    code, attack = BREACHES[name]

    async def once() -> None:
        peer = await peers.open(token=customer.token if who == "a customer" else None)
        pouring = asyncio.create_task(peer.pour(attack()))
        assert await peer.closed() == code
        await pouring

    await once()
    with bounded_memory(server):
        for _ in range(ROUNDS):
            await once()


async def test_a_character_in_two_fragments_is_whole_again(peers: Peers, customer: Person) -> None:
    peer = await peers.open(token=customer.token)
    text = json.dumps({"type": "ping", "t": "🔥"}, ensure_ascii=False).encode()
    half = text.index("🔥".encode()) + 2
    peer.write(frame(text[:half], fin=False) + frame(b"between", PING) + frame(text[half:], CONTINUATION))
    assert (await peer.hear())["t"] == "🔥"


async def test_compression_is_never_agreed_on(peers: Peers, customer: Person) -> None:
    for offer in (DEFLATE, "permessage-deflate", "permessage-deflate; server_max_window_bits=8", "x-webkit"):
        peer = await peers.open(token=customer.token, Sec_WebSocket_Extensions=offer)
        assert b"extensions" not in peer.head.lower()


async def test_after_its_close_frame_a_peer_is_not_listened_to(
    peers: Peers, installation: Installation, customer: Person
) -> None:
    peer = await peers.open(token=customer.token)
    said = event(
        "send_message",
        id=1,
        conversation_id=customer.conversation_id,
        client_msg_id=customer.conversation_id,
        content={"type": "text", "text": "too late"},
    )
    peer.write(frame((1000).to_bytes(2, "big"), CLOSE) + said * 50)
    assert await peer.closed() == 1000
    assert await installation.sql("select count(*) from entries") == 0


COSTLY: dict[str, bytes] = {
    "lists in lists": b"[" * 60_000,
    "lists that end": b'{"type":"ping","t":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    # Reading stops at Python's limit of recursion; writing the same again would stop a little before it.
    "what can just be read, to be repeated": b'{"type":"ping","t":' + b"[" * 950 + b"]" * 950 + b"}",
    "objects in objects": b'{"a":' * 10_000,
    "five thousand keys": json.dumps({"type": "x", "id": 1} | dict.fromkeys(range(5000), 0)).encode(),
    "a key again and again": b'{"type":"x","id":1' + b',"type":"x"' * 5_000 + b"}",
    "a number of sixty thousand digits": b'{"type":"ping","t":' + b"9" * 60_000 + b"}",
    "a fraction of sixty thousand digits": b'{"type":"sync","id":1.' + b"3" * 60_000 + b"}",
    "a number beyond all others": b'{"type":"ping","t":1e999999999}',
    "what is not a number": b'{"type":"ping","t":NaN}',
    "escapes": b'{"type":"' + b"\\u0000" * 10_000 + b'"}',
    "half a surrogate pair": b'{"type":"ping","t":"\\ud83d"}',
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
async def test_json_made_to_cost_is_one_error_and_costs_no_memory(
    server: Server, peers: Peers, customer: Person, name: str
) -> None:
    async def once() -> None:
        peer = await peers.open(token=customer.token)
        peer.write(frame(COSTLY[name]))
        assert (await peer.hear())["code"] in {"bad_frame", "invalid", "unknown_type"}
        peer.write(event("ping", t=1))
        assert (await peer.hear())["t"] == 1

    await once()
    with bounded_memory(server):
        for _ in range(ROUNDS):
            await once()


async def test_pings_without_end_are_answered_only_as_far_as_they_are_read(
    server: Server, peers: Peers, customer: Person
) -> None:
    peer = await peers.open(token=customer.token, receive_buffer=4096)
    peer.turn_deaf()
    with bounded_memory(server):
        await peer.pour(itertools.repeat(frame(b"x" * 125, PING) * 64, 1000))


async def test_a_client_let_go_amid_a_flood_hears_why_and_sees_an_orderly_end(
    peers: Peers, customer: Person
) -> None:
    """TCP resets a connection that is closed with something unread, and takes the close frame away."""
    peer = await peers.open(token=customer.token)
    peer.write(frame(b"no JSON") * 20_000)
    with suppress(EOFError):
        while True:
            await peer.hear()
    assert peer.close_code == 4400
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await peer.reader.read() == b""
