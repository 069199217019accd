"""News for a supervisor such as systemd: that we serve, that we live, that we stop (sd_notify(3))."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress


class Supervisor:
    """Says nothing where nobody listens."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # @ stands for the NUL of Linux's abstract sockets.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        ours = environ.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        microseconds = environ.get("WATCHDOG_USEC", "")
        self._watchdog_seconds = int(microseconds) / 1e6 if ours and microseconds.isdecimal() else 0.0

    def tell(self, *assignments: str) -> None:
        """Send assignments such as `READY=1`. Never waits, never fails."""
        if self._address:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)  # noqa: FBT003
                sender.sendto("\n".join(assignments).encode(), self._address)

    def reloading(self) -> None:
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self, seconds: float) -> None:
        """Announce a stop that takes up to `seconds`, whatever the unit's TimeoutStopSec is."""
        self.tell("STOPPING=1", f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    async def keep_alive(self) -> None:
        """Show twice in each period that the event loop turns, until cancelled."""
        while self._watchdog_seconds:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self._watchdog_seconds / 2)
