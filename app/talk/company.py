"""The people around a conversation, of whom a join tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.protocol import AgentHere, Presence, Typing
from app.spine.identity import Identity
from app.spine.rooms.room import Room
from app.talk.presence.service import Presences
from app.talk.typing.service import Typists


class Company:
    def __init__(self, presence: Presences, typing: Typists) -> None:
        self._presence = presence
        self._typing = typing

    async def present(
        self, identity: Identity, rooms: Iterable[Room]
    ) -> Sequence[Presence] | Sequence[AgentHere]:
        return await self._presence.in_rooms(identity, rooms)

    @property
    def is_team_here(self) -> bool | None:
        return self._presence.is_team_here

    def typing(self, conversation_id: UUID, *, except_user_id: int) -> list[Typing]:
        return self._typing.typing_in(conversation_id, except_user_id=except_user_id)
