"""A Valkey of one test alone, to be made a replica, filled, locked and stopped."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis.asyncio

from app.operate.embedded import valkey
from app.operate.embedded.sockets import is_served
from app.spine.redis_state import Trouble

REFUSALS = {
    "a demoted replica": ("replicaof", "127.0.0.1", "1"),
    "full": ("config", "set", "maxmemory", "1"),
    "without its replicas": ("config", "set", "min-replicas-to-write", "1"),
    "may not write": ("acl", "setuser", "default", "-@write"),
}
"""Commands of an administrator, and faults, after which a Redis takes no write."""
TROUBLES: dict[str, Trouble] = {
    "a demoted replica": "replica",
    "full": "full",
    "without its replicas": "refused",
    "may not write": "permission",
}
"""The name under which each is told."""


class Valkey:
    """A Valkey of one test alone, which can be made to refuse writes."""

    def __init__(self, directory: Path) -> None:
        self.url = f"unix://{directory}/s"
        self._process = subprocess.Popen(
            [
                valkey.binary(),
                "--port",
                "0",
                "--unixsocket",
                f"{directory}/s",
                "--save",
                "",
                "--dir",
                directory,
            ],
            stdout=subprocess.DEVNULL,
        )
        while not is_served(directory / "s"):
            assert self._process.poll() is None

    async def tell(self, *command: str) -> None:
        async with redis.asyncio.Redis.from_url(self.url) as client:
            await client.execute_command(*command)  # type: ignore[no-untyped-call]

    async def keys(self, pattern: str) -> list[bytes]:
        async with redis.asyncio.Redis.from_url(self.url) as client:
            return [key async for key in client.scan_iter(pattern)]

    async def acl_log(self) -> list[object]:
        """Return what was denied."""
        async with redis.asyncio.Redis.from_url(self.url) as client:
            return list(await client.acl_log())

    async def lock(self, password: str) -> None:
        """Ask everyone for a password, also those who are in."""
        async with redis.asyncio.Redis.from_url(self.url, single_connection_client=True) as client:
            await client.config_set("requirepass", password)
            for kind in ("normal", "pubsub"):
                await client.client_kill_filter(_type=kind, skipme=True)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="fireside-") as directory:
        started = Valkey(Path(directory))
        yield started
        started.end()
