"""One follower's way back: what has changed while it was away, a page at a time, as fast as it reads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from uuid import UUID

from app.desk.conversations.service import Conversations
from app.desk.inbox.following import Following
from app.desk.inbox.store import Changes, select_hidden_conversations, select_hidden_customers
from app.errors import Retryable
from app.protocol import ConversationUpdated, presence_update, read_state_updated
from app.spine.db import Database
from app.spine.frame import Frame
from app.talk.presence.service import Presences

Key = TypeVar("Key", UUID, int)

MISSED_READ_STATE = "missed_read_state"
PAGE = 50
"""Rows read at once: with the longest last messages some megabytes."""
PAUSE_SECONDS = 0.2
"""Pause between two tries while Postgres is away."""


class Returning:
    """Tells one follower. What changes meanwhile reaches it as it does all others, and is never overtaken by this."""

    def __init__(
        self,
        db: Database,
        following: Following,
        conversations: Conversations,
        presence: Presences,
        told: Mapping[UUID, int],
    ) -> None:
        self._db = db
        self._following = following
        self._sink = following.sink
        self._conversations = conversations
        self._presence = presence
        self._told = told
        """The versions that all followers were told last."""

    async def bring(self, changes: Changes) -> None:
        """Tell everything that has changed, as it is now."""
        await self._in_pages(
            self._bring_rows, [conversation_id for conversation_id, _ in changes.conversations]
        )
        await self._in_pages(self._bring_presences, [user_id for user_id, _ in changes.users])
        for _, state in changes.read_states:
            await self._sink.room_for_states()
            # Under a name of its own, or it could take the place of a newer one that waits for the reader.
            self._sink.tell((MISSED_READ_STATE, state.conversation_id), Frame.of(read_state_updated(state)))

    async def _in_pages(self, bring: Callable[[list[Key]], Awaitable[None]], keys: list[Key]) -> None:
        while keys:
            await self._sink.room_for_states()
            try:
                await bring(keys[:PAGE])
            except Retryable:
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                del keys[:PAGE]

    async def _bring_rows(self, conversation_ids: list[UUID]) -> None:
        conversations = await self._conversations.rows(conversation_ids)
        hidden = await select_hidden_conversations(self._db, conversation_ids, {self._sink.user_id})
        for conversation in conversations:
            await self._sink.room_for_states()
            # After the wait: a newer one may have been told meanwhile, and in the dirty set the last one wins.
            is_old = conversation.version < self._told.get(conversation.id, 0)
            is_hidden = (conversation.id, self._sink.user_id) in hidden
            if self._following.wants(conversation, None) and not is_old and not is_hidden:
                self._sink.tell(conversation.id, Frame.of(ConversationUpdated(conversation)))

    async def _bring_presences(self, user_ids: list[int]) -> None:
        found = await self._presence.stored(user_ids, by=self._sink.user_id)
        customers = [user_id for user_id, presence in found.items() if presence.role == "customer"]
        hidden = await select_hidden_customers(self._db, customers, {self._sink.user_id})
        for user_id, presence in found.items():
            if (user_id, self._sink.user_id) not in hidden and not self._presence.is_old(presence):
                self._sink.tell(user_id, Frame.of(presence_update(presence)))
