"""A server process that can be killed, frozen and restarted, and that a supervisor brings back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
STILLBORN = 3
"""Processes in a row that end before they serve, after which none will."""
START_SECONDS = 60.0
"""A guard: what has not begun to serve by then will not."""


class Server:
    """One process of the product, under a supervisor that always restarts it."""

    def __init__(self, name: str, settings: Mapping[str, str], directory: Path) -> None:
        self.name = name
        self.port = 0
        """The port it listens on; 0 while it does not."""
        self.starts = 0
        self.complaints: list[dict[str, Any]] = []
        """Errors that it logged: a server that survives a fault has nothing to complain of."""
        self.log: deque[str] = deque(maxlen=200)
        self._settings = settings
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None
        self._changed = asyncio.Event()
        self._stillborn = 0
        self._supervisor: asyncio.Task[None] | None = None
        self._answers: asyncio.Queue[dict[str, int]] = asyncio.Queue()

    async def start(self) -> None:
        """Start it and wait until it serves."""
        self._supervisor = asyncio.create_task(self._supervise())
        await self.serving()

    async def stop(self) -> int:
        """End it for good, in the orderly way; return its exit status."""
        assert self._supervisor is not None
        assert self._process is not None
        self._supervisor.cancel()
        self.send_signal(signal.SIGCONT)
        self.send_signal(signal.SIGTERM)
        await asyncio.wait((self._supervisor,))
        return await self._process.wait()

    async def restart(self) -> int:
        """Stop it in the orderly way, wait until the next one serves; return the exit status of the first."""
        process, starts = self._process, self.starts
        assert process is not None
        self.send_signal(signal.SIGTERM)
        status = await process.wait()
        await self.serving(after=starts)
        return status

    async def kill(self) -> None:
        """Kill it, and wait until the next one serves."""
        starts = self.starts
        self.send_signal(signal.SIGKILL)
        await self.serving(after=starts)

    async def kill_at(self, point: str, passes: int) -> None:
        """Have it kill itself when it comes by a point for the given time; wait until the next one serves."""
        starts = self.starts
        self._tell(f"kill {point} {passes}")
        await self.serving(after=starts)

    async def serving(self, *, after: int = 0) -> None:
        """Wait until it serves, having been started more than `after` times."""
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                while self._stillborn < STILLBORN and (self.starts <= after or not self.port):
                    self._changed.clear()
                    await self._changed.wait()
        if self.starts <= after or not self.port:
            raise RuntimeError(f"{self.name} does not serve: {list(self.log)[-5:]}")

    def send_signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def counts(self) -> dict[str, int]:
        """Return how much it holds: tasks, connections, rooms, file descriptors, kilobytes."""
        assert self._process is not None
        self._tell("count")
        async with asyncio.timeout(START_SECONDS):
            counts = await self._answers.get()
        process = psutil.Process(self._process.pid)
        return {**counts, "fds": process.num_fds(), "kilobytes": process.memory_info().rss // 1024}

    def _tell(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def _supervise(self) -> None:
        while True:
            await self._run_once()

    async def _run_once(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.serve",
            cwd=self._directory,
            env={**os.environ, **self._settings, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stderr is not None
        assert self._process.stdout is not None
        self.starts += 1
        reading = asyncio.create_task(self._read_answers(self._process.stdout))
        try:
            async for line in self._process.stderr:
                self._read(line)
            await self._process.wait()
        finally:
            self._stillborn += not self.port
            self.port = 0
            self._changed.set()
            reading.cancel()

    def _read(self, line: bytes) -> None:
        self.log.append(line.decode(errors="replace").rstrip())
        try:
            event = json.loads(line)
        except ValueError:
            return
        if event.get("event") == "serving":
            self.port = int(event["address"].rpartition(":")[2])
            self._stillborn = 0
            self._changed.set()
        elif event.get("event") == "draining":
            self.port = 0
        elif event.get("level") in {"error", "critical"}:
            self.complaints.append(event)

    async def _read_answers(self, stdout: asyncio.StreamReader) -> None:
        async for line in stdout:
            self._answers.put_nowait(json.loads(line))
