"""Begin, drain and end the work that goes on beside the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import structlog

from app.errors import FiresideError
from app.services import Services
from app.spine.installation import insert_value, select_namespace
from app.spine.log.amends import amend

log = structlog.get_logger()

FLUSH_SECONDS = 3.0
"""How long a stop waits for what is on its way to Postgres."""
CANCEL_SECONDS = 0.2
"""Pause between two tries to cancel a task."""
RESTART_SECONDS = 1.0
"""Pause before a task that has failed by a fault of ours begins anew."""


async def start(services: Services) -> list[asyncio.Task[None]]:
    """Connect, and begin the work that goes on beside the requests.

    Raises:
        Unavailable: Postgres does not answer.
    """
    await services.db.connect()
    installation_id = await insert_value(services.db, "id", uuid4().hex[:12])
    services.broker.namespace = await select_namespace(services.db, installation_id)
    await services.epoch.look()
    await services.auth.start()
    await services.origins.repair()
    services.bots.start()
    work: list[Callable[[], Awaitable[None]]] = [
        services.journal.run,
        services.broker.listen,
        services.broker.speak,
        services.broker.beat,
        services.epoch.watch,
        services.broker.probe,
        services.rooms.filler.sweep.run,
        services.typing.run,
        services.presence.run,
        services.presence.reap,
        services.marks.run,
        services.feed.run,
        services.feed.sweep.run,
        services.connections.ping,
        services.connections.watch,
        services.connections.check_revocations,
        services.clearing.run,
        services.connections.check_doubted,
    ]
    tasks = [asyncio.create_task(keep_up(task), name=task.__qualname__) for task in work]
    return [*tasks, asyncio.create_task(amend(services.db), name="amend")]


async def keep_up(work: Callable[[], Awaitable[None]]) -> None:
    """Run a task for ever: a fault of ours in it is logged, and it begins anew."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("task_failed", task=work.__qualname__)
        await asyncio.sleep(RESTART_SECONDS)


async def announce(services: Services, hurry: asyncio.Event) -> None:
    """Say on /readyz that we leave, and serve on until balancers have seen it, or somebody is in a hurry."""
    services.connections.leaving = True
    with suppress(TimeoutError):
        async with asyncio.timeout(services.settings.lame_duck_seconds):
            await hurry.wait()


async def drain(services: Services) -> None:
    """Take leave of everyone: what was taken in is stored and answered, and no client sees an abnormal close."""
    seconds = services.settings.drain_seconds
    ends_at = asyncio.get_running_loop().time() + seconds + FLUSH_SECONDS

    async def settled() -> None:
        try:
            async with asyncio.timeout_at(ends_at):
                await services.journal.idle()
        except TimeoutError:
            log.warning(
                "drain_incomplete", reason="Postgres does not take what is left; clients will repeat it"
            )

    await services.connections.goodbye(seconds, settled)
    services.rooms.release()
    await settled()
    await services.connections.close_all()


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel tasks until the last has ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which asyncpg and redis-py use, loses a cancellation
    that comes in the moment of success (python/cpython#86296).
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)


async def stop(services: Services, tasks: list[asyncio.Task[None]]) -> None:
    """End what `start` began. Nothing here may keep the process: every step is bounded or cannot fail."""
    try:
        async with asyncio.timeout(FLUSH_SECONDS):
            await services.bots.stop()
            await services.marks.flush()
            await services.presence.unregister()
    except (TimeoutError, FiresideError) as error:
        log.warning("stop_incomplete", error=repr(error))
    await cancel(tasks)
    await services.broker.close()
    await services.db.disconnect()
