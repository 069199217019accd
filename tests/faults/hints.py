"""Faults of Redis's delivery: published messages that are lost, doubled or overtaken on their way to a subscriber."""

from __future__ import annotations

import random
from typing import Literal, TypeAlias

from msgspec import Struct

Mishap: TypeAlias = Literal["lose", "double", "overtake"]
AGGREGATES = b"*>~%|"
BULKS = b"$=!"


class HintFaults(Struct):
    """The fate of hints now, for all connections that share it."""

    mishaps: tuple[Mishap, ...] = ()
    share: float = 1.0
    """The share of messages to which something happens."""
    happened: int = 0


class HintFilter:
    """Reads what Redis says to one subscriber (RESP 2 or 3), and lets mishaps happen to the hints in it.

    Heartbeats and notices, on the channel `…:all`, are left alone: losing these too is what a dead Redis looks like.
    """

    def __init__(self, faults: HintFaults, rng: random.Random) -> None:
        self._faults = faults
        self._rng = rng
        self._buffer = b""
        self._held = b""

    def __call__(self, data: bytes) -> bytes:
        self._buffer += data
        out, start = [], 0
        while (end := end_of_value(self._buffer, start)) is not None:
            out.append(self._pass_on(self._buffer[start:end]))
            start = end
        self._buffer = self._buffer[start:]
        return b"".join(out)

    def _pass_on(self, value: bytes) -> bytes:
        held, self._held = self._held, b""
        if not is_hint(value) or not self._faults.mishaps or self._rng.random() >= self._faults.share:
            return value + held
        self._faults.happened += 1
        match self._rng.choice(self._faults.mishaps):
            case "lose":
                return held
            case "double":
                return value + value + held
            case "overtake":
                # It waits for whatever Redis says next, at the latest the heartbeat.
                self._held = value
                return held


def is_hint(value: bytes) -> bool:
    """Say whether this is a published message, on a channel that carries hints."""
    if value[:1] not in b"*>" or b"\r\nmessage\r\n" not in value[:20]:
        return False
    channel = value.split(b"\r\n", 5)[4]
    return not channel.endswith(b":all")


def end_of_value(buffer: bytes, start: int) -> int | None:
    """Return where the RESP value at `start` ends, or None if it is not all there."""
    line_end = buffer.find(b"\r\n", start)
    if line_end < 0:
        return None
    kind, end = buffer[start], line_end + 2
    if kind in BULKS:
        length = int(buffer[start + 1 : line_end])
        end += length + 2 if length >= 0 else 0
        return end if end <= len(buffer) else None
    if kind in AGGREGATES:
        count = int(buffer[start + 1 : line_end]) * (2 if kind in b"%|" else 1)
        for _ in range(count):
            value_end = end_of_value(buffer, end)
            if value_end is None:
                return None
            end = value_end
    return end
