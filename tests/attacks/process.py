"""The memory and descriptors that a process holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.attacks.raw import PATIENCE_SECONDS
from tests.server.processes import Server

GROWTH_BYTES = 2 * 2**20
"""Bytes that an attacker may cost, however often they come."""


@contextmanager
def bounded_memory(server: Server, *, attackers: int = 1) -> Iterator[None]:
    """Complain if the server has grown in the block by more than so many attackers may cost.

    Those who come one after the other count too: what the last has left is garbage that was not collected yet.
    """
    process = psutil.Process(server.pid)
    before = process.memory_info().rss
    yield
    grown = process.memory_info().rss - before
    assert grown < GROWTH_BYTES * attackers, f"grown by {grown / 2**20:.1f} MiB"


def peers_of(server: Server) -> int:
    """Return how many TCP connections a server holds, also those whose peer has gone."""
    port = server.host[1]
    connections = psutil.Process(server.pid).net_connections("tcp4")
    return sum(line.laddr.port == port and line.status != psutil.CONN_LISTEN for line in connections)


async def left_alone(server: Server, *, with_peers: int) -> None:
    """Wait until a server holds no more than so many connections."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while peers_of(server) > with_peers:
            await asyncio.sleep(0.02)
