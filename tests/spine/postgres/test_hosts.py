"""Several hosts, sockets and search paths: what migrates also serves, and where the primary went the pool goes too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import pytest_asyncio

from app.errors import Unavailable
from app.operate.embedded import Engines
from app.operate.migrate import MigrationError, migrate
from app.spine.db import Database
from app.spine.postgres import connecting
from app.spine.postgres.connecting import ConnectError, connect
from app.values.postgres_address import PostgresAddress
from tests.databases import fresh_database
from tests.spine.postgres.front import Front, front


@pytest_asyncio.fixture
async def empty_url(session_engines: Engines) -> AsyncIterator[str]:
    async with fresh_database(session_engines.database_url.replace("/fireside?", "/template1?")) as url:
        yield url


@pytest.fixture
def road(database_url: str) -> Iterator[Front]:
    with front(database_url) as made:
        yield made


@pytest.fixture
def other(database_url: str) -> Iterator[Front]:
    with front(database_url) as made:
        yield made


async def ask(url: str, sql: str) -> object:
    database = Database(PostgresAddress.read(url), pool_size=2)
    try:
        await database.connect()
        return await database.fetchval(sql)
    finally:
        await database.disconnect()


def hosts(road: Front, *names: str, parameters: str = "") -> str:
    url = urlsplit(road.url())
    return url._replace(netloc=f"postgres@{','.join(names)}", query=parameters).geturl()


async def test_the_next_host_is_tried_where_nobody_listens(road: Front) -> None:
    url = hosts(road, "localhost:1", f"localhost:{road.port}")
    assert await migrate(PostgresAddress.read(url)) == []
    assert await ask(url, "select 1") == 1


async def test_the_next_host_is_tried_where_one_says_nothing(
    road: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "ROUND_SECONDS", 0.2)
    road.is_silent = True
    url = hosts(road, f"localhost:{road.port}", f"localhost:{other.port}")
    # With its time to itself: the other one must answer in it, however busy this machine is.
    assert PostgresAddress.read(url).connect_seconds == 5
    connection = await eventually(url)
    assert road.met[0] == "silence"
    await connection.close()


async def eventually(url: str) -> asyncpg.Connection:
    while True:
        try:
            return await connect(PostgresAddress.read(url))
        except ConnectError:
            await asyncio.sleep(0)


async def test_when_all_fail_each_is_named_with_its_reason(road: Front) -> None:
    url = hosts(road, "localhost:1", "nowhere.invalid:2")
    with pytest.raises(MigrationError, match=r"localhost:1: .*; nowhere\.invalid:2: .*Check DATABASE_URL"):
        await migrate(PostgresAddress.read(url))


async def test_the_pool_goes_to_where_writes_are_taken(road: Front, other: Front, database_url: str) -> None:
    name = urlsplit(database_url).path[1:]
    url = hosts(
        road,
        f"localhost:{road.port}",
        f"localhost:{other.port}",
        parameters="target_session_attrs=read-write",
    )
    database = Database(PostgresAddress.read(url), pool_size=1)
    await database.connect()
    assert (len(road.met), len(other.met)) == (1, 0)
    await database.execute(f"alter database {name} set default_transaction_read_only = on")
    # The connection that was there is a primary's no more, and is not kept.
    await database.execute("set default_transaction_read_only = on")
    with pytest.raises(Unavailable):
        await database.execute("insert into installation (name, value) values ('a', 'b')")
    with pytest.raises(Unavailable) as refused:
        await database.fetchval("select 1")
    assert "target_session_attrs" in str(refused.value.__cause__)
    assert len(other.met) == 1
    connection = await asyncpg.connect(database_url)
    await connection.execute("set default_transaction_read_only = off")
    await connection.execute(f"alter database {name} reset default_transaction_read_only")
    await connection.close()
    await database.execute("insert into installation (name, value) values ('a', 'b')")
    await database.disconnect()


@pytest.mark.parametrize("attrs", ["any", "primary", "read-write", "prefer-standby"])
async def test_a_primary_is_found_by_what_it_is(database_url: str, attrs: str) -> None:
    assert await ask(f"{database_url}&target_session_attrs={attrs}", "select 1") == 1


@pytest.mark.parametrize("attrs", ["standby", "read-only"])
async def test_a_primary_is_not_taken_for_a_standby(database_url: str, attrs: str) -> None:
    with pytest.raises(Unavailable, match="is not what target_session_attrs asks for"):
        await ask(f"{database_url}&target_session_attrs={attrs}", "select 1")


async def test_a_socket_with_a_port_of_its_own_is_found(database_url: str, tmp_path: Path) -> None:
    folder = Path(parse_qs(urlsplit(database_url).query)["host"][0])
    (tmp_path / ".s.PGSQL.6543").symlink_to(folder / ".s.PGSQL.5432")
    url = urlsplit(database_url)._replace(query=f"host={tmp_path}&port=6543").geturl()
    assert await migrate(PostgresAddress.read(url)) == []
    assert await ask(url, "select 1") == 1


@pytest.mark.parametrize("parameter", ["search_path=app", "options=-c%20search_path%3Dapp"])
async def test_a_search_path_is_that_of_migrations_and_of_the_pool(empty_url: str, parameter: str) -> None:
    await ask(empty_url, "select 1")
    connection = await asyncpg.connect(empty_url)
    await connection.execute("create schema app")
    await connection.close()
    url = f"{empty_url}&{parameter}"
    await migrate(PostgresAddress.read(url))
    assert await ask(url, "select 'app.installation'::regclass = 'installation'::regclass") is True
    assert await ask(url, "select to_regclass('public.installation') is null") is True


async def test_a_search_path_that_leads_nowhere_is_said(empty_url: str) -> None:
    with pytest.raises(MigrationError, match="Create the schema, or correct search_path in DATABASE_URL"):
        await migrate(PostgresAddress.read(f"{empty_url}&search_path=app"))


async def test_session_settings_of_ours_win_over_the_address(database_url: str) -> None:
    url = f"{database_url}&options=-c%20synchronous_commit%3Doff%20-c%20statement_timeout%3D0&application_name=mine"
    assert await ask(url, "select current_setting('synchronous_commit')") == "on"
    assert await ask(url, "select current_setting('application_name')") == "mine"
