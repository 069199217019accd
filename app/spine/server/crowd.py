"""The connections of this process by who holds them, so that nobody takes them all."""

from __future__ import annotations

from collections import Counter

import structlog

from app.values.client import NO_PROXIES, Proxies, Subject, read_address, subject

log = structlog.get_logger()

SPARE = 64
"""Connections of an address beyond its sockets and long polls, for short requests."""
CALM = 0.9
"""Below this part of its room a process that was full is no longer full."""

FULL = "503 Service Unavailable", "unavailable", "This server is full. Try again in a moment."
TOO_MANY = (
    "429 Too Many Requests",
    "rate_limited",
    "Too many connections from this address. Close some first.",
)


class Crowd:
    """Counts TCP connections by the address of their peer; those of our proxies are of many clients, and not of one."""

    def __init__(self, *, room: int, per_address: int = 0, proxies: Proxies = NO_PROXIES) -> None:
        self._room = room
        self._per_address = per_address + SPARE if per_address else 0
        self._proxies = proxies
        self._total = 0
        self._of: Counter[Subject] = Counter()
        self._was_full = False

    def whose(self, peer: str | None) -> Subject | None:
        """Return whom a connection counts for; None for a proxy's."""
        address = read_address(peer or "")
        return None if address in self._proxies else subject(address)

    def refusal(self, who: Subject | None) -> bytes | None:
        """Return what one more connection is answered with; None if there is room for it."""
        if self._total >= self._room:
            self._say_full()
            return refusal(*FULL)
        if who is not None and self._per_address and self._of[who] >= self._per_address:
            return refusal(*TOO_MANY)
        return None

    def add(self, who: Subject | None) -> None:
        self._total += 1
        if who is not None:
            self._of[who] += 1

    def discard(self, who: Subject | None) -> None:
        self._total -= 1
        if who is not None:
            self._of[who] -= 1
            if not self._of[who]:
                del self._of[who]
        if self._was_full and self._total < self._room * CALM:
            self._was_full = False
            log.info("connections_not_full", connections=self._total)

    def _say_full(self) -> None:
        if not self._was_full:
            self._was_full = True
            log.warning(
                "connections_full",
                connections=self._total,
                reason="no file descriptors are left for more; raise LimitNOFILE, or run more processes",
            )


def refusal(status: str, code: str, message: str) -> bytes:
    body = f'{{"code":"{code}","message":"{message}","retry_after_ms":5000}}'
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Retry-After: 5\r\nConnection: close\r\n\r\n{body}"
    ).encode()
