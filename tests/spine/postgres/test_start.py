"""A database that cannot be used keeps a process from serving with one line that says what to do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from app.operate.embedded import Engines
from tests.databases import fresh_database
from tests.server.processes import Server
from tests.spine.postgres.front import front

Fails: TypeAlias = Callable[[str], str]
"""Starts with a database and returns why it ended."""


@pytest_asyncio.fixture
async def empty_url(session_engines: Engines) -> AsyncIterator[str]:
    async with fresh_database(session_engines.database_url.replace("/fireside?", "/template1?")) as url:
        yield url


@pytest_asyncio.fixture
async def weak(session_engines: Engines) -> AsyncIterator[None]:
    """A role that owns nothing."""
    connection = await asyncpg.connect(session_engines.database_url, database="postgres")
    await connection.execute("create role weak login")
    yield
    await connection.execute("drop role weak")
    await connection.close()


@pytest.fixture
def fails(redis_url: str, tmp_path: Path) -> Fails:
    """Start with this database, and return the only line that tells of the end."""

    def start(database_url: str) -> str:
        server = Server(
            {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "WEBSOCKET_PORT": "0",
                "LOG_FORMAT": "json",
            },
            tmp_path,
        )
        assert server.wait() == 1, server.log
        last = server.lines[-1]
        assert {line["event"] for line in server.lines[:-1]} <= {
            "engines",
            "postgres_lost",
            "postgres_refuses",
        }
        assert (last["event"], last["level"]) == ("failed", "error"), server.log
        return str(last["reason"])

    return start


READ_ONLY = "options=-c%20default_transaction_read_only%3Don"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("postgres@", "weak@"), "permission denied for schema public: the role may not do that"),
        (("?", f"?{READ_ONLY}&"), "this server is a standby and takes no writes"),
        (("/test_", "/no_such_test_"), "does not exist. Create it, or correct its name"),
        (("postgres@", "nobody_at_all@"), "Check user and password in DATABASE_URL"),
        (("?host=", "?host=/nowhere"), "/nowhere"),
        (("?", "?search_path=nowhere&"), "Create the schema, or correct search_path in DATABASE_URL"),
    ],
)
@pytest.mark.usefixtures("weak")
def test_a_database_that_cannot_be_migrated(
    empty_url: str, fails: Fails, change: tuple[str, str], said: str
) -> None:
    assert said in fails(empty_url.replace(*change, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("postgres@", "weak@"), "permission denied for table"),
        (("?", f"?{READ_ONLY}&"), "this server is a standby and takes no writes"),
    ],
)
@pytest.mark.usefixtures("weak")
async def test_a_database_that_is_up_to_date_and_takes_nothing(
    database_url: str, fails: Fails, change: tuple[str, str], said: str
) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "grant select on schema_migrations, schema_functions, schema_compatibility to weak"
    )
    await connection.close()
    reason = fails(database_url.replace(*change, 1))
    assert said in reason
    assert reason.startswith("The database cannot be used: ")


def test_a_database_that_is_lost_between_migrating_and_serving(database_url: str, fails: Fails) -> None:
    with front(database_url) as road:
        road.most = 1
        reason = fails(road.url())
    assert re.fullmatch(r"The database cannot be used: localhost:\d+: .*\. Check DATABASE_URL, .*\.", reason)
