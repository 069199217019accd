"""An event made ready for the wire: encoded once, framed once, whoever and however many receive it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.protocol import encode

TEXT = 0x81
"""First byte of an unfragmented text frame (RFC 6455, section 5.2)."""


class Frame:
    """The bytes of one event.

    A server's frame without compression is the same for every receiver, so one object serves a whole room.
    """

    __slots__ = ("payload", "wire")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        """The event as UTF-8 JSON."""
        self.wire = header(TEXT, len(payload)) + payload
        """The same as a WebSocket frame, for sockets that are written to directly."""

    @classmethod
    def of(cls, event: Any) -> Frame:
        return cls(encode(event))

    @property
    def payloads(self) -> Sequence[bytes]:
        return (self.payload,)


class Burst:
    """Frames that go out together: one write for each receiver, however many they are."""

    __slots__ = ("payloads", "wire")

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.payloads = [frame.payload for frame in frames]
        self.wire = b"".join(frame.wire for frame in frames)


def header(first_byte: int, length: int) -> bytes:
    """Return the header of an unmasked frame with `length` bytes of payload."""
    if length < 126:
        return bytes((first_byte, length))
    if length < 65536:
        return bytes((first_byte, 126)) + length.to_bytes(2, "big")
    return bytes((first_byte, 127)) + length.to_bytes(8, "big")
