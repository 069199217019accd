"""Bring what older versions have written up to today's rules, a little at a time, beside the work of the day."""

from __future__ import annotations

import asyncio

import structlog

from app.errors import Retryable
from app.spine.db import Database
from app.spine.log.amend_store import amend_conversations

log = structlog.get_logger()

CONVERSATIONS = 100
"""Conversations in one statement: few enough that nobody waits for their locks."""
PAUSE_SECONDS = 0.05
"""Pause between two statements, so that most of Postgres is left to the chat."""
AWAY_SECONDS = 5.0
"""Pause before another try while Postgres is away."""


async def amend(db: Database) -> None:
    """Go through all conversations once; in an installation that is up to date this is one statement."""
    while True:
        try:
            if not await amend_conversations(db, CONVERSATIONS):
                return
        except Retryable:
            await asyncio.sleep(AWAY_SECONDS)
        except Exception:
            log.exception("amend_failed")
            return
        else:
            await asyncio.sleep(PAUSE_SECONDS)
