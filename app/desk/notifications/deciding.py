"""Whether an agent is told of something, and if not, why."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from app.desk.notifications.choices import Choices
from app.protocol import NotificationKind, Verdict

CALLS = frozenset({"new", "team", "waiting"})
"""Kinds that ask for anybody: whoever is busy is not asked."""


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody who is meant, as things stand with them."""

    user_id: int
    has_read: bool
    is_busy: bool
    choices: Choices


def decide(kind: NotificationKind, candidate: Candidate, *, inbox_id: int, now: datetime) -> Verdict:
    choices = candidate.choices
    if candidate.has_read:
        return "read"
    if kind in choices.kinds_off:
        return "kind_off"
    if inbox_id in choices.inboxes_off:
        return "inbox_off"
    if choices.quiet is not None and choices.quiet.covers(now):
        return "quiet"
    if candidate.is_busy and kind in CALLS:
        return "busy"
    return "told"
