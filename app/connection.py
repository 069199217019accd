"""One socket: who it is, what it follows, and what it was sent."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from math import ceil
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from msgspec import UNSET, Struct

from app import protocol
from app.allowance import Allowance
from app.errors import (
    AuthFailed,
    BadFrame,
    FiresideError,
    Internal,
    Invalid,
    NotAuthenticated,
    NotFound,
    NotJoined,
    RateLimited,
    Retryable,
    TokenExpired,
    UnknownType,
)
from app.frame import Burst, Frame
from app.identity import Identity, Surface
from app.protocol import Authenticate, ErrorEvent, RequestId, Resumed, Since
from app.services import Services
from app.services.room import Follower, Room
from app.settings import Settings
from app.socket import Socket, SocketClosed
from app.store.heads import Door

log = structlog.get_logger()

BAD_FRAMES = 5
"""So many malformed frames are a broken client, not an accident."""
SLOW_SECONDS = 10.0
"""A reader that takes nothing for so long is closed; it resumes from where it was."""
PAGE_PAUSE_SECONDS = 0.2
"""Between two tries to read a page while Postgres is away."""
EXPIRY_WARNING_SECONDS = 60.0
EXPIRY_GRACE_SECONDS = 25.0
"""A token may be late by so much: the renewal may be on its way."""

REFUSALS = 100
"""So many rate-limited requests in ten seconds are a flood."""

TOO_MANY, RATE_LIMITED = 4409, 4101
HEARTBEAT, SLOW, INSUFFICIENT = 4000, 4001, 4002
AUTH_TIMEOUT, EXPIRED, REVOKED = 4200, 4201, 4202
PROTOCOL, BAD_TOKEN, VERSION = 4400, 4401, 4406
INTERNAL, RESTART = 1011, 1012


class Closing(Exception):
    """Ends a connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Envelope(Struct):
    """What can be told of a frame that is not a good request, so that the error finds its request."""

    type: str | None = None
    id: RequestId | None = None


decode_envelope = msgspec.json.Decoder(Envelope).decode
Dispatch = Callable[["Connection", Any], Awaitable[None]]


class Connection:
    """One authenticated socket. It reads in one loop, in order; what it is sent comes from the rooms it follows."""

    __slots__ = (
        "_allowances",
        "_bad_frames",
        "_behind",
        "_closing",
        "_decode",
        "_dispatch",
        "_pump_task",
        "_refusals",
        "_services",
        "_warned_of_expiry",
        "heard_at",
        "id",
        "identity",
        "rooms",
        "socket",
        "surface",
    )

    def __init__(self, socket: Socket, services: Services, surface: Surface, dispatch: Dispatch) -> None:
        self.id = "k_" + secrets.token_hex(8)
        self.socket = socket
        self.surface = surface
        self.identity: Identity
        self.rooms: dict[UUID, Room] = {}
        self.heard_at = time.monotonic()
        """When the peer last said anything, on the monotonic clock, in seconds."""
        self._services = services
        self._dispatch = dispatch
        self._decode = protocol.decode_admin_request if surface == "admin" else protocol.decode_widget_request
        self._behind: dict[Follower, None] = {}
        self._pump_task: asyncio.Task[None] | None = None
        self._bad_frames = 0
        self._allowances = allowances(services.settings, surface)
        self._refusals = Allowance(REFUSALS)
        self._warned_of_expiry = False
        self._closing = False

    @property
    def user_id(self) -> int:
        return self.identity.user_id

    # --- the life of a connection

    async def run(self) -> None:
        """Authenticate, then serve requests until either side ends it. Raises nothing."""
        try:
            await self._serve(await self._authenticate())
        except Closing as closing:
            await self.socket.close(closing.code, closing.reason)
        except SocketClosed:
            pass
        except Exception:
            # Quart would tell the browser of a clean end; it is not one.
            log.exception("connection_failed", connection=self.id)
            self.fail(Internal("Something broke here. Connect again."))
            await self.socket.close(INTERNAL, "internal error")

    async def _authenticate(self) -> Authenticate:
        """Read the first frame and learn from it who this is.

        Raises:
            Closing: It was not a good `authenticate`; the error has been sent.
        """
        request_id: RequestId | None = None
        try:
            async with asyncio.timeout(self._services.settings.auth_timeout_ms / 1000):
                raw = await self.socket.receive()
            self.heard_at = time.monotonic()
            if len(raw) > protocol.FIRST_FRAME_BYTES:
                raise BadFrame("The first frame is too large. Send `authenticate` alone.")
            request_id = self._envelope(raw).id
            request = self._decoded(raw)
            if not isinstance(request, Authenticate):
                raise NotAuthenticated("Authenticate first: the first frame is `authenticate` with a token.")
            if request.v != protocol.VERSION:
                self.fail(
                    Invalid(
                        f"Version {request.v} is not spoken here; this server speaks {protocol.VERSION}."
                    ),
                    request.id,
                )
                raise Closing(VERSION, "version")
            auth = self._services.auth
            self.identity = await (auth.agent if self.surface == "admin" else auth.customer)(request.token)
        except TimeoutError:
            self.fail(NotAuthenticated("No token came in time. Connect again and authenticate at once."))
            raise Closing(AUTH_TIMEOUT, "no token in time") from None
        except TokenExpired as error:
            self.fail(error, request_id)
            raise Closing(EXPIRED, "token expired") from None
        except AuthFailed as error:
            self.fail(error, request_id)
            raise Closing(BAD_TOKEN, "bad token") from None
        except Retryable as error:
            self.fail(error, request_id)
            raise Closing(4102, "a dependency is down") from None
        except FiresideError as error:
            self.fail(error, request_id)
            raise Closing(PROTOCOL, "protocol error") from None
        else:
            return request

    async def _serve(self, request: Authenticate) -> None:
        limit = self._services.settings.limit_user_connections
        if limit and len(self._services.presence.sinks_of(self.user_id)) >= limit:
            self.fail(RateLimited("You have too many connections. Close some first."), request.id)
            raise Closing(TOO_MANY, "too many connections")
        bound = {"connection": self.id, "surface": self.surface, "user": self.identity.user_id}
        with structlog.contextvars.bound_contextvars(**bound):
            log.info("connection_opened", resumed=request.resume is not None)
            self._services.connections.add(self)
            self._services.presence.connect(self, self.identity)
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
        self._services.connections.discard(self)
        self._services.presence.disconnect(self, self.identity)
        self._services.feed.unfollow(self)
        for conversation_id in list(self.rooms):
            self.leave(conversation_id)
        self._behind.clear()
        if self._pump_task is not None:
            self._pump_task.cancel()

    async def _receive(self) -> None:
        socket = self.socket
        while True:
            raw = await socket.receive()
            self.heard_at = time.monotonic()
            if self._closing:
                continue
            request_id: RequestId | None = None
            try:
                self.allow("frames")
                try:
                    request = self._decode(text_of(raw))
                except (msgspec.MsgspecError, RecursionError):
                    request_id = self._envelope(raw).id
                    request = self._decoded(raw)
                request_id = getattr(request, "id", None)
                await self._dispatch(self, request)
            except BadFrame as error:
                self.fail(error)
                self._bad_frames += 1
                if self._bad_frames >= BAD_FRAMES:
                    raise Closing(PROTOCOL, "too many malformed frames") from None
            except RateLimited as error:
                self.fail(error, self._id_of(raw))
                if self._refusals.take(self.heard_at):
                    raise Closing(RATE_LIMITED, "rate limited") from None
            except FiresideError as error:
                self.fail(error, request_id)
            if not socket.writable:
                # Answers are owed to whoever asks, so who does not read them may not ask for more.
                await self._drained()

    def _envelope(self, raw: str | bytes) -> Envelope:
        """Return what can be told of a frame, for its error.

        Raises:
            BadFrame: It is not a JSON object in a text frame.
        """
        raw = text_of(raw)
        try:
            return decode_envelope(raw)
        except (msgspec.MsgspecError, RecursionError):
            pass
        try:
            is_object = isinstance(msgspec.json.decode(raw), dict)
        except (msgspec.MsgspecError, RecursionError):
            is_object = False
        if not is_object:
            raise BadFrame("This is not a JSON object. Send one object per text frame.")
        raise BadFrame("`type` must be a string, and `id` a string or an integer.")

    def _id_of(self, raw: str | bytes) -> RequestId | None:
        try:
            return self._envelope(raw).id
        except BadFrame:
            return None

    def _decoded(self, raw: str | bytes) -> Any:
        """Decode a request, or say what is wrong with it.

        Raises:
            BadFrame: It has no type, or it needs an id and has none.
            UnknownType: This surface has no such request.
            Invalid: A field is missing or has a wrong value.
        """
        try:
            return self._decode(raw)
        except (msgspec.MsgspecError, RecursionError) as error:
            envelope = self._envelope(raw)
            if envelope.type is None:
                raise BadFrame("The frame has no `type`.") from None
            if envelope.type not in protocol.REQUEST_TYPES[self.surface]:
                raise UnknownType(f"There is no request {envelope.type[:64]!r} here.") from None
            if envelope.id is None and envelope.type not in protocol.SIGNALS:
                raise BadFrame(f"A {envelope.type!r} needs an `id`, by which it is answered.") from None
            raise Invalid(f"{error}.") from None

    async def _welcome(self, request: Authenticate) -> None:
        settings, identity = self._services.settings, self.identity
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
        }
        if request.resume is None:
            self.send(protocol.Authenticated(**common))
            return
        places = await asyncio.gather(*(self._resume(*place) for place in request.resume.items()))
        conversations = {conversation_id: resumed for conversation_id, resumed, _, _ in places}
        self.send(protocol.Reconnected(**common, conversations=conversations))
        for _, _, room, cursors in places:
            if room is not None:
                self.enter(room, cursors)
        for room in list(self.rooms.values()):
            for presence in await self._services.presence.in_room(identity, room):
                self.send(protocol.presence_update(presence))

    async def _resume(
        self, conversation_id: UUID, since: Since
    ) -> tuple[UUID, Resumed, Room | None, tuple[int, ...]]:
        """Open a room for a client that was there before; return what it is told, and the cursors to go on from."""
        try:
            room, door = await self._open_patiently(conversation_id)
        except NotFound:
            return conversation_id, Resumed(status="forbidden"), None, ()
        heads: tuple[int, ...] = (door.last_seq, door.team_last_seq)[: 2 if self.identity.is_agent else 1]
        team_since = door.team_last_seq if since.team_since is UNSET else since.team_since
        cursors = (since.since, team_since)[: len(heads)]
        # A client that is ahead of us has seen a future that is gone: the database was restored.
        reset = any(cursor > head for cursor, head in zip(cursors, heads, strict=True))
        resumed = Resumed(
            status="reset" if reset else "ok",
            head=heads[0],
            team_head=door.team_last_seq if self.identity.is_agent else UNSET,
        )
        return conversation_id, resumed, room, heads if reset else cursors

    async def _open_patiently(self, conversation_id: UUID) -> tuple[Room, Door]:
        """Open a room, waiting while Postgres is away: the client is in, and has nothing to lose by waiting."""
        while True:
            try:
                return await self._services.rooms.open(self.identity, conversation_id)
            except Retryable:
                await asyncio.sleep(PAGE_PAUSE_SECONDS)

    # --- rooms

    def enter(self, room: Room, cursors: tuple[int, ...]) -> None:
        """Follow a room that `Rooms.open` has pinned, from these cursors on."""
        for follower in room.members.get(self, ()):
            self._behind.pop(follower, None)
        self.rooms[room.conversation_id] = room
        room.enter(self, cursors)
        self._services.rooms.close(room)

    def leave(self, conversation_id: UUID) -> None:
        """Stop following, and typing there. Not following is fine."""
        room = self.rooms.pop(conversation_id, None)
        if room is not None:
            for follower in room.members.get(self, ()):
                self._behind.pop(follower, None)
            self._services.rooms.leave(room, self)
            self._services.typing.stop(self.user_id, conversation_id)

    async def joined(self, conversation_id: UUID) -> Room:
        """Return the room of a conversation that this connection has joined.

        Raises:
            NotJoined: It may be joined, but was not.
            NotFound: It may not be joined.
        """
        room = self.rooms.get(conversation_id)
        if room is None:
            await self._services.rooms.authorise(self.identity, conversation_id)
            raise NotJoined("Join the conversation first.")
        return room

    def allow(self, kind: Literal["frames", "sends", "joins", "typing"]) -> None:
        """Use one of what this connection may do.

        Raises:
            RateLimited: With the time to wait.
        """
        wait = getattr(self._allowances, kind).take(self.heard_at)
        if wait:
            raise RateLimited(
                "Too much at once. Wait a moment, then try again.", retry_after_ms=ceil(wait * 1000)
            )

    def heads(self) -> dict[UUID, int]:
        """Return the head of each conversation that is followed, so that the client can find a hole of its own."""
        return {conversation_id: room.lanes[0].head for conversation_id, room in self.rooms.items()}

    # --- writing

    def send(self, event: Any) -> None:
        """Send what the client is owed: an answer, a state it asked for."""
        self.socket.send(Frame.of(event))

    def write(self, frame: Frame | Burst) -> bool:
        return self.socket.write(frame)

    def fail(self, error: FiresideError, request_id: RequestId | None = None) -> None:
        """Answer with an error."""
        self.send(
            ErrorEvent(
                re=UNSET if request_id is None else request_id,
                code=error.code,
                message=error.message,
                retryable=error.retryable,
                retry_after_ms=UNSET if error.retry_after_ms is None else error.retry_after_ms,
            )
        )

    # --- pumping

    def fall_behind(self, follower: Follower) -> None:
        """Have a follower pumped from its cursor to the head; one task does it for all that are behind."""
        self._behind[follower] = None
        if self._pump_task is None:
            self._pump_task = asyncio.create_task(self._pump())

    async def _pump(self) -> None:
        try:
            while self._behind:
                await self._drained()
                follower = next(iter(self._behind), None)
                if follower is not None:
                    await self._pump_once(follower)
        except SocketClosed:
            pass
        except Closing as closing:
            await self.socket.close(closing.code, closing.reason)
        finally:
            self._pump_task = None

    async def _pump_once(self, follower: Follower) -> None:
        """Write one page, and let the next follower have its turn."""
        lane, cursor = follower.lane, follower.cursor
        if cursor >= lane.head:
            self._behind.pop(follower, None)
            return
        frames = lane.frames_after(cursor)
        if frames is None:
            try:
                frames = await self._services.rooms.page(lane, cursor)
            except Retryable:
                await asyncio.sleep(PAGE_PAUSE_SECONDS)
                return
            if follower not in lane.followers:
                # It left, or joined anew from elsewhere, while the page was read.
                self._behind.pop(follower, None)
                return
            if not frames and follower.cursor == cursor:
                log.error(
                    "log_hole", conversation=str(lane.room.conversation_id), lane=lane.number, after=cursor
                )
                raise Closing(INSUFFICIENT, "the log has a hole")
        follower.take(cursor + 1, frames)
        self._behind.pop(follower, None)
        if follower.behind and follower in lane.followers:
            self._behind[follower] = None

    async def _drained(self) -> None:
        if not self.socket.writable:
            try:
                async with asyncio.timeout(SLOW_SECONDS):
                    await self.socket.drained()
            except TimeoutError:
                raise Closing(SLOW, "too slow") from None

    # --- ending

    async def renew(self, token: str) -> datetime:
        """Take a fresh token of the same user; return when it ends.

        Raises:
            AuthFailed: It is not good, or somebody else's.
        """
        identity = await self._services.auth.agent(token)
        if identity.user_id != self.identity.user_id:
            raise AuthFailed("This token is another user's. Connect again to change the user.")
        self.identity = identity
        self._warned_of_expiry = False
        return timestamp(identity.expires_at or 0.0)

    def check_expiry(self, now: float) -> int | None:
        """Warn of a token that ends soon; return the close code when it has ended. `now` is Unix time in seconds."""
        expires_at = self.identity.expires_at
        if expires_at is None:
            return None
        if now > expires_at + EXPIRY_GRACE_SECONDS:
            return EXPIRED
        if now > expires_at - EXPIRY_WARNING_SECONDS and not self._warned_of_expiry:
            self._warned_of_expiry = True
            self.send(protocol.TokenExpiring(timestamp(expires_at)))
        return None

    def say_goodbye(self, reason: str, after_ms: int) -> None:
        """Announce the end: from now on nothing is taken in, what was taken is still answered."""
        self._closing = True
        self.send(protocol.Goodbye(reason, after_ms))


class Allowances(Struct):
    """What one connection may do; each a number per ten seconds."""

    frames: Allowance
    sends: Allowance
    joins: Allowance
    typing: Allowance


def allowances(settings: Settings, surface: Surface) -> Allowances:
    """Return fresh allowances; a widget is anybody's, an admin app is one of ours."""
    return Allowances(
        *(Allowance(getattr(settings, f"limit_{surface}_{kind}")) for kind in Allowances.__struct_fields__)
    )


def text_of(raw: str | bytes) -> str:
    """Return the text of a frame.

    Raises:
        BadFrame: It is a binary one.
    """
    if isinstance(raw, bytes):
        raise BadFrame("A binary frame. Send JSON in text frames.")
    return raw


def timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
