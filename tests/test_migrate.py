from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from app import migrate as schema
from app.embedded import Engines
from app.migrate import MIGRATIONS, MigrationError, read_functions, read_migrations
from app.postgres.address import PostgresAddress
from tests.databases import fresh_database


@pytest_asyncio.fixture
async def empty_url(session_engines: Engines) -> AsyncIterator[str]:
    template = session_engines.database_url.replace("/fireside?", "/template1?")
    async with fresh_database(template) as url:
        yield url


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("create table first (id integer);")
    (tmp_path / "0002_second.sql").write_text(
        "create table second (id integer); insert into second values (1);"
    )
    return tmp_path


async def migrate(url: str, directory: Path = MIGRATIONS) -> list[str]:
    return await schema.migrate(PostgresAddress.read(url), directory)


async def rows(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


async def test_our_own_migrations_apply_to_an_empty_database_and_only_once(empty_url: str) -> None:
    files = [*read_migrations(MIGRATIONS), *read_functions(MIGRATIONS)]
    assert await migrate(empty_url) == [file.name for file in files]
    assert await migrate(empty_url) == []


async def test_a_new_file_is_applied_after_those_that_are_there(empty_url: str, directory: Path) -> None:
    await migrate(empty_url, directory)
    (directory / "0003_third.sql").write_text("create table third (id integer);")
    assert await migrate(empty_url, directory) == ["0003_third.sql"]


async def test_many_at_once_apply_each_file_once(empty_url: str, directory: Path) -> None:
    applied = await asyncio.gather(*(migrate(empty_url, directory) for _ in range(8)))
    assert sorted(name for names in applied for name in names) == ["0001_first.sql", "0002_second.sql"]
    assert await rows(empty_url, "select count(*) as n from second") == [(1,)]


async def test_a_failing_file_leaves_nothing_of_itself_and_all_of_those_before(
    empty_url: str, directory: Path
) -> None:
    (directory / "0002_second.sql").write_text("create table second (id integer); select 1 / 0;")
    with pytest.raises(MigrationError, match=r"0002_second\.sql: division by zero"):
        await migrate(empty_url, directory)
    tables = await rows(empty_url, "select to_regclass('first') is null, to_regclass('second') is null")
    assert tables == [(False, True)]


async def test_a_file_that_changed_after_it_was_applied_stops_the_start(
    empty_url: str, directory: Path
) -> None:
    await migrate(empty_url, directory)
    (directory / "0001_first.sql").write_text("create table other (id integer);")
    with pytest.raises(MigrationError, match=r"0001_first\.sql has changed since"):
        await migrate(empty_url, directory)


def answer(directory: Path, revision: int, number: int) -> None:
    (directory / "functions").mkdir(exist_ok=True)
    (directory / "functions" / "answer.sql").write_text(
        f"-- revision {revision}\n"
        f"create or replace function answer() returns integer language sql as 'select {number}';"
    )


async def test_a_function_is_applied_again_when_its_text_has_changed(empty_url: str, directory: Path) -> None:
    answer(directory, 1, 41)
    assert (await migrate(empty_url, directory))[2:] == ["functions/answer.sql"]
    assert await migrate(empty_url, directory) == []
    answer(directory, 2, 42)
    assert await migrate(empty_url, directory) == ["functions/answer.sql"]
    assert await rows(empty_url, "select answer()") == [(42,)]


async def test_a_process_of_the_version_before_leaves_a_newer_function(
    empty_url: str, directory: Path
) -> None:
    answer(directory, 2, 42)
    await migrate(empty_url, directory)
    answer(directory, 1, 41)
    assert await migrate(empty_url, directory) == []
    assert await rows(empty_url, "select answer()") == [(42,)]


async def test_a_function_without_a_revision_is_refused_before_anything_is_applied(
    empty_url: str, directory: Path
) -> None:
    (directory / "functions").mkdir()
    (directory / "functions" / "answer.sql").write_text("select 1;")
    with pytest.raises(MigrationError, match=r"answer\.sql: a function's file begins with"):
        await migrate(empty_url, directory)


async def test_a_checkout_with_other_line_ends_is_no_change(empty_url: str, directory: Path) -> None:
    (directory / "0001_first.sql").write_bytes(b"create table first (id integer);\n")
    await migrate(empty_url, directory)
    (directory / "0001_first.sql").write_bytes(b"create table first (id integer);\r\n")
    assert await migrate(empty_url, directory) == []


async def test_a_database_from_a_newer_version_stops_the_start(empty_url: str, directory: Path) -> None:
    await migrate(empty_url, directory)
    (directory / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match="newer than this version of Fireside"):
        await migrate(empty_url, directory)


@pytest.mark.parametrize("name", ["0002_twice.sql", "0004_gap.sql", "3_short.sql", "0003-dash.sql"])
async def test_a_name_out_of_line_is_refused_before_anything_is_applied(
    empty_url: str, directory: Path, name: str
) -> None:
    (directory / name).write_text("select 1;")
    with pytest.raises(MigrationError, match=r"\.sql: (its number should be|a migration is called)"):
        await migrate(empty_url, directory)
    assert await rows(empty_url, "select to_regclass('schema_migrations') is null") == [(True,)]


async def test_a_database_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"Cannot connect to the database: .* Check DATABASE_URL"):
        await migrate(f"postgresql://postgres@/nothing?host={tmp_path}")
