"""A process that uses the engines of VAR_DIR until its standard input ends: `python tests/engine_user.py`."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.operate.embedded import engines
from app.settings import read_settings


async def main() -> None:
    async with engines(read_settings(os.environ)) as running:
        told = {
            name: getattr(running, name) for name in ("database_url", "redis_url", "description", "started")
        }
        print(msgspec.json.encode(told).decode(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
