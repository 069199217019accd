"""The one address that clients know: passes connections round to the servers that are healthy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tests.faults.http import ask
from tests.faults.proxy import Proxy, Target
from tests.faults.server import Server

CHECK_SECONDS = 0.25


class Front(Proxy):
    """A load balancer as they come: it asks /readyz, and tries the next one where a connection is refused."""

    def __init__(self, servers: list[Server]) -> None:
        super().__init__(self._in_turn)
        self._servers = servers
        self._healthy = {server.name for server in servers}
        self._turn = 0
        self._checks: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await super().start()
        self._checks = asyncio.create_task(self._check_for_ever())

    async def stop(self) -> None:
        if self._checks is not None:
            self._checks.cancel()
        await super().stop()

    def server_of(self, near_port: int) -> str:
        """Return the name of the server that a client's connection leads to."""
        link = self.link_of(near_port)
        return link.target if link is not None else ""

    def _in_turn(self) -> Iterator[tuple[str, Target]]:
        self._turn += 1
        start = self._turn % len(self._servers)
        servers = self._servers[start:] + self._servers[:start]
        # If none is known to be healthy, a check may be late: any is better than none.
        for server in sorted(servers, key=lambda server: server.name not in self._healthy):
            if server.port:
                yield server.name, ("127.0.0.1", server.port)

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.gather(*(self._check(server) for server in self._servers))
            await asyncio.sleep(CHECK_SECONDS)

    async def _check(self, server: Server) -> None:
        if server.port and (await ask(server.port, "/readyz"))[0] == 200:
            self._healthy.add(server.name)
        else:
            self._healthy.discard(server.name)
