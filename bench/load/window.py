"""The time that is measured, and what the processes used of the machine meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

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
        used, before, began = self.used(), count(), time.perf_counter()
        await asyncio.sleep(seconds)
        after, ended = count(), time.perf_counter()
        return after - before, self.usage_since(used, ended - began)

    def used(self) -> tuple[float, float, float]:
        """Return what server, engines and load have used of the processors so far, in seconds."""
        return processor_seconds(self._server), processor_seconds(self._engines), time.process_time()

    def usage_since(self, used: tuple[float, float, float], seconds: float) -> Usage:
        return Usage(seconds, *(now - then for now, then in zip(self.used(), used, strict=True)))

    def memory(self) -> int:
        """Return the server's resident memory in bytes."""
        return sum(each.memory_info().rss for each in families(self._server))


def families(parents: list[int]) -> Iterator[psutil.Process]:
    for parent in parents:
        process = psutil.Process(parent)
        yield process
        yield from process.children(recursive=True)


def processor_seconds(parents: list[int]) -> float:
    total = 0.0
    for each in families(parents):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
