"""The work of bulk actions: a hundred conversations a step, each step a transaction, whichever process takes it.

A step reads its conversations, decides here what is to become of each, and writes that for those which are still as
they were read. The others have been changed meanwhile: they wait, and the next step judges them by what they are then.
"""

from __future__ import annotations

from time import monotonic
from typing import Literal
from uuid import UUID

from msgspec import structs

from app.desk.bulk.action import Job, Outcome
from app.desk.bulk.deciding import Deciding
from app.desk.bulk.store import (
    append_bulk,
    select_action,
    select_waiting,
    take_job,
    yield_job,
)
from app.protocol import Assigned, BulkAction, BulkActionUpdated, Sender
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.log.entry import Draft, Lane
from app.spine.rooms.audience import Audience
from app.spine.sweep import Sweep
from app.talk.messages.service import joining

TURN = 20
"""Steps until the next action has its turn."""
TOLD_SECONDS = 0.25
"""Seconds between two tellings of how far it is."""


class Worker:
    def __init__(
        self,
        db: Database,
        broker: Broker,
        audience: Audience,
        deciding: Deciding,
    ) -> None:
        self._db = db
        self._audience = audience
        self._deciding = deciding
        self._told_at = 0.0
        self.sweep = Sweep(broker, self.work)
        self.on_changed: Hearers[[UUID]] = Hearers()
        """Told of each conversation that was changed here."""
        self.on_joined: Hearers[[UUID, int]] = Hearers()
        """Told of an agent who takes part in a conversation from now on."""

    async def work(self) -> None:
        """Work on whatever waits, until nothing does.

        Raises:
            Retryable: Postgres is away. The next look goes on, here or elsewhere.
        """
        while (job := await take_job(self._db)) is not None:
            for _ in range(TURN):
                if not await self._step(job):
                    break
            action = await yield_job(self._db, job.action.id)
            if action is not None:
                self._tell(job, action)

    async def _step(self, job: Job) -> bool:
        """Change some of them; say whether there may be more."""
        waiting = await select_waiting(self._db, job)
        if not waiting:
            return False
        outcomes = await self._deciding.decide(job, waiting)
        drafts = [draft for outcome in outcomes for draft in drafts_of(job, outcome)]
        settled = await append_bulk(self._db, job, outcomes, drafts)
        if settled is None:
            return False
        for outcome in outcomes:
            if outcome.id in settled and outcome.happenings:
                self.on_changed.tell(outcome.id)
                for happening, _ in outcome.happenings:
                    if isinstance(happening, Assigned) and happening.user_id is not None:
                        self.on_joined.tell(outcome.id, happening.user_id)
        if monotonic() >= self._told_at + TOLD_SECONDS:
            action = await select_action(self._db, job.user_id, job.action.id)
            if action is not None:
                self._tell(job, action)
        return True

    def _tell(self, job: Job, action: BulkAction) -> None:
        self._told_at = monotonic()
        self._audience.tell((f"bulk.{action.id}",), BulkActionUpdated(action), user_id=job.user_id)


def drafts_of(job: Job, outcome: Outcome) -> list[Draft]:
    """Return the entries of a change by the agent who asked for it, and for the team with what it was part of."""
    via: Literal["bulk", "bulk_undo"] = "bulk_undo" if job.is_undo else "bulk"
    sender = Sender(job.user_id, "agent", "")
    drafts: list[Draft] = []
    for happening, lane in outcome.happenings:
        told = structs.replace(happening, via=via) if lane is Lane.TEAM else happening
        drafts.append(Draft.of_event(outcome.id, told, lane=lane, sender=sender))
        if isinstance(happening, Assigned) and happening.user_id is not None:
            drafts.append(joining(outcome.id, Sender(happening.user_id, "agent", str(happening.name))))
    return drafts
