"""All sockets of this process: their heartbeat, and their end."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol
from uuid import UUID

import structlog

from app.errors import RateLimited, Retryable
from app.spine.identity import Authenticator, Identity
from app.spine.log.heads import Knock
from app.spine.sockets.close_codes import HEARTBEAT, INSUFFICIENT, RESTART, REVOKED
from app.spine.sockets.socket import Socket
from app.values.client import Subject

log = structlog.get_logger()

SLOT_SECONDS = 0.25
"""One turn of the heartbeat wheel has a slot for each such time, so that pings are spread and never come in a burst."""
REVOCATION_SECONDS = 12.0
"""Seconds between two looks at every socket's right to be here; twice that, and a little, is the promised 30 s."""
DOUBT_SECONDS = 0.2
"""Seconds in which `check_doubted` gathers users for its next turn: each turn walks over all sockets."""
GOODBYES_PER_SECOND = 500
"""Clients that a restart sends away, spread so that they do not all come back in the same moment."""
RETURN_MS = 500
"""Milliseconds a client is asked to stay away, at most: the goodbyes are spread already, this is for its neighbours."""


class Registered(Protocol):
    """A connection, as far as this registry needs it."""

    socket: Socket
    identity: Identity
    heard_at: float

    @property
    def rooms(self) -> Mapping[UUID, object]: ...

    def ping(self, now_ms: int) -> None: ...
    def check_expiry(self, now: float) -> int | None: ...
    def say_goodbye(self, reason: str, after_ms: int) -> None: ...


class Connections:
    """One task pings everyone and one looks for the silent: no timers per connection."""

    def __init__(
        self,
        auth: Authenticator,
        shut: Callable[[Collection[Knock]], Awaitable[Collection[Knock]]],
        *,
        ping_interval_ms: int,
        ping_timeout_ms: int,
        per_address: int,
        per_user: int,
    ) -> None:
        self._auth = auth
        self._shut = shut
        """Returns those who may not see a conversation, or no longer."""
        self._per_address = per_address
        self._per_user = per_user
        self._timeout_seconds = ping_timeout_ms / 1000
        slots = max(1, round(ping_interval_ms / 1000 / SLOT_SECONDS))
        self._slot_seconds = ping_interval_ms / 1000 / slots
        self._wheel: list[dict[Registered, None]] = [{} for _ in range(slots)]
        self._slot_of: dict[Registered, int] = {}
        self._users: Counter[int] = Counter()
        self._open: set[Socket] = set()
        self._next_slot = itertools.cycle(range(slots))
        self._closing: set[asyncio.Task[None]] = set()
        self._doubted: set[int] = set()
        self._doubt = asyncio.Event()
        self._addresses: Counter[Subject] = Counter()
        self._waiters: Counter[int | None] = Counter()
        self.leaving = False
        """A stop has been asked for: balancers should send nothing new, but what comes is served."""
        self.draining = False

    def __len__(self) -> int:
        return len(self._slot_of)

    @contextmanager
    def holding(self, socket: Socket) -> Iterator[None]:
        """Know of a socket from its first moment to its last, so that a stop can end it."""
        self._open.add(socket)
        try:
            yield
        finally:
            self._open.discard(socket)

    def add(self, connection: Registered) -> None:
        """Begin the heartbeat of a connection.

        Raises:
            RateLimited: Its user has too many.
        """
        user_id = connection.identity.user_id
        if self._per_user and self._users[user_id] >= self._per_user:
            raise RateLimited("You have too many connections. Close some first.", retry_after_ms=5_000)
        self._users[user_id] += 1
        slot = self._slot_of[connection] = next(self._next_slot)
        self._wheel[slot][connection] = None

    def discard(self, connection: Registered) -> None:
        slot = self._slot_of.pop(connection, None)
        if slot is not None:
            del self._wheel[slot][connection]
            user_id = connection.identity.user_id
            self._users[user_id] -= 1
            if not self._users[user_id]:
                del self._users[user_id]

    @contextmanager
    def admitted(self, address: Subject) -> Iterator[None]:
        """Count a socket of an address while it is open.

        Raises:
            RateLimited: The address has too many.
        """
        if self._per_address and self._addresses[address] >= self._per_address:
            raise RateLimited(
                "Too many connections from this address. Close some first.", retry_after_ms=5_000
            )
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    @contextmanager
    def waiting(self, address: Subject, user_id: int | None) -> Iterator[None]:
        """Count a request that is held until there is something to tell, as a socket of its address is counted.

        `user_id` is None for a backend, which speaks for many.

        Raises:
            RateLimited: The address or the user has too many.
        """
        if user_id is not None and self._per_user and self._waiters[user_id] >= self._per_user:
            raise RateLimited("You have too many connections. Close some first.", retry_after_ms=5_000)
        with self.admitted(address):
            self._waiters[user_id] += 1
            try:
                yield
            finally:
                self._waiters[user_id] -= 1
                if not self._waiters[user_id]:
                    del self._waiters[user_id]

    async def ping(self) -> None:
        """Ping everyone once per interval, a slot at a time, until cancelled."""
        for slot in itertools.cycle(self._wheel):
            await asyncio.sleep(self._slot_seconds)
            now = round(time.time() * 1000)
            for connection in list(slot):
                connection.ping(now)

    async def watch(self) -> None:
        """End what has been silent for too long, and tokens that have ended, until cancelled."""
        while True:
            await asyncio.sleep(min(1.0, self._timeout_seconds / 20))
            silent_since = time.monotonic() - self._timeout_seconds
            now = time.time()
            for connection in list(self._slot_of):
                if connection.heard_at < silent_since:
                    self.end(connection, HEARTBEAT, "heartbeat")
                elif (code := connection.check_expiry(now)) is not None:
                    self.end(connection, code, "token expired")

    async def check_revocations(self) -> None:
        """Look up again whether everyone may still be here, until cancelled."""
        while True:
            await asyncio.sleep(REVOCATION_SECONDS)
            with suppress(Retryable):
                for some in chunks(list(self._slot_of), 1000):
                    await self.check(some)

    def doubt(self, user_id: int) -> None:
        """Look at this user's sockets soon, and not only when it is everyone's turn."""
        self._doubted.add(user_id)
        self._doubt.set()

    def send_back(self, user_ids: Collection[int]) -> None:
        """Have these users' sockets come back, for they may see other conversations than before.

        They leave all rooms at once, resume those that are still theirs, and read the list anew.
        """
        for connection in list(self._slot_of):
            if connection.identity.user_id in user_ids:
                self.end(connection, INSUFFICIENT, "other inboxes may be seen")

    async def check_doubted(self) -> None:
        """Look up whether those who are doubted may still be here, until cancelled."""
        while True:
            await self._doubt.wait()
            self._doubt.clear()
            doubted, self._doubted = self._doubted, set()
            theirs = [connection for connection in self._slot_of if connection.identity.user_id in doubted]
            with suppress(Retryable):
                for some in chunks(theirs, 1000):
                    await self.check(some)
            await asyncio.sleep(DOUBT_SECONDS)

    async def check(self, some: Collection[Registered]) -> None:
        """End those who may no longer be here, or see a conversation that they are in.

        The latter come back at once, and their resume tells them what is gone.

        Raises:
            Retryable: The database does not say.
        """
        revoked = await self._auth.revoked([connection.identity for connection in some])
        for connection in some:
            if connection.identity in revoked:
                self.end(connection, REVOKED, "revoked")
        inside = (pair for connection in some for pair in knocks(connection))
        while pairs := list(itertools.islice(inside, 1000)):
            shut = await self._shut([knock for _, knock in pairs])
            gone = {each for each, knock in pairs if knock in shut and knock.conversation_id in each.rooms}
            for connection in gone & self._slot_of.keys():
                self.end(connection, INSUFFICIENT, "a conversation is gone")

    def end(self, connection: Registered, code: int, reason: str) -> None:
        """Close a connection without waiting for it."""
        self.discard(connection)
        self._close(connection.socket, code, reason)

    def _close(self, socket: Socket, code: int, reason: str) -> None:
        task = asyncio.create_task(socket.close(code, reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def goodbye(self, seconds: float, settled: Callable[[], Awaitable[None]]) -> None:
        """Tell everyone that we go, and close what they have with us, spread over `seconds` at most.

        A client is closed as soon as what was taken in is `settled`: nobody waits on a socket that takes nothing.
        """
        self.draining = True
        everyone = list(self._slot_of)
        pause = min(seconds, len(everyone) / GOODBYES_PER_SECOND) / max(1, len(everyone))
        for chunk in chunks(everyone, 20):
            for connection in chunk:
                after_ms = 50 + random.random() * RETURN_MS  # noqa: S311 - it spreads, it hides nothing.
                connection.say_goodbye("shutdown", round(after_ms))
            await asyncio.sleep(pause * len(chunk))
            await settled()
            for connection in chunk:
                if connection in self._slot_of:
                    self.end(connection, RESTART, "restart")

    def send_away(self) -> None:
        """Have everyone come back: what they follow here is of a log that was replaced."""
        for socket in list(self._open):
            self._close(socket, INSUFFICIENT, "log replaced")

    async def close_all(self) -> None:
        """Close every socket with 1012, authenticated or not, and wait for the last."""
        for socket in list(self._open):
            self._close(socket, RESTART, "restart")
        if self._closing:
            await asyncio.wait(self._closing)


def knocks(connection: Registered) -> list[tuple[Registered, Knock]]:
    """Return a knock for each conversation that a connection is in."""
    who = connection.identity
    return [(connection, Knock(room, who.kind, who.id)) for room in connection.rooms]


def chunks(items: list[Registered], size: int) -> Iterable[list[Registered]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
