"""The alarm clock of snoozed conversations. Each process looks once a second; Postgres lets one of them have each."""

from __future__ import annotations

from uuid import UUID

from app.desk.snoozing.store import wake_due_conversations
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.sweep import Sweep

STEP = 200
"""Conversations woken in one statement: everybody's nine o'clock comes in pieces, with other appends in between."""


class Snoozing:
    def __init__(self, db: Database, broker: Broker) -> None:
        self._db = db
        self.on_woken: Hearers[[UUID]] = Hearers()
        """Told of each conversation that was woken here."""
        self.clock = Sweep(broker, self.wake_due)

    async def wake_due(self) -> None:
        """Wake whatever is due.

        Raises:
            Retryable: Postgres is away. The next look finds the rest, whichever process takes it.
        """
        woken = [UUID(int=0)] * STEP
        while len(woken) == STEP:
            woken = await wake_due_conversations(self._db, limit=STEP)
            for conversation_id in woken:
                self.on_woken.tell(conversation_id)
