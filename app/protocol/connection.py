"""The connection itself: who it is for, how long it holds, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.errors import FiresideError, Stale
from app.protocol.marks import Mark
from app.protocol.messages import MessageReceived, fitting
from app.protocol.typing import Typing
from app.protocol.wire import FRAME_BYTES, Ack, Echo, Epoch, Event, RequestId, Role, Seq, SpineRequest
from app.values.text import TEXT_CHARS


class Since(Struct, frozen=True):
    """A client's place in a conversation: the last `seq` it has applied, per lane."""

    since: Seq
    team_since: Seq | UnsetType = UNSET
    epoch: Epoch | UnsetType = UNSET
    message_id: UUID | UnsetType = UNSET
    """Of the entry at `since`."""
    team_message_id: UUID | UnsetType = UNSET


class Authenticate(SpineRequest, tag="authenticate"):
    id: RequestId
    token: Annotated[str, Meta(max_length=4096)]
    v: int
    client: Any = None
    resume: Annotated[dict[UUID, Since], Meta(max_length=1000)] | None = None


class RefreshToken(SpineRequest, tag="refresh_token"):
    id: RequestId
    token: Annotated[str, Meta(max_length=4096)]


class Ping(SpineRequest, tag="ping"):
    """A client's own question whether the line still holds; answered by a `pong` with the same `t`."""

    t: Echo = None


class Pong(SpineRequest, tag="pong"):
    t: Echo = None


class User(Struct, frozen=True, kw_only=True):
    """The identity a socket was given, as `authenticated` tells it."""

    id: int
    role: Role
    name: str
    is_admin: bool | UnsetType = UNSET


class Limits(Struct, frozen=True):
    frame_bytes: int = FRAME_BYTES
    text_chars: int = TEXT_CHARS
    edit_seconds: int = 0
    """Age up to which a message of one's own may be edited."""


class Resumed(Struct, frozen=True, kw_only=True):
    status: Literal["ok", "reset", "forbidden"]
    head: int | UnsetType = UNSET
    team_head: int | UnsetType = UNSET
    epoch: str | UnsetType = UNSET
    marks: list[Mark] | UnsetType = UNSET
    """With `typing`, what a join would tell. Left out where the frame would get too large: join for it."""
    typing: list[Typing] | UnsetType = UNSET


class Authenticated(Event, kw_only=True, tag="authenticated"):
    re: RequestId
    v: int
    connection_id: str
    user: User
    heartbeat_ms: int
    timeout_ms: int
    token_expires_at: datetime | UnsetType = UNSET
    epoch: str = ""
    team_here: bool | UnsetType | None = UNSET
    """For customers: whether any agent is there, null while the server does not know it yet."""
    limits: Limits = Limits()


class Reconnected(Authenticated, kw_only=True, tag="reconnected"):
    conversations: Mapping[UUID, Resumed]


class RefreshAck(Event, tag="ack"):
    re: RequestId
    token_expires_at: datetime


class ErrorEvent(Event, kw_only=True, tag="error"):
    re: RequestId | UnsetType = UNSET
    code: str
    message: str
    retryable: bool
    retry_after_ms: int | UnsetType = UNSET
    missed: list[MessageReceived] | UnsetType = UNSET
    """With `stale`: messages of colleagues that the sender has not seen, the newest of them if there are many."""

    @classmethod
    def of(cls, error: FiresideError, request_id: RequestId | None) -> ErrorEvent:
        """Return how a request with this id is told of an error, or the connection of one that is no request's."""
        return cls(
            re=UNSET if request_id is None else request_id,
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            retry_after_ms=UNSET if error.retry_after_ms is None else error.retry_after_ms,
            missed=fitting(error.missed) if isinstance(error, Stale) else UNSET,
        )


class ServerPing(Event, tag="ping"):
    t: int
    heads: Mapping[UUID, int]


class ServerPong(Event, tag="pong"):
    t: Echo


class TokenExpiring(Event, tag="token_expiring"):
    expires_at: datetime


class Goodbye(Event, tag="goodbye"):
    reason: str
    after_ms: int


Requests = Authenticate | Ping | Pong
AdminRequests = RefreshToken
Events = (
    Authenticated
    | Reconnected
    | Ack
    | RefreshAck
    | ErrorEvent
    | ServerPing
    | ServerPong
    | TokenExpiring
    | Goodbye
)
