"""Canned replies: made, changed, deleted and counted, and told to whoever has them."""

from __future__ import annotations

from app.desk.canned import CannedReply, Draft
from app.desk.canned.store import (
    count_use,
    delete_canned,
    insert_canned,
    select_canned,
    select_one_canned,
    update_canned,
)
from app.errors import Forbidden, Invalid, NotFound
from app.protocol import CannedRepliesChanged
from app.spine.db import Database
from app.spine.identity import Identity
from app.spine.rooms.audience import Audience

MOST_SHARED = 1_000
"""Canned replies that all agents share; more would not be found anyway."""
MOST_OWN = 300
"""Canned replies that one agent keeps for themselves."""
SUBJECT = ("canned_replies",)


class CannedReplies:
    """Shared ones are for all agents, and changed by their owner and by admins; the others are their owner's."""

    def __init__(self, db: Database, audience: Audience) -> None:
        self._db = db
        self._audience = audience

    async def all(self, agent: Identity) -> list[CannedReply]:
        return await select_canned(self._db, agent.user_id)

    async def create(self, agent: Identity, draft: Draft) -> CannedReply:
        """Raises Invalid: the shortcut is taken, or there are as many as may be."""
        made = await insert_canned(self._db, agent.user_id, draft, most_shared=MOST_SHARED, most_own=MOST_OWN)
        if made == "taken":
            raise taken(draft)
        if made == "full":
            most = MOST_SHARED if draft.is_shared else MOST_OWN
            raise Invalid(f"There are {most} canned replies, as many as may be. Delete some first.")
        reply = await self._find(agent, made)
        self._tell(reply)
        return reply

    async def change(self, agent: Identity, reply_id: int, draft: Draft) -> CannedReply:
        """Raises NotFound, Forbidden: it is another's; Invalid: the shortcut is taken."""
        before = await self._own(agent, reply_id)
        if draft.is_shared is False and before.is_shared and before.owner_id != agent.user_id:
            raise Forbidden("Only its owner can keep a shared reply for themselves.")
        if not await update_canned(self._db, reply_id, draft):
            raise taken(draft)
        reply = await self._find(agent, reply_id)
        self._tell(before)
        self._tell(reply)
        return reply

    async def delete(self, agent: Identity, reply_id: int) -> None:
        """Raises NotFound, Forbidden: it is another's."""
        reply = await self._own(agent, reply_id)
        await delete_canned(self._db, reply_id)
        self._tell(reply)

    async def use(self, agent: Identity, reply_id: int) -> None:
        """Count that the agent has used it. Nobody is told: it only orders their list the next time."""
        if not await count_use(self._db, agent.user_id, reply_id):
            raise missing()

    async def _find(self, agent: Identity, reply_id: int) -> CannedReply:
        reply = await select_one_canned(self._db, agent.user_id, reply_id)
        if reply is None:
            raise missing()
        return reply

    async def _own(self, agent: Identity, reply_id: int) -> CannedReply:
        reply = await self._find(agent, reply_id)
        if reply.owner_id != agent.user_id and not agent.is_admin:
            raise Forbidden(f"Only {reply.owner_name} and admins can change this reply.")
        return reply

    def _tell(self, reply: CannedReply) -> None:
        event = CannedRepliesChanged(reply.id)
        self._audience.tell(SUBJECT, event, user_id=None if reply.is_shared else reply.owner_id)


def taken(draft: Draft) -> Invalid:
    return Invalid(f"The shortcut {draft.shortcut} has another canned reply already. Choose another.")


def missing() -> NotFound:
    return NotFound("There is no such canned reply.")
