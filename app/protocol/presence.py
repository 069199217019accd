"""Presence: an agent's or a customer's, as the others are told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from app.errors import Invalid
from app.protocol.wire import Event, RequestId, Role, TalkRequest
from app.values.text import STATUS_CHARS, Emoji, Line, emoji, line

PresenceStatus = Literal["online", "away", "busy", "offline"]
ChosenStatus = Literal["automatic", "online", "away", "busy", "invisible"]
IDLE_MS = 24 * 60 * 60 * 1000
"""The longest time since an input that a client may tell; what is longer is as long."""


class SetPresence(TalkRequest, tag="set_presence"):
    id: RequestId
    status: ChosenStatus | Literal["offline"]
    """`offline` is invisible, as clients called it before."""
    text: Annotated[Line, Meta(max_length=STATUS_CHARS)] | None = None
    """Empty is none."""
    emoji: Emoji | None = None
    """Empty is none."""
    until: datetime | None = None
    """The end of the status, of its text and emoji; none is never."""

    def __post_init__(self) -> None:
        if self.text:
            line(self.text, "status text", STATUS_CHARS)
        if self.emoji:
            try:
                self.emoji = emoji(self.emoji)
            except Invalid:
                raise Invalid("The emoji of a status is a single one, such as 🌴.") from None
        if self.until is not None and self.until.tzinfo is None:
            raise Invalid("The end of a status needs its zone: write it as 2026-03-01T17:00:00Z.")


class Active(TalkRequest, tag="active"):
    """A sign that the agent has given input on this device: a signal, without an answer."""

    ago_ms: Annotated[int, Meta(ge=0, le=IDLE_MS)] = 0
    """Milliseconds since then."""


class Presence(Struct, kw_only=True):
    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: PresenceStatus
    text: str | UnsetType = UNSET
    emoji: str | UnsetType = UNSET
    until: datetime | UnsetType = UNSET
    """The end of an agent's own status."""
    assignable: bool | UnsetType = UNSET
    """Whether an agent may be given work now; nobody has to infer it from the status."""
    chosen: ChosenStatus | UnsetType = UNSET
    """Of oneself: the status that was chosen, told to nobody else."""
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


class TeamHere(Event, tag="team_here"):
    """Whether any agent is there for customers, told to a customer when it changes."""

    online: bool


class PresenceUpdate(Presence, Event, kw_only=True, tag="presence_update"):
    pass


class AgentHereUpdate(AgentHere, Event, kw_only=True, tag="presence_update"):
    """The same for a customer."""


def presence_update(presence: Presence | AgentHere) -> PresenceUpdate | AgentHereUpdate:
    """Return the state as the event that tells of it."""
    event = PresenceUpdate if isinstance(presence, Presence) else AgentHereUpdate
    return event(**structs.asdict(presence))


AdminRequests = SetPresence | Active
Events = PresenceUpdate | AgentHereUpdate | TeamHere
