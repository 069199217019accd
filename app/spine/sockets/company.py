"""The people around a conversation, as far as a join tells of them: known to features, asked for by the spine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from app.protocol import AgentHere, Presence, Typing
from app.spine.identity import Identity
from app.spine.rooms.room import Room


class Company(Protocol):
    """The people around a conversation, of whom a join tells."""

    async def present(
        self, identity: Identity, rooms: Iterable[Room]
    ) -> Sequence[Presence] | Sequence[AgentHere]:
        """Return the presence of everyone whom this identity sees in these rooms, each once."""

    @property
    def is_team_here(self) -> bool | None:
        """Whether any agent is there for customers; None while that is not known."""

    def typing(self, conversation_id: UUID, *, except_user_id: int) -> list[Typing]:
        """Return who types in a conversation now."""
