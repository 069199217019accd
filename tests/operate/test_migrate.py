from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from app.operate import migrate as schema
from app.operate.migrate import MIGRATIONS, MigrationError, apply, read_functions, read_migrations
from app.operate.migrate.files import read_schema
from app.values.postgres_address import PostgresAddress


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


@pytest.mark.parametrize("name", ["0002_twice.sql", "3_short.sql", "0003-dash.sql"])
async def test_a_name_out_of_line_is_refused_before_anything_is_applied(
    empty_url: str, directory: Path, name: str
) -> None:
    (directory / name).write_text("select 1;")
    with pytest.raises(MigrationError, match=r"\.sql: (its number is that of|a migration is called)"):
        await migrate(empty_url, directory)
    assert await rows(empty_url, "select to_regclass('schema_migrations') is null") == [(True,)]


async def test_a_migration_whose_number_was_left_out_is_applied_when_it_comes(
    empty_url: str, directory: Path
) -> None:
    (directory / "0005_fifth.sql").write_text("create table fifth (id integer);")
    assert (await migrate(empty_url, directory))[2:] == ["0005_fifth.sql"]
    (directory / "0003_third.sql").write_text("create table third (id integer);")
    assert await migrate(empty_url, directory) == ["0003_third.sql"]
    assert await migrate(empty_url, directory) == []


async def test_a_database_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"Cannot connect to the database: .* Check DATABASE_URL"):
        await migrate(f"postgresql://postgres@/nothing?host={tmp_path}")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "TABLE_TIMEOUT", "50ms")
    monkeypatch.setattr(apply, "PAUSE_SECONDS", 0.05)


@pytest.mark.usefixtures("hurried")
async def test_a_table_in_use_is_asked_for_again_and_others_get_it_meanwhile(
    empty_url: str, directory: Path
) -> None:
    """A dump that reads for an hour must not make everybody wait who comes behind the change."""
    await migrate(empty_url, directory)
    reader, writer = await asyncpg.connect(empty_url), await asyncpg.connect(empty_url)
    await reader.execute("begin")
    await reader.execute("select from second")
    (directory / "0003_third.sql").write_text("alter table second add column name text;")
    with capture_logs() as lines:
        task = asyncio.create_task(migrate(empty_url, directory))
        while len(lines) < 3:
            await writer.execute("insert into second values (2)")
        assert not task.done()
        await reader.execute("commit")
        assert await task == ["0003_third.sql"]
    assert {line["event"] for line in lines} == {"migration_waits"}
    await reader.close()
    await writer.close()


@pytest.mark.usefixtures("hurried")
async def test_a_table_that_stays_in_use_is_told_with_who_has_it(
    empty_url: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "TABLE_TRIES", 2)
    await migrate(empty_url, directory)
    reader = await asyncpg.connect(empty_url, server_settings={"application_name": "pg_dump"})
    await reader.execute("begin")
    await reader.execute("select from second")
    (directory / "0003_third.sql").write_text("alter table second add column name text;")
    with pytest.raises(MigrationError, match=r"stays in use: .* process \d+ \(pg_dump\), open for \d+ s"):
        await migrate(empty_url, directory)
    await reader.close()
    assert await migrate(empty_url, directory) == ["0003_third.sql"]


def older(directory: Path, folder: Path) -> Path:
    """Return what the version before has of `directory`: all but the last migration."""
    folder.mkdir()
    for path in sorted(directory.glob("*.sql"))[:-1]:
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


async def test_an_older_version_starts_on_a_schema_that_says_it_may(empty_url: str, directory: Path) -> None:
    before = older(directory, directory / "before")
    (directory / "compatible_since").write_text("1\n")
    await migrate(empty_url, directory)
    assert await migrate(empty_url, before) == []
    # Nothing takes back what the newer version said.
    assert await migrate(empty_url, directory) == []
    assert await rows(empty_url, "select since from schema_compatibility") == [(1,)]


async def test_a_change_that_breaks_older_versions_keeps_them_out_before_it_is_made(
    empty_url: str, directory: Path
) -> None:
    (directory / "compatible_since").write_text("1\n")
    await migrate(empty_url, directory)
    before = older(directory, directory / "before")
    (directory / "0003_third.sql").write_text("select 1 / 0;")
    (directory / "0004_fourth.sql").write_text("select 1;")
    (directory / "compatible_since").write_text("3\n")
    with pytest.raises(MigrationError, match="division by zero"):
        await migrate(empty_url, directory)
    assert await migrate(empty_url, before) == []
    (directory / "0003_third.sql").write_text("select 1;")
    (directory / "0004_fourth.sql").write_text("select 1 / 0;")
    with pytest.raises(MigrationError, match="division by zero"):
        await migrate(empty_url, directory)
    with pytest.raises(MigrationError, match="newer than this version of Fireside"):
        await migrate(empty_url, before)


def test_our_own_migrations_say_since_when_they_are_compatible() -> None:
    schema_of_ours = read_schema(MIGRATIONS)
    assert 4 <= schema_of_ours.compatible_since <= schema_of_ours.migrations[-1].number


@pytest_asyncio.fixture
async def weak_url(empty_url: str) -> AsyncIterator[str]:
    """A role that owns nothing."""
    connection = await asyncpg.connect(empty_url)
    await connection.execute("create role weak login")
    yield empty_url.replace("postgres@", "weak@", 1)
    await connection.execute("drop owned by weak cascade; drop role weak")
    await connection.close()


async def test_a_role_that_may_not_change_the_schema_is_told_so(weak_url: str, directory: Path) -> None:
    with pytest.raises(MigrationError, match=r"permission denied for schema public: the role may not"):
        await migrate(weak_url, directory)


async def test_a_role_that_may_not_change_the_schema_can_serve_when_another_has(
    empty_url: str, weak_url: str, directory: Path
) -> None:
    await migrate(empty_url, directory)
    await rows(empty_url, "grant select on all tables in schema public to weak")
    assert await migrate(weak_url, directory) == []


async def test_a_standby_is_named_as_such(empty_url: str, directory: Path) -> None:
    url = f"{empty_url}&options=-c%20default_transaction_read_only%3Don"
    with pytest.raises(
        MigrationError, match=r"read-only transaction: this server is a standby .*target_session"
    ):
        await migrate(url, directory)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@/fireside?host={host}", "Check user and password in DATABASE_URL"),
        ("postgresql://postgres@/nothing?host={host}", "Create it, or correct its name in DATABASE_URL"),
        ("postgresql://postgres@localhost:1/fireside", r"localhost:1: .*Check DATABASE_URL"),
        ("postgresql://postgres@nowhere.invalid/fireside", r"nowhere\.invalid:5432: .*Check DATABASE_URL"),
    ],
)
async def test_a_refusal_of_the_server_is_told_with_what_to_do(empty_url: str, url: str, said: str) -> None:
    host = parse_qs(urlsplit(empty_url).query)["host"][0]
    with pytest.raises(MigrationError, match=f"^Cannot connect to the database: .*{said}.*\\.$"):
        await migrate(url.format(host=host))


async def test_a_server_that_is_full_for_a_moment_is_waited_for(
    empty_url: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "PAUSE_SECONDS", 0.05)
    await rows(empty_url, "create role narrow login connection limit 1")
    await rows(empty_url, f"alter database {urlsplit(empty_url).path[1:]} owner to narrow")
    narrow = empty_url.replace("postgres@", "narrow@", 1)
    holder = await asyncpg.connect(narrow)
    monkeypatch.setattr(apply, "CONNECT_TRIES", 2)
    with pytest.raises(
        MigrationError, match=r"too many connections .*Raise the server's or the role's limit"
    ):
        await migrate(narrow, directory)
    monkeypatch.setattr(apply, "CONNECT_TRIES", 1000)
    task = asyncio.create_task(migrate(narrow, directory))
    await asyncio.sleep(0)
    await holder.close()
    assert len(await task) == 2
    await rows(empty_url, "reassign owned by narrow to postgres")
    await rows(empty_url, "drop role narrow")
