"""Work that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar

from structlog.testing import capture_logs

from app.spine.batch import Batch
from app.spine.tasks import Tasks


async def test_work_for_everybody_is_done_in_nobodys_context() -> None:
    """Its logs would name the connection that happened to begin it."""
    connection: ContextVar[str] = ContextVar("connection", default="none")
    seen = []

    async def note() -> None:
        seen.append(connection.get())

    async def load(keys: list[int]) -> Mapping[int, int]:
        await note()
        return {}

    connection.set("k_first")
    await Tasks().spawn(note())
    await Batch(load).load(1)
    assert seen == ["none", "none"]


async def test_a_task_that_fails_is_logged_and_the_others_go_on() -> None:
    tasks = Tasks()

    async def fail() -> None:
        raise RuntimeError("broken")

    with capture_logs() as logged:
        tasks.spawn(fail())
        await tasks.spawn(asyncio.sleep(0))
        await tasks.end(1)
    assert [(line["event"], "broken" in line["error"]) for line in logged] == [("task_failed", True)]


async def test_a_task_that_does_not_end_is_cancelled() -> None:
    tasks = Tasks()
    task = tasks.spawn(asyncio.Event().wait())  # type: ignore[arg-type]
    await tasks.end(0)
    assert task.cancelled()
