"""Engines for all tests: started once a process, a fresh database for each test, an emptied Redis."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import redis.asyncio
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app.operate.embedded import Engines, engines
from app.operate.migrate import migrate
from app.settings import Settings
from tests.databases import fresh_database, without_care
from tests.e2e.chromium import find_chromium

HEAVY = {"session_engines", "own_valkey", "mortal_engines", "installation", "chromium"}
"""Fixtures of tests that are not pure."""
workers: list[subprocess.Popen[bytes]] = []
"""The processes that run the tests, if it is not this one."""

pytest_plugins = ["tests.own_valkey", "tests.server.fixtures", "tests.cli.shell"]

# The speed of making and running examples says something of the machine, and nothing of the code.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")


def pytest_configure() -> None:
    # Ended from outside, as by `timeout`, the engines must still be stopped.
    signal.signal(signal.SIGTERM, end)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_newgateway(gateway: Any) -> None:
    workers.append(gateway._io.popen)


def end(*_: object) -> None:
    """End the run. Left to themselves, workers learn of it so late that they are killed before they have tidied up."""
    # `timeout` signals the process and then its group; a second signal would break off the tidying.
    signal.signal(signal.SIGTERM, lambda *_: None)
    for worker in workers:
        worker.terminate()
    pytest.exit("terminated", returncode=143)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        light = isinstance(item, pytest.Function) and HEAVY.isdisjoint(item.fixturenames)
        if light and item.get_closest_marker("starts_engines") is None:
            item.add_marker("pure")


@pytest.fixture(scope="session")
def session_engines() -> Iterator[Engines]:
    """PostgreSQL with the migrated database that all others are copied from, and Valkey."""
    with tempfile.TemporaryDirectory(prefix="fireside-tests-") as var_dir, asyncio.Runner() as runner:
        running = engines(Settings(var_dir=Path(var_dir)))
        found = runner.run(running.__aenter__())
        try:
            runner.run(migrate(found.database))
            runner.run(without_care(found.database_url))
            yield found
        finally:
            runner.run(running.__aexit__(None, None, None))


@pytest_asyncio.fixture
async def database_url(session_engines: Engines) -> AsyncIterator[str]:
    """A database with the schema and nothing in it, for one test."""
    async with fresh_database(session_engines.database_url) as url:
        yield url


@pytest_asyncio.fixture
async def empty_url(session_engines: Engines) -> AsyncIterator[str]:
    """A database without a schema, for one test."""
    template = session_engines.database_url.replace("/fireside?", "/template1?")
    async with fresh_database(template) as url:
        yield url


@pytest_asyncio.fixture
async def redis_url(session_engines: Engines) -> str:
    """The Redis of the run, emptied."""
    async with redis.asyncio.Redis.from_url(session_engines.redis_url) as client:
        await client.flushall()
    return session_engines.redis_url


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings on engines of its own; `msgspec.structs.replace` makes others of them."""
    return msgspec.structs.replace(
        Settings(), database_url=database_url, redis_url=redis_url, var_dir=tmp_path, websocket_port=0
    )


@pytest.fixture(scope="session")
def chromium() -> dict[str, Any]:
    """Arguments of `playwright.chromium.launch(**chromium)` that start a browser here."""
    return find_chromium()
