"""The reader of frames against another implementation of RFC 6455: the framing of `websockets`."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

from app.spine.frame import Frame as OwnFrame
from app.spine.server.frame_reader import BAD_DATA, PROTOCOL_ERROR, TOO_BIG, FrameError, FrameReader

LIMIT = 1000
Message = tuple[int, bytes]

payloads = st.one_of(st.binary(max_size=130), st.integers(0, LIMIT).map(lambda size: b"x" * size))
codes = st.sampled_from([1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999])
closes = st.builds(lambda code, reason: Close(code, reason).serialize(), codes, st.text(max_size=30))
controls = st.one_of(
    st.tuples(st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=125)),
    st.tuples(st.just(Opcode.CLOSE), st.just(b"") | closes),
)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[bytes, list[Message]]:
    """Return bytes of a client that keeps to the rules, and what they mean."""
    wire, meaning = b"", []

    def add(opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        nonlocal wire
        wire += Frame(opcode, data, fin).serialize(mask=True)

    def interject() -> None:
        for opcode, data in draw(st.lists(controls, max_size=2)):
            add(opcode, data)
            meaning.append((int(opcode), data))

    for _ in range(draw(st.integers(0, 5))):
        interject()
        opcode, data = draw(st.sampled_from([Opcode.TEXT, Opcode.BINARY])), draw(payloads)
        cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=3)))
        parts = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        for number, part in enumerate(parts):
            add(opcode if number == 0 else Opcode.CONT, part, fin=number == len(parts) - 1)
            if number < len(parts) - 1:
                interject()
        meaning.append((int(opcode), data))
    return wire, meaning


def read(wire: bytes, cuts: list[int]) -> list[Message]:
    """Feed the bytes as they might arrive."""
    reader, heard = FrameReader(LIMIT), []
    edges = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        heard += [(int(opcode), payload) for opcode, payload in reader.feed(wire[start:end])]
    return heard


@given(conversations(), st.lists(st.integers(0), max_size=20))
def test_another_implementation_is_understood_however_its_bytes_arrive(
    conversation: tuple[bytes, list[Message]], cuts: list[int]
) -> None:
    wire, meaning = conversation
    assert read(wire, cuts) == meaning


def whole(parser: Generator[None, None, Frame]) -> Frame:
    """Run a parser that has all it needs."""
    with pytest.raises(StopIteration) as done:
        next(parser)
    frame: Frame = done.value.value
    return frame


def judge(parse: Callable[[], Message]) -> Message | int:
    """Return what a frame means, or the close code for what is wrong with it."""
    try:
        return parse()
    except FrameError as error:
        return error.code
    except ProtocolError:
        return PROTOCOL_ERROR
    except PayloadTooBig:
        return TOO_BIG
    except UnicodeDecodeError:
        return BAD_DATA


@given(
    first=st.sampled_from([0x81, 0x82, 0x88, 0x89, 0x8A]) | st.integers(0, 255),
    data=st.binary(max_size=3) | payloads | st.binary(min_size=LIMIT + 1, max_size=LIMIT + 5) | closes,
    mask=st.booleans(),
)
def test_any_frame_is_judged_as_another_implementation_does(first: int, data: bytes, *, mask: bool) -> None:
    if first & 0x8F in range(16) or first & 0x0F == Opcode.CONT:
        first |= 0x81  # The parts of a message have their own test.
    wire = bytearray(Frame(Opcode.BINARY, data).serialize(mask=mask))
    wire[0] = first

    def theirs() -> Message:
        stream = StreamReader()
        stream.feed_data(bytes(wire))
        frame = whole(Frame.parse(stream.read_exact, mask=True, max_size=LIMIT))
        frame.check()
        if frame.opcode is Opcode.CLOSE:
            Close.parse(frame.data)
        return int(frame.opcode), bytes(frame.data)

    def ours() -> Message:
        (message,) = read(bytes(wire), [])
        return message

    verdict, other = judge(ours), judge(theirs)
    # With two faults it is a matter of taste which one is told.
    both_wrong = isinstance(verdict, int) and isinstance(other, int)
    assert verdict == other or (both_wrong and (len(data) > LIMIT or first & 0x0F == Opcode.CLOSE))


def test_every_close_code_is_judged_as_another_implementation_does() -> None:
    def ours(payload: bytes) -> Message:
        (message,) = read(Frame(Opcode.CLOSE, payload).serialize(mask=True), [])
        return message

    def theirs(payload: bytes) -> Message:
        Close.parse(payload)
        return int(Opcode.CLOSE), payload

    for code in range(2**16):
        payload = code.to_bytes(2, "big")
        assert judge(partial(ours, payload)) == judge(partial(theirs, payload)), code


@given(st.binary(max_size=200))
def test_no_noise_makes_it_fail_in_another_way(wire: bytes) -> None:
    with suppress(FrameError):
        read(wire, [])


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_another_implementation_understands_our_frames(size: int) -> None:
    stream = StreamReader()
    stream.feed_data(OwnFrame(b"x" * size).wire)
    parser = Frame.parse(stream.read_exact, mask=False)
    frame = whole(parser)
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.TEXT, True, b"x" * size)


@pytest.mark.parametrize("length", [LIMIT + 1, 65_536, 2**32, 2**63 - 1])
def test_a_frame_that_is_too_large_is_refused_by_its_header(length: int) -> None:
    size = (
        bytes([0x80 | 126]) + length.to_bytes(2, "big")
        if length < 65_536
        else (bytes([0x80 | 127]) + length.to_bytes(8, "big"))
    )
    with pytest.raises(FrameError) as error:
        read(b"\x81" + size, [])
    assert error.value.code == TOO_BIG
