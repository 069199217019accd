"""What a process holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.server.processes import Server

GROWTH_BYTES = 2 * 2**20
"""What an attacker may cost, however often they come."""


@contextmanager
def bounded_memory(server: Server, *, attackers: int = 1) -> Iterator[None]:
    """Complain if the server has grown in the block by more than so many attackers at once may cost."""
    process = psutil.Process(server.pid)
    before = process.memory_info().rss
    yield
    grown = process.memory_info().rss - before
    assert grown < GROWTH_BYTES * attackers, f"grown by {grown / 2**20:.1f} MiB"


def open_files(server: Server) -> int:
    """Return how many descriptors a server has open, sockets among them."""
    return int(psutil.Process(server.pid).num_fds())
