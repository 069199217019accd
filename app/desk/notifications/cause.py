"""Entries as causes of notifications: whom one concerns, and as what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from app.protocol import NotificationKind, Role

CAUSES = frozenset({"message_received", "message_edited", "conversation_event"})
"""Types of entries that may be a cause."""


class Cause(Struct, frozen=True, kw_only=True):
    """An entry, and its conversation as it is now."""

    type: str
    seq: int
    """Of an edit, that of the message: whoever was told of that is not told again."""
    is_public: bool
    body: dict[str, Any]
    created_at: datetime
    sender_id: int
    sender_role: Role
    assignee_id: int | None
    team_id: int | None
    is_open: bool
    waiting_since: datetime | None
    has_bot: bool
    """A bot still answers here."""


class Meant(Struct, frozen=True, kw_only=True):
    """Those who may have to be told."""

    kind: NotificationKind
    users: list[int] = []
    teams: list[int] = []
    everybody: bool = False
    """All who see the conversation and are there."""


def meant_by(cause: Cause) -> list[Meant]:
    """Return who is meant, the strongest reason first: nobody is told twice of one thing."""
    meant = mentioned(cause)
    match cause.body.get("event"):
        case "assigned" if (user_id := cause.body["data"]["user_id"]) and user_id == cause.assignee_id:
            meant.append(Meant(kind="assigned", users=[user_id]))
        case "team_changed" if cause.body["data"]["team_id"] == cause.team_id:
            meant += queue(cause)
        case "bot_handover":
            meant += queue(cause)
    if by_customer(cause):
        if cause.assignee_id is not None:
            meant.append(Meant(kind="replied", users=[cause.assignee_id]))
        elif cause.waiting_since == cause.created_at and not cause.has_bot:
            meant += queue(cause)
    return meant


def left_waiting(cause: Cause) -> list[Meant]:
    """Return whom to call where the customer still waits for somebody to take the conversation."""
    if not by_customer(cause) or cause.waiting_since != cause.created_at:
        return []
    return [
        Meant(kind="waiting", teams=each.teams, everybody=each.everybody)
        for each in queue(cause)
        if not cause.has_bot
    ]


def by_customer(cause: Cause) -> bool:
    return cause.type == "message_received" and cause.is_public and cause.sender_role == "customer"


def mentioned(cause: Cause) -> list[Meant]:
    mentions = [] if cause.is_public else cause.body.get("mentions", [])
    if not mentions:
        return []
    ids = {kind: [each["id"] for each in mentions if each["kind"] == kind] for kind in ("user", "team")}
    return [Meant(kind="mentioned", users=ids["user"], teams=ids["team"])]


def queue(cause: Cause) -> list[Meant]:
    """Return whoever may take a conversation that waits and is nobody's."""
    if cause.assignee_id is not None or not cause.is_open or cause.waiting_since is None:
        return []
    if cause.team_id is not None:
        return [Meant(kind="team", teams=[cause.team_id])]
    return [Meant(kind="new", everybody=True)]
