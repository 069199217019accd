"""Read a client's WebSocket frames (RFC 6455). No I/O, and no more memory than one message may have."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum


class Opcode(IntEnum):
    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


TEXT = Opcode.TEXT
OPCODES = {int(opcode): opcode for opcode in Opcode}
"""The opcodes by their numbers; to call the enumeration costs more than to unmask a message."""
WHOLE_TEXT = 0x81
"""First byte of a text that is not in fragments, as nearly all frames are."""
PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1002, 1007, 1009
SENDABLE_CODES = frozenset({*range(1000, 1004), *range(1007, 1015)})
"""Those below 3000 that a peer may send."""
FRAGMENTS = 1024
"""Fragments of one message; a client that sends more is not sending a message."""


class FrameError(Exception):
    """The peer has broken the WebSocket protocol; nothing that follows can be read."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class FrameReader:
    """Turns bytes as they arrive into messages and control frames."""

    __slots__ = ("_buffer", "_fragments", "_kind", "_limit", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._fragments: list[bytes] = []
        self._kind = Opcode.TEXT
        self._size = 0

    def feed(self, data: bytes) -> Iterator[tuple[Opcode, bytes]]:
        """Yield (TEXT | BINARY | PING | PONG | CLOSE, payload), whole messages only.

        Raises:
            FrameError: With the close code to answer with. Feed it no more.
        """
        buffer = self._buffer + data if self._buffer else data
        start = 0
        while (frame := self._parse(buffer, start)) is not None:
            first, payload, start = frame
            if first == WHOLE_TEXT and not self._fragments:
                yield TEXT, payload
                continue
            message = self._control(first, payload) if first & 0x08 else self._data(first, payload)
            if message is not None:
                yield message
        self._buffer = buffer[start:]

    def _parse(self, buffer: bytes, start: int) -> tuple[int, bytes, int] | None:
        """Return the first byte, the payload and the end of the frame at `start`, or None if it is not all there."""
        available = len(buffer) - start
        if available < 2:
            return None
        first, second = buffer[start], buffer[start + 1]
        if first & 0x70:
            raise FrameError(PROTOCOL_ERROR, "an extension that was not negotiated")
        if not second & 0x80:
            raise FrameError(PROTOCOL_ERROR, "a client's frames must be masked")
        length, head = second & 0x7F, 2
        if length == 126:
            head = 4
            length = int.from_bytes(buffer[start + 2 : start + 4], "big") if available >= 4 else 0
        elif length == 127:
            head = 10
            length = int.from_bytes(buffer[start + 2 : start + 10], "big") if available >= 10 else 0
        if length > self._limit:
            # Refused by its header, before a byte of it is kept.
            raise FrameError(TOO_BIG, "the frame is too large")
        end = start + head + 4 + length
        if len(buffer) < end or available < head:
            return None
        mask = buffer[start + head : start + head + 4]
        return first, unmask(buffer[start + head + 4 : end], mask), end

    def _control(self, first: int, payload: bytes) -> tuple[Opcode, bytes]:
        if not first & 0x80 or len(payload) > 125:
            raise FrameError(PROTOCOL_ERROR, "a control frame in parts, or too long")
        opcode = OPCODES.get(first & 0x0F)
        if opcode is None:
            raise FrameError(PROTOCOL_ERROR, "an unknown kind of frame")
        if opcode is Opcode.CLOSE:
            check_close(payload)
        return opcode, payload

    def _data(self, first: int, payload: bytes) -> tuple[Opcode, bytes] | None:
        opcode, final = first & 0x0F, first & 0x80
        if opcode == Opcode.CONTINUATION:
            if not self._fragments:
                raise FrameError(PROTOCOL_ERROR, "a continuation of nothing")
        elif opcode > Opcode.BINARY:
            raise FrameError(PROTOCOL_ERROR, "an unknown kind of frame")
        elif self._fragments:
            raise FrameError(PROTOCOL_ERROR, "a new message before the end of the last")
        else:
            self._kind = OPCODES[opcode]
            if final:
                return self._kind, payload
        self._size += len(payload)
        self._fragments.append(payload)
        if self._size > self._limit or len(self._fragments) > FRAGMENTS:
            raise FrameError(TOO_BIG, "the message is too large")
        if not final:
            return None
        message = b"".join(self._fragments)
        self._fragments.clear()
        self._size = 0
        return self._kind, message


def check_close(payload: bytes) -> None:
    """Check what a close frame says: nothing, or a code that may be sent and a reason (RFC 6455, section 7.4).

    Raises:
        FrameError: It is not to be repeated to the peer.
    """
    if not payload:
        return
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (3000 <= code <= 4999 or code in SENDABLE_CODES):
        raise FrameError(PROTOCOL_ERROR, "a close code that does not exist")
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise FrameError(BAD_DATA, "a reason that is not UTF-8") from None


def unmask(payload: bytes, mask: bytes) -> bytes:
    """Undo a client's masking, as one operation on large integers: no loop over bytes in Python."""
    length = len(payload)
    repeated = mask * (length // 4 + 1)
    return (int.from_bytes(payload, "little") ^ int.from_bytes(repeated[:length], "little")).to_bytes(
        length, "little"
    )
