"""Notice that the log was replaced beneath us: by a restore, or a standby that had not got all of it.

A `seq` means something within one log only. If an entry that was visible is gone, the next one takes its number, and
a client that has seen the first would never be sent the second. So a log has an epoch, which clients give back with
their positions; another one is answered by `reset`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from contextlib import suppress
from uuid import UUID

import structlog
from msgspec import MsgspecError, Struct, json

from app.errors import Retryable
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.hints import Hint
from app.spine.log.entry import Appended
from app.spine.log.epochs import Witness, move_tail, select_log_state, update_epoch

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""Seconds for which clients of a replaced log are still served, before they are sent away to load anew."""
WITNESSES = 16
"""Latest commits that must still be there: what is lost of a log is its end."""


class Named(Struct):
    """The part of a hint's frame that names its entry."""

    message_id: UUID


decode_named = json.Decoder(Named).decode


class Epoch:
    """The epoch of the log as this process knows it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.current = ""
        self.on_change: Hearers[[]] = Hearers()
        """Told when the log was replaced: whatever was read of the one before is void."""
        self._appended: deque[Appended] = deque(maxlen=WITNESSES)
        self._hinted: deque[Hint] = deque(maxlen=WITNESSES)

    def saw_appended(self, batch: list[Appended]) -> None:
        """Note the last entry of a batch: it was one commit, so all of it is there or nothing."""
        self._appended.extend(batch[-1:])

    def saw_hints(self, hints: list[Hint]) -> None:
        self._hinted.extend(hints[-1:])

    async def look(self) -> None:
        """Learn the epoch; give the log a new one if it is not the log that had the last.

        Raises:
            Retryable: Postgres is away.
        """
        state = await select_log_state(self._db, self._witnesses())
        # If it has a new epoch already, another process has noticed what is missing.
        forked = state.forked and state.epoch == self.current
        ahead = state.is_ahead and state.epoch == state.tail_epoch
        if state.fingerprint is not None and (forked or ahead or state.given_to != state.fingerprint):
            await update_epoch(self._db, state.epoch, secrets.token_hex(4), state.fingerprint)
            state = await select_log_state(self._db, ())
        if state.fingerprint is not None and state.epoch is not None and state.epoch != state.tail_epoch:
            await self._move_tail(state.epoch)
        self.adopt(state.epoch or "")

    async def _move_tail(self, epoch: str) -> None:
        try:
            await move_tail(self._db, epoch)
        except Retryable as error:
            # Somebody's transaction has the table. The next look tries again; what is appended meanwhile moves too.
            log.warning("tail_not_moved", error=error.message)

    def adopt(self, epoch: str) -> None:
        """Take notice of an epoch that was read with something else."""
        if epoch in ("", self.current):
            return
        before, self.current = self.current, epoch
        if before:
            self._forget()
            log.warning(
                "log_replaced", epoch=epoch, advice="Clients load anew. Was it restored, or failed over?"
            )
            self.on_change.tell()

    async def watch(self) -> None:
        """Look whether it is still the same log, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Retryable as error:
                log.debug("epoch_not_read", error=error.message)

    def _witnesses(self) -> list[Witness]:
        appended = [
            Witness(each.conversation_id, each.lane, each.seq, each.entry.message_id)
            for each in self._appended
        ]
        hinted = []
        for hint in self._hinted:
            with suppress(MsgspecError):
                message_id = decode_named(hint.payload).message_id
                hinted.append(Witness(UUID(bytes=hint.conversation_id), hint.lane, hint.seq, message_id))
        return appended + hinted

    def _forget(self) -> None:
        self._appended.clear()
        self._hinted.clear()
