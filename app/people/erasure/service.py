"""Erase what is kept of a customer: the log keeps its numbering and loses its contents."""

from __future__ import annotations

from uuid import UUID, uuid5

from msgspec import Struct

from app.errors import NotFound
from app.people.erasure.store import (
    Said,
    anonymise_customer,
    erase_changes,
    erase_drafts,
    erase_edits,
    select_open_conversations,
    select_said,
    select_system,
)
from app.protocol import Sender, StatusChanged
from app.spine.db import Database
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.values.uuid7 import uuid7

ERASURES = UUID("7f0c1f6b-53a7-4c0e-9d5e-0f3a3d0f9c52")
BATCH = 200
"""Messages deleted in one statement, which holds their conversations as long as it runs."""


class Erased(Struct, frozen=True, kw_only=True):
    messages: int
    conversations: int


async def erase_customer(db: Database, user_id: int) -> Erased:
    """Close a customer's conversations, delete all messages in them, and forget who the customer was.

    What agents and bots wrote goes too, for it tells of the customer. Each deletion is an entry of the log, so every
    open page and every process hears of it. Safe to repeat, and to take up again where it was interrupted.

    Raises:
        NotFound: There is no such customer.
    """
    if not await anonymise_customer(db, user_id):
        raise NotFound(f"There is no customer with the number {user_id}.")
    system = await select_system(db)
    # Closed first: what an agent or a bot is just writing would come after the deletions, and stay.
    still_open = await select_open_conversations(db, user_id)
    await _append(db, [Draft.of_event(each, StatusChanged("closed"), sender=system) for each in still_open])
    messages, conversations = 0, set()
    while said := await select_said(db, user_id, limit=BATCH):
        await _append(db, [_deletion(each, system) for each in said])
        messages += len(said)
        conversations |= {each.conversation_id for each in said}
    await erase_edits(db, user_id)
    await erase_changes(db, user_id)
    await erase_drafts(db, user_id)
    return Erased(messages=messages, conversations=len(conversations))


async def _append(db: Database, drafts: list[Draft]) -> None:
    """Append without a journal: the sweeps of the processes find what no hint told of."""
    verdicts = {verdict.verdict for verdict in await append_entries(db, drafts)}
    if verdicts - {"new", "duplicate"}:
        raise RuntimeError(f"the log refused an erasure: {', '.join(sorted(verdicts))}")


def _deletion(said: Said, system: Sender) -> Draft:
    return Draft(
        conversation_id=said.conversation_id,
        lane=Lane(said.lane),
        type="message_deleted",
        sender=system,
        client_msg_id=uuid5(ERASURES, str(said.message_id)),
        message_id=uuid7(),
        target_seq=said.seq,
        body=b"{}",
    )
