"""Changes of many conversations at once: asked for, looked at, cancelled, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from app.desk.bulk.action import MOST
from app.desk.bulk.store import (
    Left,
    delete_action,
    insert_action,
    insert_chosen,
    insert_matching,
    move_action,
    select_action,
    select_actions,
    select_left,
    start_action,
)
from app.desk.conversations.changing import ConversationChange
from app.desk.conversations.service import Conversations
from app.errors import Invalid, NotFound, RateLimited
from app.protocol import BulkAction
from app.protocol.views import Predicate
from app.spine.db import Database
from app.spine.identity import Identity

UNFINISHED = 5
"""Actions that one agent may have under way."""
FIRST = UUID(int=0)


class Bulk:
    def __init__(self, db: Database, conversations: Conversations, soon: Callable[[], None]) -> None:
        self._db = db
        self._conversations = conversations
        self._soon = soon

    async def start(
        self,
        agent: Identity,
        change: ConversationChange,
        *,
        conversation_ids: Collection[UUID] = (),
        predicate: Predicate | None = None,
    ) -> BulkAction:
        """Note what is to be changed, the chosen ones or all of a resolved view, and let it begin.

        Raises:
            Invalid: These are too many, or the change cannot be.
            NotFound: There is no such agent, team or label.
            RateLimited: This agent has as many under way as one may have.
        """
        await self._conversations.check(change)
        action_id = await insert_action(self._db, agent.id, change, predicate, unfinished=UNFINISHED)
        if action_id is None:
            raise RateLimited(
                f"You have {UNFINISHED} of these under way. Wait for one.", retry_after_ms=5_000
            )
        if predicate is None:
            total = await insert_chosen(self._db, agent, action_id, conversation_ids)
        else:
            total = 0
            last: UUID | None = FIRST
            while last is not None and total <= MOST:
                count, last = await insert_matching(self._db, agent, action_id, predicate, after=last)
                total += count
        if total > MOST:
            await delete_action(self._db, action_id)
            raise Invalid(f"These are more than {MOST} conversations. Narrow the view.")
        action = await start_action(self._db, action_id, total)
        self._soon()
        return action

    async def find(self, agent: Identity, action_id: UUID) -> BulkAction:
        """Return an action of one's own.

        Raises:
            NotFound: There is none.
        """
        action = await select_action(self._db, agent.id, action_id)
        if action is None:
            raise NotFound("There is no such action of yours.")
        return action

    async def latest(self, agent: Identity, *, limit: int) -> list[BulkAction]:
        return await select_actions(self._db, agent.id, limit=limit)

    async def left(
        self, agent: Identity, action_id: UUID, *, undoing: bool, limit: int, after: UUID | None
    ) -> list[Left]:
        """Return what an action, or the way back from it, has left alone, with the reason.

        Raises:
            NotFound: There is no such action.
        """
        await self.find(agent, action_id)
        return await select_left(
            self._db,
            agent,
            action_id,
            state="kept" if undoing else "skipped",
            limit=limit,
            after=after or FIRST,
        )

    async def cancel(self, agent: Identity, action_id: UUID) -> BulkAction:
        """Let the rest of it be as it is. Safe to repeat, and at the end of an action without effect.

        Raises:
            NotFound: There is no such action.
        """
        moved = await move_action(self._db, agent.id, action_id, of=("collecting", "running"), to="cancelled")
        return moved or await self.find(agent, action_id)

    async def undo(self, agent: Identity, action_id: UUID) -> BulkAction:
        """Begin to take it back, except where somebody has changed the same since. Safe to repeat.

        Raises:
            NotFound: There is no such action.
            Invalid: It is still under way.
        """
        moved = await move_action(self._db, agent.id, action_id, of=("done", "cancelled"), to="undoing")
        if moved is not None:
            self._soon()
            return moved
        action = await self.find(agent, action_id)
        if action.state in ("collecting", "running"):
            raise Invalid("It is still under way. Cancel it first.")
        return action
