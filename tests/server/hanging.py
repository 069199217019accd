"""`python -m app serve` whose event loop stands still for ever when it should stop."""

from __future__ import annotations

import time
from typing import Any

from app.cli import serve
from app.cli.provision import cli
from app.spine.server import stopping


async def hang(*_: Any) -> None:
    while True:
        time.sleep(1)


if __name__ == "__main__":
    serve.take_leave = hang  # type: ignore[assignment]
    stopping.STEPS_SECONDS = 1.0
    cli(["serve"])
