"""Server-sent events, read from bytes however these are cut.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, with two additions for
servers in use: the last event counts without the blank line after it, and a line `error: {…}`, by which llama.cpp told
of failures until late in 2025, is an event named `error`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

EVENT_BYTES = 1024 * 1024
"""The longest event; a reply of 16,000 characters that comes in one piece is a tenth of it."""

LINE_END = re.compile(rb"\r\n|\r|\n")


class Event(Struct, frozen=True):
    name: str
    data: str
    is_document: bool = False
    """Whether it is no event, but all of an answer that does not stream."""


class EventTooLarge(Exception):
    """An event is longer than `EVENT_BYTES`."""


class EventParser:
    """Takes bytes and gives events. Comments, and frames without data, are none."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self._data_bytes = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that `chunk` completes.

        Raises:
            EventTooLarge: The stream is of no use from here on.
        """
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        start = 0
        for end in LINE_END.finditer(chunk):
            self._keep(chunk[start : end.start()])
            start = end.end()
            yield from self._end_line()
        # A CR at the end of a chunk has ended its line; an LF that opens the next belongs to it.
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        self._keep(chunk[start:])

    def close(self) -> Iterator[Event]:
        """Yield the event that the end of the stream completes."""
        yield from self._end_line()
        yield from self._end_line()

    def _keep(self, part: bytes) -> None:
        if self._data_bytes + len(self._line) + len(part) > EVENT_BYTES:
            raise EventTooLarge
        self._line += part

    def _end_line(self) -> Iterator[Event]:
        line = self._line.decode(errors="replace")
        self._line.clear()
        if not line:
            if any(self._data):
                yield Event(self._name, "\n".join(self._data))
            self._name, self._data, self._data_bytes = "", [], 0
            return
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field in ("data", "error"):
            self._name = "error" if field == "error" else self._name
            self._data.append(value)
            self._data_bytes += len(value) + 1
