"""The log's way out: a thread writes the lines to stderr, and nobody ever waits for it.

A log that stands still must not hold the chat up: the disk of a file may be full, and a pipe that nobody reads (a log
driver that hangs) blocks its writer for ever after 64 KiB. So lines wait in a bounded queue; past that they are dropped
and counted, as are those that cannot be written, and the next one that can says how many are missing.
"""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable

QUEUE_BYTES = 4 * 2**20
"""Lines that may wait to be written, some 20,000 of them."""
FLUSH_SECONDS = 1.0
"""Seconds the end of the process waits for the last lines."""


class Sink:
    """Writes whole lines to a file descriptor, in order."""

    def __init__(self, descriptor: int, tell_dropped: Callable[[int], str]) -> None:
        self._descriptor = descriptor
        self._tell_dropped = tell_dropped
        """Makes the line that says how many are missing before it."""
        self._lines: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        self._missing = 0
        self._is_torn = False
        """Whether the last thing written was the beginning of a line."""
        self.dropped = 0
        """Lines that nobody will read, since the start."""
        self._thread: threading.Thread | None = None

    def write(self, line: str) -> None:
        """Queue a line, which has no end of its own. Never waits for the descriptor, never fails."""
        data = line.encode("utf-8", "backslashreplace") + b"\n"
        with self._changed:
            if self._waiting_bytes + len(data) > QUEUE_BYTES:
                self._drop()
                return
            self._lines.append(data)
            self._waiting_bytes += len(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait until all is written, at most for `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting_bytes, seconds)

    def _drop(self) -> None:
        self.dropped += 1
        self._missing += 1

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._lines))
                data = self._lines.popleft()
                missing, self._missing = self._missing, 0
            told = f"{self._tell_dropped(missing)}\n".encode() if missing else b""
            is_written = self._write(told + data)
            with self._changed:
                self._waiting_bytes -= len(data)
                if not is_written:
                    self._missing += missing
                    self._drop()
                self._changed.notify_all()

    def _write(self, data: bytes) -> bool:
        if self._is_torn:
            data = b"\n" + data
        written = 0
        try:
            while written < len(data):
                try:
                    written += os.write(self._descriptor, data[written:])
                except BlockingIOError:
                    # Somebody who shares the descriptor has made it so.
                    select.select([], [self._descriptor], [])
        except OSError:
            self._is_torn = self._is_torn if not written else written < len(data)
            return False
        self._is_torn = False
        return True
