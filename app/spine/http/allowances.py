"""One person's allowances over HTTP: as large as on a socket of theirs."""

from __future__ import annotations

from typing import Literal

from app.spine.allowance import PERIOD_SECONDS
from app.spine.identity import ApiKey, Reader
from app.spine.sockets.spine import Spine


async def allow(spine: Spine, who: Reader, kind: Literal["sends", "joins"]) -> None:
    """Use one of what this person may do, counted over all processes; reading counts as joining.

    Raises:
        RateLimited: With the time to wait.
    """
    if isinstance(who, ApiKey):
        return  # A backend speaks for many.
    limits = spine.settings.limits.of("admin" if who.is_agent else "widget")
    await spine.limiter.take(
        kind,
        str(who.user_id),
        count=limits.sends if kind == "sends" else limits.joins,
        seconds=PERIOD_SECONDS,
    )
