"""A stop always ends: what hangs is left behind, and what we started is stopped all the same."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from app.spine.telemetry import flush

log = structlog.get_logger()

STEPS_SECONDS = 12.0
"""Bounds of all steps of a stop after the goodbyes, added up, and some slack."""


@contextmanager
def bounded_stop(seconds: float, end_engines: Callable[[], None]) -> Iterator[None]:
    """Leave the process if the block takes longer, from a thread that no event loop can hold up.

    Everything acked is in Postgres. The status is 1: a stop that hangs is a fault to be looked at.
    """

    def leave() -> None:
        log.error("stop_stuck", seconds=seconds)
        try:
            end_engines()
        except Exception:
            log.exception("engines_left_running")
        flush()
        os._exit(1)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
