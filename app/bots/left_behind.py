"""Messages that were left behind by the process that should have asked a bot: a reader of the log takes them up."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from app.bots.asker import LEASE_SECONDS
from app.bots.runner import Bots
from app.bots.store import LeftBehind, select_left_behind
from app.errors import Unavailable
from app.spine.batch import Batch
from app.spine.db import Database
from app.spine.log.change import Change
from app.spine.log.entry import Lane
from app.spine.log.reader import Reader

ORPHAN_SECONDS = 15.0
"""Age at which a message that is not answered is looked after: most are, by the process that stored them."""
FORGOTTEN_SECONDS = 3600.0
"""Age at which an answer would surprise more than help."""
LOOK_SECONDS = 1.0
"""Pause between two looks at a message that another process is answering."""
AT_ONCE = 1_000
"""Conversations that are looked after at the same time; the bots themselves answer fewer."""


def orphans(db: Database, bots: Bots, *, timeout_seconds: float) -> Reader:
    """Return the reader that sees to it that each message is answered, whoever dies."""
    left: Batch[tuple[UUID, int], LeftBehind] = Batch(
        partial(select_left_behind, db, younger_than_seconds=FORGOTTEN_SECONDS)
    )

    async def choose(changes: Sequence[Change]) -> Collection[UUID]:
        keys = {
            (change.conversation_id, change.seq): change.id
            for change in changes
            if change.type == "message_received" and change.lane == Lane.PUBLIC
        }
        found = await select_left_behind(db, list(keys), younger_than_seconds=FORGOTTEN_SECONDS)
        return {keys[key] for key in found}

    async def take_up(change: Change) -> None:
        key = (change.conversation_id, change.seq)
        while (found := await left.load(key)) is not None:
            if found.is_free:
                await bots.answer(found.question)
                if await left.load(key) is not None:
                    raise Unavailable("The bots have no place for it, or no database.")
            else:
                await asyncio.sleep(LOOK_SECONDS)

    return Reader(
        name="bots",
        handle=take_up,
        choose=choose,
        delay_seconds=ORPHAN_SECONDS,
        # For the turn of another process, should it be under way, and ours.
        try_seconds=2 * (timeout_seconds + LEASE_SECONDS) + LEASE_SECONDS,
        at_once=AT_ONCE,
    )
