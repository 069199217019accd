"""A canned reply: a text that is written again and again, for its owner or for all agents."""

from __future__ import annotations

from msgspec import Struct


class CannedReply(Struct, frozen=True, kw_only=True):
    id: int
    owner_id: int
    owner_name: str
    is_shared: bool
    """For all agents; else for its owner alone."""
    shortcut: str
    """Typed behind a slash; may be empty."""
    title: str
    text: str
    uses: int
    """Times this agent has used it."""
    team_uses: int
    """Times all agents have."""
    rank: float
    """Its recent uses, of which this agent's own weigh more: the highest stands first."""


class Draft(Struct, frozen=True, kw_only=True):
    """The part of one that an agent writes."""

    is_shared: bool
    shortcut: str
    title: str
    text: str
