"""Notifications: what an agent was told, or was not and why."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from app.protocol.wire import Event, LaneName

NotificationKind = Literal["mentioned", "assigned", "replied", "team", "new", "waiting"]
"""A note speaks to me; I was given a conversation; its customer wrote in mine; somebody waits for my team, or for
anybody; somebody still does after a minute."""
Verdict = Literal["told", "read", "kind_off", "inbox_off", "quiet", "busy"]
"""Told, or not: one had read it, wants none of this kind or of this inbox, has quiet hours, or is busy."""


class Notification(Struct, frozen=True, kw_only=True):
    id: int
    """Larger ones were made later. One that comes again is the same."""
    kind: NotificationKind
    verdict: Verdict
    conversation_id: UUID
    inbox_id: int
    lane: LaneName | UnsetType = UNSET
    seq: int
    """The entry that is the cause of it, in its lane."""
    customer: str
    by: str
    """The name of whoever did or wrote it."""
    text: str | None
    """The beginning of what was written, as it reads now; null where there is no text, or none any more."""
    created_at: datetime
    is_seen: bool
    is_over: bool
    """Nobody needs to hear of it any more: the conversation is closed, was answered, or is another's."""


class Notified(Event, tag="notified"):
    notification: Notification


class NotificationsSeen(Event, kw_only=True, tag="notifications_seen"):
    """One of one's devices has shown them, so the others are silent."""

    conversation_id: UUID | None
    """Null: those of all conversations."""
    through: int
    """The largest `id` of them."""


Events = Notified | NotificationsSeen
