"""`python -m app serve` with what the tests put into it or take out of it; told more on standard input.

`kill POINT PASSES` arms a point, `count` is answered with a line of JSON on standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from typing import Any

from app import factory
from app.areas import Areas
from app.cli.provision import cli
from tests.faults import points


class Inside:
    """The parts of this process and their loop, once they are there."""

    areas: Areas
    loop: asyncio.AbstractEventLoop


def watch() -> None:
    make = factory.make

    def made(settings: Any) -> Areas:
        Inside.loop = asyncio.get_running_loop()
        Inside.areas = make(settings)
        return Inside.areas

    factory.make = made


def obey() -> None:
    """Follow the orders on standard input, until the test is gone; then go too."""
    for line in sys.stdin:
        match line.split():
            case ["kill", point, passes]:
                assert point in points.POINTS
                points.armed[point] = int(passes)
            case ["count"]:
                Inside.loop.call_soon_threadsafe(count)
    os._exit(1)


def count() -> None:
    counts = {
        "tasks": len(asyncio.all_tasks()),
        "connections": len(Inside.areas.spine.connections),
        "rooms": len(Inside.areas.spine.rooms),
    }
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    watch()
    points.put_in_points()
    for mechanism in filter(None, os.environ.get(points.TAKE_OUT, "").split(",")):
        points.take_out(mechanism)
    threading.Thread(target=obey, daemon=True).start()
    cli(["serve"])
