"""Processes and their logs, as both engines need to know them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil

POLL_SECONDS = 0.01


def lives(process: psutil.Process) -> bool:
    """Whether the process still runs; one that has ended and that nobody reaps does not."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def last_words(log: Path, output: str = "") -> str:
    """Return the end of a log in one line, or of `output`, where there is no log."""
    with suppress(OSError):
        output = log.read_text(errors="replace")
    return " | ".join(output.strip().splitlines()[-3:])
