"""Drafts: kept for their author on whichever device, by comparing and setting, until their message is stored."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from app.desk.drafts import Draft, DraftMark, DraftSaved
from app.desk.drafts.store import (
    delete_draft,
    delete_sent,
    select_drafts,
    select_marks,
    upsert_draft,
    why_not_saved,
)
from app.errors import Invalid, NotFound, Retryable
from app.protocol import DraftChanged, Format, LaneName, MessageReceived, Seq
from app.spine.db import Database
from app.spine.identity import Identity
from app.spine.log.entry import Appended
from app.spine.rooms.audience import Audience

log = structlog.get_logger()

MOST = 500
"""Drafts of one agent. What is begun beyond stays in the browser in which it was written."""
MOST_SENT = 1_000
"""Messages whose drafts wait to be deleted; beyond that the rows stay until they are cleared, and nobody sees them."""
SUBJECT = ("drafts",)


class Drafts:
    """An agent's own: nobody else is told of one, nor that there is one."""

    def __init__(self, db: Database, audience: Audience) -> None:
        self._db = db
        self._audience = audience
        self._sent: set[tuple[int, UUID, UUID]] = set()
        """Messages of agents that were stored here: (agent, conversation, client_msg_id)."""
        self._is_sent = asyncio.Event()

    async def marks(self, agent: Identity) -> list[DraftMark]:
        return await select_marks(self._db, agent.user_id)

    async def of(self, agent: Identity, conversation_id: UUID) -> list[Draft]:
        """Return the agent's drafts of a conversation.

        Raises:
            NotFound: It does not exist for them.
        """
        drafts = await select_drafts(self._db, agent.user_id, conversation_id)
        if drafts is None:
            raise missing()
        return drafts

    async def save(
        self,
        agent: Identity,
        conversation_id: UUID,
        lane: LaneName,
        *,
        client_msg_id: UUID,
        text: str,
        format: Format,
        reply_to: Seq | None,
        since: int,
    ) -> DraftSaved:
        """Keep a draft, or empty it, unless it was changed after the version `since`; tell the author's other tabs.

        Raises:
            NotFound: The conversation does not exist for them.
            Invalid: They have begun too many.
        """
        version = (
            await upsert_draft(
                self._db,
                agent.user_id,
                conversation_id,
                lane,
                client_msg_id=client_msg_id,
                text=text,
                format=format,
                reply_to=reply_to,
                since=since,
                most=MOST,
            )
            if text
            else await delete_draft(self._db, agent.user_id, conversation_id, lane, since=since)
        )
        why = await why_not_saved(self._db, agent.user_id, conversation_id, lane, client_msg_id=client_msg_id)
        if why is None:
            raise missing()
        outcome, draft = why
        if version is None:
            if draft is None and not text:
                return DraftSaved("saved", None, 0)
            if draft is None and outcome == "conflict":
                raise Invalid(f"You have {MOST} drafts, as many as are kept. Send or empty some first.")
            return DraftSaved(outcome, draft, 0)
        self._tell(agent.user_id, conversation_id, lane, version, client_msg_id, is_there=bool(text))
        return DraftSaved("saved", draft, version)

    def appended(self, appended: list[Appended]) -> None:
        """Note which messages of agents were stored, repeated ones too: their drafts are at their end."""
        for each in appended:
            entry = each.entry
            if isinstance(entry, MessageReceived) and entry.sender.role == "agent":
                if len(self._sent) < MOST_SENT:
                    self._sent.add((entry.sender.id, each.conversation_id, entry.client_msg_id))
                self._is_sent.set()

    async def run(self) -> None:
        """Delete the drafts of what was sent, all that came meanwhile in one statement, until cancelled."""
        while True:
            await self._is_sent.wait()
            self._is_sent.clear()
            sent, self._sent = self._sent, set()
            try:
                deleted = await delete_sent(self._db, list(sent))
            except Retryable as error:
                # Nobody sees them, for their messages are in the log; the clearing takes the rows.
                log.debug("drafts_not_deleted", error=error.message)
                continue
            for user_id, mark in deleted:
                self._tell(
                    user_id,
                    mark.conversation_id,
                    mark.lane,
                    mark.version,
                    mark.client_msg_id,
                    is_there=False,
                )

    def _tell(
        self,
        user_id: int,
        conversation_id: UUID,
        lane: LaneName,
        version: int,
        client_msg_id: UUID,
        *,
        is_there: bool,
    ) -> None:
        event = DraftChanged(conversation_id, lane, version, client_msg_id, is_there)
        self._audience.tell(SUBJECT, event, user_id=user_id)


def missing() -> NotFound:
    return NotFound("There is no such conversation.")
