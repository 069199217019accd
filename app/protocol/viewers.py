"""Agents who have a conversation before them: signals for the team, which end by themselves."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.protocol.wire import DeskRequest, Event

LookMode = Literal["viewing", "replying", "noting"]


class Looking(DeskRequest, tag="looking"):
    """Said when it begins, when the mode changes, and every few seconds in between; `mode` null when it ends."""

    conversation_id: UUID
    mode: LookMode | None


class ViewerChanged(Event, tag="viewer_changed"):
    """An agent has the conversation before them, whichever of their sockets says so; `mode` null: not any more."""

    conversation_id: UUID
    user_id: int
    user_name: str
    mode: LookMode | None
    expires_in_ms: int
    """Time after which it is over, if nothing comes."""


AdminRequests = Looking
Events = ViewerChanged
