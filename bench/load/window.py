"""The time that is measured, and what the processes used of the processors meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
import psutil


class Usage(msgspec.Struct):
    """Seconds of processor time, by whose it was."""

    seconds: float
    server: float
    engines: float
    load: float


class Window:
    """Knows the processes; a parent stands for its children too."""

    def __init__(self, server: list[int], engines: list[int]) -> None:
        self._server = server
        self._engines = engines

    async def measure(self, seconds: float, count: Callable[[], int]) -> tuple[int, Usage]:
        """Return by how much `count` grew in `seconds`, and what that cost."""
        used, before, began = self._used(), count(), time.perf_counter()
        await asyncio.sleep(seconds)
        after, ended, now_used = count(), time.perf_counter(), self._used()
        spent = [now - then for now, then in zip(now_used, used, strict=True)]
        return after - before, Usage(ended - began, *spent)

    def _used(self) -> tuple[float, float, float]:
        return processor_seconds(self._server), processor_seconds(self._engines), time.process_time()


def processor_seconds(parents: list[int]) -> float:
    total = 0.0
    for parent in parents:
        process = psutil.Process(parent)
        for each in (process, *process.children(recursive=True)):
            try:
                times = each.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total
