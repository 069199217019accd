"""PostgreSQL and Valkey from wheels, in `VAR_DIR`, for whoever has not set `DATABASE_URL` and `REDIS_URL`.

Every process that uses the engines holds a shared lock on one file for as long as it lives; the kernel takes
it back even after `kill -9`. Each that comes starts what is not running, the last to leave stops it, and both
do so under a second, exclusive lock. So there is no list of users that could be wrong, and engines whose
users were all killed are simply found running by the next one.

Engines listen on Unix sockets only, in a directory that nobody else may enter: no ports, no passwords.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from app.operate.embedded import postgres, valkey
from app.operate.embedded.errors import EnginesError
from app.operate.embedded.lease import Lease, lease
from app.operate.embedded.owner import Owner, find_owner
from app.operate.embedded.sockets import socket_directory
from app.settings import Settings
from app.values.postgres_address import PostgresAddress
from app.values.redis_address import RedisAddress

__all__ = ["Engines", "EnginesError", "engines"]


class Engines(msgspec.Struct, frozen=True):
    """The addresses of the engines, and a line for people that gives them without passwords."""

    database_url: str
    redis_url: str
    description: str
    started: bool
    """Whether one of them was started for this caller, not found running or given by a URL."""
    end: Callable[[], None] = lambda: None
    """Stops those that nobody else uses, for a process that leaves without the end of the block."""

    @property
    def database(self) -> PostgresAddress:
        """The same as `database_url`, read."""
        return PostgresAddress.read(self.database_url)


@asynccontextmanager
async def engines(settings: Settings) -> AsyncIterator[Engines]:
    """Provide both engines for the time of the block, starting those that no URL is given for.

    Starting takes a second, the first time perhaps a few; the event loop stands still meanwhile, and while
    stopping. Data in PostgreSQL is kept; Valkey forgets, for what it holds is never the only copy.

    Raises:
        EnginesError: if one cannot be started here; the message says why and what to do.
    """
    with _given(settings) if settings.database_url and settings.redis_url else _running(settings) as found:
        if not settings.database_url:
            await postgres.ensure_database(found.database)
        yield found


@contextmanager
def _given(settings: Settings) -> Iterator[Engines]:
    redis = RedisAddress.read(settings.redis_url).place
    description = f"PostgreSQL at {_database_place(settings.database_url)}, Redis at {redis}"
    yield Engines(settings.database_url, settings.redis_url, description, started=False)


@contextmanager
def _running(settings: Settings) -> Iterator[Engines]:
    var_dir = settings.var_dir
    with lease(var_dir) as held:
        owner = find_owner(var_dir, postgres.binary("postgres"))
        with held.alone():
            sockets = socket_directory(var_dir, owner.uid)
        try:
            with held.alone():
                started = []
                if not settings.database_url and postgres.start(var_dir, sockets, owner):
                    started.append("PostgreSQL")
                if not settings.redis_url and valkey.start(var_dir, sockets, owner):
                    started.append("Redis")
            description = ", ".join(
                f"{name} at {place(url)}"
                if url
                else f"{name} in {var_dir} ({'started' if name in started else 'running'})"
                for name, url, place in (
                    ("PostgreSQL", settings.database_url, _database_place),
                    ("Redis", settings.redis_url, lambda url: RedisAddress.read(url).place),
                )
            )
            yield Engines(
                settings.database_url or postgres.url(sockets),
                settings.redis_url or valkey.url(sockets),
                description,
                started=bool(started),
                end=lambda: _stop_if_last(held, var_dir, sockets, owner),
            )
        finally:
            _stop_if_last(held, var_dir, sockets, owner)


def _stop_if_last(held: Lease, var_dir: Path, sockets: Path, owner: Owner) -> None:
    with held.alone():
        if held.is_last():
            try:
                valkey.stop(var_dir, sockets)
            finally:
                postgres.stop(var_dir, owner)


def _database_place(url: str) -> str:
    return PostgresAddress.read(url).place
