"""A draft: a text that an agent has begun in a lane of a conversation, seen by nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from app.protocol import Format, LaneName, Seq


class DraftMark(Struct, frozen=True, kw_only=True):
    """A draft without its text: enough to show that there is one."""

    conversation_id: UUID
    lane: LaneName
    version: int
    """Grows with every change, over all drafts; the larger one wins."""
    client_msg_id: UUID
    """The message that it will be: when that has been stored, there is no draft any more."""
    updated_at: datetime


class Draft(DraftMark, frozen=True, kw_only=True):
    text: str
    format: Format
    reply_to: Seq | UnsetType = UNSET


Outcome = Literal["saved", "conflict", "sent"]


class DraftSaved(Struct, frozen=True):
    outcome: Outcome
    """`conflict`: another of your devices has changed it since; `sent`: its message is stored already. Nothing was
    changed then."""
    draft: Draft | None
    """The draft as it is kept now; null where there is none."""
    version: int
    """Of the change, an emptying included; 0 where nothing was changed."""
