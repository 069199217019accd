"""Presence: an agent's or a customer's, as the others are told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from app.protocol.wire import Event, RequestId, Role, TalkRequest
from app.values.text import STATUS_CHARS, Line, line

PresenceStatus = Literal["online", "away", "busy", "offline"]


class SetPresence(TalkRequest, tag="set_presence"):
    id: RequestId
    status: PresenceStatus
    text: Annotated[Line, Meta(max_length=STATUS_CHARS)] | None = None
    """Empty is none."""

    def __post_init__(self) -> None:
        if self.text:
            line(self.text, "status text", STATUS_CHARS)


class Presence(Struct, kw_only=True):
    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: PresenceStatus
    text: str | UnsetType = UNSET
    last_seen: datetime | None
    version: int
    """Milliseconds since the epoch at the last change; the larger one wins."""


class AgentHere(Struct, kw_only=True):
    """An agent's presence, as far as a customer sees it."""

    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: Literal["online", "offline"]
    last_seen: None = None
    """For clients that expect it; when an agent has left is the team's business."""
    version: int


class PresenceUpdate(Presence, Event, kw_only=True, tag="presence_update"):
    pass


class AgentHereUpdate(AgentHere, Event, kw_only=True, tag="presence_update"):
    """The same for a customer."""


def presence_update(presence: Presence | AgentHere) -> PresenceUpdate | AgentHereUpdate:
    """Return the state as the event that tells of it."""
    event = PresenceUpdate if isinstance(presence, Presence) else AgentHereUpdate
    return event(**structs.asdict(presence))


AdminRequests = SetPresence
Events = PresenceUpdate | AgentHereUpdate
