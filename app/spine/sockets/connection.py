"""One socket: who it is, what it follows, and what it was sent."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from math import ceil
from typing import Any, Literal, Protocol
from uuid import UUID

import structlog
from msgspec import UNSET

from app import protocol
from app.errors import AuthFailed, BadFrame, FiresideError, NotJoined, RateLimited, Retryable
from app.protocol import Authenticate, ErrorEvent, RequestId, Surface
from app.spine.allowance import Allowance, allowances
from app.spine.frame import Frame
from app.spine.identity import Identity
from app.spine.rooms.room import Follower, Room
from app.spine.sockets.close_codes import EXPIRED, PROTOCOL, RATE_LIMITED, TOO_MANY, Closing
from app.spine.sockets.company import Company
from app.spine.sockets.expiry import Expiry
from app.spine.sockets.pump import Pump
from app.spine.sockets.reading import READERS, bytes_of, id_of
from app.spine.sockets.resuming import fitting, resume
from app.spine.sockets.socket import Socket
from app.spine.sockets.spine import Spine

log = structlog.get_logger()

BAD_FRAMES = 5
"""Malformed frames before we close with 4400."""
REFUSALS = 100
"""Rate-limited requests in ten seconds before we close with 4101."""
REFUSAL_BYTES = 4096
"""Bytes of a refused frame that count as one more refusal: it had to be read all the same."""


class Features(Protocol):
    """The features, as far as a connection needs them."""

    @property
    def company(self) -> Company: ...

    async def answer(self, connection: Connection, request: protocol.AdminRequest) -> None:
        """Answer with one `ack`, or raise the error; a signal gets nothing."""


class Connection:
    """One authenticated socket. It reads in one loop, in order; what it is sent comes from the rooms it follows."""

    __slots__ = (
        "_allowances",
        "_bad_frames",
        "_closing",
        "_expiry",
        "_features",
        "_pump",
        "_reader",
        "_refusals",
        "_spine",
        "heard_at",
        "id",
        "identity",
        "rooms",
        "socket",
        "surface",
        "tell",
        "tell_last",
        "write",
    )

    def __init__(
        self, socket: Socket, spine: Spine, surface: Surface, identity: Identity, features: Features
    ) -> None:
        self.id = "k_" + secrets.token_hex(8)
        self.socket = socket
        self.surface = surface
        self.identity = identity
        self.rooms: dict[UUID, Room] = {}
        self.heard_at = time.monotonic()
        """The time at which the peer last said anything, on the monotonic clock, in seconds."""
        self.write = socket.write
        """The socket's own, for it is called once for each delivery."""
        self._spine = spine
        self._features = features
        self._reader = READERS[surface]
        self._pump = Pump(socket, spine.rooms.filler)
        self.tell = self._pump.tell
        """Tells a state; the pump's own, for the same reason."""
        self.tell_last = self._pump.tell_last
        self._bad_frames = 0
        self._allowances = allowances(spine.settings, surface)
        self._refusals = Allowance(REFUSALS)
        self._expiry = Expiry(identity.expires_at)
        self._closing = False

    @property
    def user_id(self) -> int:
        return self.identity.user_id

    # --- the life of a connection

    async def run(self, request: Authenticate) -> None:
        """Serve requests until either side ends it; `request` is the one that told who this is.

        Raises:
            Closing, SocketClosed: It has ended so.
        """
        bound = {"connection": self.id, "surface": self.surface, "user": self.user_id}
        with structlog.contextvars.bound_contextvars(**bound):
            try:
                self._spine.connections.add(self)
            except RateLimited as error:
                self.fail(error, request.id)
                raise Closing(TOO_MANY, "too many connections") from error
            log.info("connection_opened", resumed=request.resume is not None)
            self._spine.news.opened.tell(self, self.identity)
            started_at = time.monotonic()
            reason = "closed"
            try:
                await self._welcome(request)
                await self._receive()
            except Closing as closing:
                reason = closing.reason
                raise
            finally:
                self._leave_everything()
                log.info("connection_closed", reason=reason, seconds=round(time.monotonic() - started_at, 1))

    def _leave_everything(self) -> None:
        self._spine.connections.discard(self)
        self._spine.news.closed.tell(self, self.identity)
        for conversation_id in list(self.rooms):
            self.leave(conversation_id)
        self._pump.stop()

    async def _receive(self) -> None:
        socket = self.socket
        while True:
            raw = await socket.receive()
            self.heard_at = time.monotonic()
            if self._closing:
                continue
            try:
                self.allow("frames")
                self.allow("bytes", bytes_of(raw))
                request = self._reader.read(raw)
                await self._features.answer(self, request)
            except BadFrame as error:
                self.fail(error, id_of(raw))
                self._bad_frames += 1
                if self._bad_frames >= BAD_FRAMES:
                    raise Closing(PROTOCOL, "too many malformed frames") from None
            except RateLimited as error:
                self.fail(error, id_of(raw))
                if self._refusals.take(self.heard_at, 1 + len(raw) // REFUSAL_BYTES):
                    raise Closing(RATE_LIMITED, "rate limited") from None
            except FiresideError as error:
                self.fail(error, id_of(raw))
            if not socket.writable:
                # A client is owed every answer, so one that does not read them may not ask for more.
                await self._pump.drained()

    async def _welcome(self, request: Authenticate) -> None:
        settings, identity = self._spine.settings, self.identity
        common: dict[str, Any] = {
            "re": request.id,
            "v": protocol.VERSION,
            "connection_id": self.id,
            "user": protocol.User(
                id=identity.user_id,
                role=identity.role,
                name=identity.name,
                is_admin=identity.is_admin if identity.is_agent else UNSET,
            ),
            "heartbeat_ms": settings.websocket_ping_interval,
            "timeout_ms": settings.websocket_ping_timeout,
            "token_expires_at": timestamp(identity.expires_at) if identity.expires_at else UNSET,
            "epoch": self._spine.epoch.current,
            "team_here": UNSET if identity.is_agent else self._features.company.is_team_here,
            "limits": protocol.Limits(edit_seconds=settings.edit_seconds(identity.role)),
        }
        if request.resume is None:
            self._greet(protocol.Authenticated(**common))
            return
        rooms, company = self._spine.rooms, self._features.company
        places = await asyncio.gather(
            *(resume(rooms, company, identity, *place) for place in request.resume.items())
        )
        told = {place.conversation_id: place.told for place in places}
        self._greet(protocol.Reconnected(**common, conversations=fitting(told)))
        for place in places:
            if place.room is not None:
                self.enter(place.room, place.cursors)
        with suppress(Retryable):
            for presence in await company.present(identity, self.rooms.values()):
                self.tell(presence.user_id, Frame.of(protocol.presence_update(presence)))

    def _greet(self, welcome: protocol.Authenticated) -> None:
        """Answer the first frame; only from now on the client hears anything else."""
        self.send(welcome)
        self._pump.begin()

    # --- rooms

    def enter(self, room: Room, cursors: tuple[int, ...]) -> None:
        """Follow a room that `Rooms.pin` has returned, from these cursors on."""
        for follower in room.members.get(self, ()):
            self._pump.remove(follower)
        self.rooms[room.conversation_id] = room
        room.enter(self, cursors)
        self._spine.rooms.unpin(room)

    def leave(self, conversation_id: UUID) -> None:
        """Stop following, and typing there. Not following is fine."""
        room = self.rooms.pop(conversation_id, None)
        if room is not None:
            for follower in room.members.get(self, ()):
                self._pump.remove(follower)
            self._pump.forget(conversation_id)
            self._spine.rooms.leave(room, self)
            self._spine.news.left.tell(self.identity, conversation_id)

    async def room_for_states(self) -> None:
        """Wait until the reader has taken enough for more states to wait, or the connection has ended."""
        await self._pump.room_for_states()

    def forget_rows(self) -> None:
        """Send no rows of the list that wait."""
        self._pump.forget_rows()

    async def joined(self, conversation_id: UUID) -> Room:
        """Return the room of a conversation that this connection has joined.

        Raises:
            NotJoined: It may be joined, but was not.
            NotFound: It may not be joined.
        """
        room = self.rooms.get(conversation_id)
        if room is None:
            await self._spine.rooms.authorise(self.identity, conversation_id)
            raise NotJoined("Join the conversation first.")
        return room

    def allow(self, kind: Literal["frames", "sends", "joins", "typing", "bytes"], cost: int = 1) -> None:
        """Use some of what this connection may do.

        Raises:
            RateLimited: With the time to wait.
        """
        wait = getattr(self._allowances, kind).take(self.heard_at, cost)
        if wait:
            raise RateLimited(
                "Too much at once. Wait a moment, then try again.", retry_after_ms=ceil(wait * 1000)
            )

    def ping(self, now_ms: int) -> None:
        """Ask for a sign of life, and tell the heads of what is followed, that the client may find its own holes."""
        if self._pump.begun:
            heads = {conversation_id: room.lanes[0].head for conversation_id, room in self.rooms.items()}
            self.send(protocol.ServerPing(now_ms, heads))

    # --- writing

    def send(self, event: Any) -> None:
        """Send what the client is owed: an answer, a state it asked for."""
        self.socket.send(Frame.of(event))

    def fail(self, error: FiresideError, request_id: RequestId | None = None) -> None:
        """Answer with an error."""
        self.send(ErrorEvent.of(error, request_id))

    def fall_behind(self, follower: Follower) -> None:
        self._pump.add(follower)

    # --- ending

    async def renew(self, token: str) -> datetime:
        """Take a fresh token of the same user; return when it ends.

        Raises:
            AuthFailed: It is not good, or somebody else's.
        """
        identity = await self._spine.auth.agent(token)
        if identity.user_id != self.identity.user_id:
            raise AuthFailed("This token is another user's. Connect again to change the user.")
        self.identity = identity
        self._expiry = Expiry(identity.expires_at)
        return timestamp(identity.expires_at or 0.0)

    def check_expiry(self, now: float) -> int | None:
        """Warn of a token that ends soon; return the close code when it has ended. `now` is Unix time in seconds."""
        if self._expiry.is_past(now):
            return EXPIRED
        if self._pump.begun and self._expiry.is_near(now):
            self.send(protocol.TokenExpiring(timestamp(self.identity.expires_at or 0.0)))
        return None

    def say_goodbye(self, reason: str, after_ms: int) -> None:
        """Announce the end: from now on nothing is taken in, what was taken is still answered."""
        self._closing = True
        self.send(protocol.Goodbye(reason, after_ms))


def timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
