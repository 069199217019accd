"""/healthz says that the process lives, /readyz whether to send it work."""

from __future__ import annotations

import asyncio
from typing import Literal

from msgspec import Struct
from quart import Blueprint

from app.errors import Unavailable
from app.operate.pages import are_built
from app.operate.store import select_true
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.http.operations import operation
from app.spine.redis_state import Trouble
from app.spine.sockets.spine import Spine

PATIENCE_SECONDS = 2.0
"""Seconds a check may take: a load balancer asks every few seconds, and should hear no rather than nothing."""


class Health(Struct, frozen=True):
    status: Literal["ok"] = "ok"


class Readiness(Struct, frozen=True, omit_defaults=True):
    """Whether this process should get work, and why not.

    Degraded: Redis is away or of no use, chat goes on. Unavailable: Postgres is away, or the frontends are not built.
    Draining: this process is leaving.
    """

    status: Literal["ok", "degraded", "unavailable", "draining"]
    reasons: list[str] = []


def blueprint(spine: Spine) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @operation(gives={200: Health})
    async def healthz() -> Health:
        """Tell that the process lives, whatever it depends on."""
        return Health()

    @health.get("/readyz")
    @operation(gives={200: Readiness, 503: Readiness})
    async def readyz() -> tuple[Readiness, int]:
        """Tell whether this process should get work."""
        if spine.connections.leaving:
            return Readiness("draining"), 503
        postgres, redis = await asyncio.gather(answers(spine.db), troubles(spine.broker))
        missing = [] if postgres else ["postgres: away"]
        if not are_built():
            missing.append("frontends: not built; run make install")
        if missing:
            return Readiness("unavailable", missing), 503
        return Readiness("degraded" if redis else "ok", [f"redis: {trouble}" for trouble in redis]), 200

    return health


async def troubles(broker: Broker) -> list[Trouble]:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await broker.troubles()
    except TimeoutError:
        return ["away"]


async def answers(db: Database) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await select_true(db)
    except (Unavailable, TimeoutError):
        return False
