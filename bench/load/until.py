"""Waiting for a count to be reached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

POLL_SECONDS = 0.05


async def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until a condition holds, or until the time is up: what is missing then is missing in the result.

    Looked at now and then, for a callback on each of hundreds of thousands of messages would cost what is measured.
    """
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110 - said above.
        await asyncio.sleep(POLL_SECONDS)
