"""Begin, drain and end the work that goes on beside the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import structlog

from app.areas import Areas
from app.errors import FiresideError
from app.spine.installation import insert_value, select_namespace
from app.spine.log.amends import amend
from app.spine.log.journal import WRITERS

log = structlog.get_logger()

FLUSH_SECONDS = 3.0
"""Seconds a stop waits for statements on their way to Postgres."""
CANCEL_SECONDS = 0.2
"""Pause between two tries to cancel a task."""
RESTART_SECONDS = 1.0
"""Pause before a task that has failed by a fault of ours begins anew."""


async def start(areas: Areas) -> list[asyncio.Task[None]]:
    """Connect, and begin the work that goes on beside the requests.

    Raises:
        Unavailable: Postgres does not answer.
    """
    spine = areas.spine
    await spine.db.connect()
    installation_id = await insert_value(spine.db, "id", uuid4().hex[:12])
    spine.broker.namespace = await select_namespace(spine.db, installation_id)
    await spine.epoch.look()
    await areas.people.auth.start()
    await spine.origins.repair()
    spine.readers.start()
    work: list[Callable[[], Awaitable[None]]] = [
        *[spine.journal.write] * WRITERS,
        spine.broker.listen,
        spine.broker.speak,
        spine.broker.beat,
        spine.broker.probe,
        spine.epoch.watch,
        spine.tail.run,
        spine.rooms.filler.sweep.run,
        spine.connections.ping,
        spine.connections.watch,
        spine.connections.check_revocations,
        spine.connections.check_doubted,
        *areas.talk.tasks,
        *areas.desk.tasks,
        *areas.people.tasks,
    ]
    tasks = [asyncio.create_task(keep_up(task), name=task.__qualname__) for task in work]
    return [*tasks, asyncio.create_task(amend(spine.db), name="amend")]


async def keep_up(work: Callable[[], Awaitable[None]]) -> None:
    """Run a task for ever: a fault of ours in it is logged, and it begins anew."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("task_failed", task=work.__qualname__)
        await asyncio.sleep(RESTART_SECONDS)


async def announce(areas: Areas, hurry: asyncio.Event) -> None:
    """Say on /readyz that we leave, and serve on until balancers have seen it, or somebody is in a hurry."""
    areas.spine.connections.leaving = True
    with suppress(TimeoutError):
        async with asyncio.timeout(areas.spine.settings.lame_duck_seconds):
            await hurry.wait()


async def drain(areas: Areas) -> None:
    """Take leave of everyone: what was taken in is stored and answered, and no client sees an abnormal close."""
    seconds = areas.spine.settings.drain_seconds
    ends_at = asyncio.get_running_loop().time() + seconds + FLUSH_SECONDS

    async def settled() -> None:
        try:
            async with asyncio.timeout_at(ends_at):
                await areas.spine.journal.idle()
        except TimeoutError:
            log.warning(
                "drain_incomplete", reason="Postgres does not take what is left; clients will repeat it"
            )

    await areas.spine.connections.goodbye(seconds, settled)
    areas.spine.rooms.release()
    areas.spine.tail.release()
    await settled()
    await areas.spine.connections.close_all()


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


async def stop(areas: Areas, tasks: list[asyncio.Task[None]]) -> None:
    """End what `start` began. Nothing here may keep the process: every step is bounded or cannot fail."""
    try:
        async with asyncio.timeout(FLUSH_SECONDS):
            await areas.spine.readers.stop()
            await areas.bots.stop()
            await areas.talk.marks.flush()
            await areas.talk.presence.unregister()
    except (TimeoutError, FiresideError) as error:
        log.warning("stop_incomplete", error=repr(error))
    await cancel(tasks)
    await areas.spine.broker.close()
    await areas.spine.db.disconnect()
