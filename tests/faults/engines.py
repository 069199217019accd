"""PostgreSQL and Valkey that belong to these tests alone, to be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import psutil
import redis

from app.operate.embedded import Engines, engines, postgres, valkey
from app.operate.embedded.owner import Owner, find_owner
from app.operate.embedded.process import lives
from app.operate.embedded.sockets import POSTGRES_SOCKET, VALKEY_SOCKET, socket_directory
from app.operate.migrate import migrate
from app.settings import Settings

Name: TypeAlias = Literal["postgres", "valkey"]
POLL_SECONDS = 0.01


class OwnEngines:
    """Both engines, reached through their sockets; whoever ends one has to start it again."""

    def __init__(self, running: Engines, var_dir: Path) -> None:
        self.database_url = running.database_url
        self.redis_url = running.redis_url
        self._var_dir = var_dir
        self._owner: Owner = find_owner(var_dir, postgres.binary("postgres"))
        self._sockets = socket_directory(var_dir, self._owner.uid)

    def socket_of(self, name: Name) -> Path:
        return self._sockets / (POSTGRES_SOCKET if name == "postgres" else VALKEY_SOCKET)

    def process_of(self, name: Name) -> psutil.Process:
        if name == "postgres":
            first_line = (self._var_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
            return psutil.Process(int(first_line))
        with redis.Redis.from_url(self.redis_url) as client:
            return psutil.Process(client.info("server")["process_id"])

    async def end(self, name: Name, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal that ends an engine, and wait until it has. SIGQUIT is Postgres's immediate shutdown."""
        process = self.process_of(name)
        process.send_signal(how)
        while lives(process):
            await asyncio.sleep(POLL_SECONDS)

    async def begin(self, name: Name) -> None:
        """Start it, unless it runs, and wait until it answers."""
        engine = postgres if name == "postgres" else valkey
        await asyncio.to_thread(engine.start, self._var_dir, self._sockets, self._owner)

    @contextmanager
    def frozen(self, name: Name) -> Iterator[None]:
        """Stop an engine in its tracks for the time of the block: it neither answers nor goes away."""
        process = self.process_of(name)
        everything = [process, *process.children()]
        for each in everything:
            each.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for each in everything:
                if lives(each):
                    os.kill(each.pid, signal.SIGCONT)


@contextmanager
def own_engines(var_dir: Path) -> Iterator[OwnEngines]:
    """Run engines in `var_dir` for the time of the block; their database has the schema, and is there to be copied."""
    settings = Settings(var_dir=var_dir)
    with asyncio.Runner() as runner:
        running = engines(settings)
        found = runner.run(running.__aenter__())
        try:
            runner.run(migrate(found.database))
            yield OwnEngines(found, var_dir)
        finally:
            runner.run(running.__aexit__(None, None, None))
