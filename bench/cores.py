"""The core of each process: a server has one for itself; load and engines share the last one."""

from __future__ import annotations

import os
from collections.abc import Callable

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
"""Those that this process may use; read before it pins itself to one of them."""


def pinned(core: int) -> Callable[[], None] | None:
    """Return what a new process calls to stay on a core; None where processes cannot be pinned."""
    if len(CORES) < 2:
        return None
    return lambda: os.sched_setaffinity(0, {core})


def pin_server(number: int) -> Callable[[], None] | None:
    return pinned(CORES[number % len(CORES)]) if CORES else None


def pin_rest() -> Callable[[], None] | None:
    return pinned(CORES[-1]) if CORES else None
