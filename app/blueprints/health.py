"""/healthz says that the process lives, /readyz whether to send it work."""

from __future__ import annotations

import asyncio
from typing import Literal

from msgspec import Struct
from quart import Blueprint

from app.blueprints.operations import operation
from app.db import Database
from app.errors import Unavailable
from app.services import Services

PATIENCE_SECONDS = 2.0
"""A load balancer asks every few seconds; it should hear no rather than nothing."""


class Health(Struct, frozen=True):
    status: Literal["ok"] = "ok"


class Readiness(Struct, frozen=True):
    """Whether this process should get work.

    Degraded: Redis is away, chat goes on. Unavailable: Postgres is away. Draining: this process is leaving.
    """

    status: Literal["ok", "degraded", "unavailable", "draining"]


def blueprint(services: Services) -> Blueprint:
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
        if services.connections.draining:
            return Readiness("draining"), 503
        postgres, redis = await asyncio.gather(answers(services.db), services.broker.ping())
        if not postgres:
            return Readiness("unavailable"), 503
        return Readiness("ok" if redis else "degraded"), 200

    return health


async def answers(db: Database) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return bool(await db.fetchval("select true"))
    except (Unavailable, TimeoutError):
        return False
