"""The card of a customer: who they are as far as anyone has said, and what agents set right."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.errors import Forbidden, NotFound
from app.people.cards.card import CustomerCard, Field, checked
from app.people.cards.store import select_card, select_is_erased
from app.protocol import CustomerChanged, FieldChange, Sender
from app.spine.db import Database
from app.spine.identity import Identity, Reader
from app.spine.log.entry import Draft, Lane
from app.spine.log.journal import Journal


class Cards:
    def __init__(self, db: Database, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    async def of(self, reader: Reader, conversation_id: UUID) -> CustomerCard:
        """Return what is known of a conversation's customer.

        Raises:
            NotFound: There is no such conversation, or not for them.
        """
        card = await select_card(self._db, reader, conversation_id)
        if card is None:
            raise NotFound("There is no such conversation.")
        return card

    async def change(
        self, agent: Identity, conversation_id: UUID, wanted: Mapping[Field, str | None]
    ) -> CustomerCard:
        """Set a customer's name, address or number right; None takes one away. The change is an entry of the log.

        A change that changes nothing appends nothing.

        Raises:
            NotFound: There is no such conversation, or not for them.
            Forbidden: The customer was erased.
            Invalid, TooLarge: A value can be none.
        """
        after = {field: None if raw is None else checked(field, raw) for field, raw in wanted.items()}
        now = await self.of(agent, conversation_id)
        if await select_is_erased(self._db, now.id):
            raise Forbidden("This customer was erased. Nothing can be written about them.")
        known = {"name": now.name, "email": now.email, "phone": now.phone}
        before = {field: fact.value if fact else None for field, fact in known.items()}
        changes = [
            FieldChange(field, before[field], value)
            for field, value in after.items()
            if value != before[field]
        ]
        if not changes:
            return now
        await self._journal.append(
            Draft.of_event(
                conversation_id,
                CustomerChanged(changes),
                sender=Sender(agent.user_id, "agent", agent.name),
                lane=Lane.TEAM,
            )
        )
        return await self.of(agent, conversation_id)
