"""Notifications: for each cause, agent and kind one decision, made by readers of the log and kept with its reason.

The row comes first and the telling after it, and a cause that comes again is told again under the same id, for a client
to pass over. So whoever dies in between, nobody is told of less, and nobody rings twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from app.desk.notifications.cause import CAUSES, Cause, Meant, left_waiting, meant_by
from app.desk.notifications.deciding import decide
from app.desk.notifications.store import (
    insert_decisions,
    note_rung,
    note_seen,
    select_candidates,
    select_cause,
    select_decided,
    select_latest,
    select_worth,
)
from app.errors import NotFound
from app.protocol import Notification, NotificationKind, NotificationsSeen, Notified, Verdict
from app.spine.db import Database
from app.spine.log.change import Change
from app.spine.log.reader import Reader
from app.spine.rooms.audience import Audience

WAITING_SECONDS = 60.0
"""Age of a customer's first message at which those who could take the conversation are called."""


class Notifications:
    def __init__(self, db: Database, audience: Audience) -> None:
        self._db = db
        self._audience = audience

    def readers(self) -> list[Reader]:
        return [
            self._reader("notifications", meant_by, delay_seconds=0.0),
            self._reader("waiting", left_waiting, delay_seconds=WAITING_SECONDS),
        ]

    def _reader(self, name: str, means: Callable[[Cause], list[Meant]], *, delay_seconds: float) -> Reader:
        async def choose(changes: Sequence[Change]) -> Collection[UUID]:
            keys = {
                (change.conversation_id, int(change.lane), change.seq): change.id
                for change in changes
                if change.type in CAUSES
            }
            worth = await select_worth(self._db, list(keys), is_waiting=delay_seconds > 0) if keys else ()
            return {keys[key] for key in worth}

        async def handle(change: Change) -> None:
            await self.judge(change, means)

        return Reader(name=name, handle=handle, choose=choose, delay_seconds=delay_seconds)

    async def judge(self, change: Change, means: Callable[[Cause], list[Meant]]) -> None:
        """Decide who is told of an entry, keep it, and tell them."""
        found = await select_cause(self._db, (change.conversation_id, change.lane, change.seq))
        if found is None:
            return
        cause, inbox_id = found
        now = datetime.now(UTC)
        decided: dict[int, tuple[NotificationKind, Verdict]] = {}
        for meant in means(cause):
            for each in await select_candidates(self._db, change.conversation_id, cause, meant):
                verdict = decide(meant.kind, each, inbox_id=inbox_id, now=now)
                decided.setdefault(each.user_id, (meant.kind, verdict))
        if not decided:
            return
        key = (change.conversation_id, int(change.lane), cause.seq)
        await insert_decisions(self._db, key, [(user_id, *rest) for user_id, rest in decided.items()])
        for user_id, notification in await select_decided(self._db, key):
            # Of others nobody has just thought: they were told when their turn was.
            if decided.get(user_id, ("",))[0] == notification.kind and not notification.is_seen:
                subject = f"notification.{notification.id}"
                self._audience.tell((subject,), Notified(notification), user_id=user_id)

    async def latest(self, user_id: int) -> list[Notification]:
        return await select_latest(self._db, user_id)

    async def see(self, user_id: int, *, conversation_id: UUID | None, through: int) -> None:
        """Note that one device has shown them, for the others to be silent."""
        if await note_seen(self._db, user_id, conversation_id=conversation_id, through=through):
            event = NotificationsSeen(conversation_id=conversation_id, through=through)
            self._audience.tell((f"seen.{conversation_id}",), event, user_id=user_id)

    async def ring(self, user_id: int, notification_id: int) -> bool:
        """Say whether the device that asks is the one that rings now, of all that this agent has.

        Raises:
            NotFound: It is none of theirs.
        """
        is_first = await note_rung(self._db, user_id, notification_id)
        if is_first is None:
            raise NotFound("You have no such notification.")
        return is_first
