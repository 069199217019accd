"""A database in a file, and back, by the commands as processes."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from app.operate.backup import environment
from app.settings import Settings
from app.values.postgres_address import PostgresAddress
from tests.cli.shell import Interpreter, Shell


@pytest_asyncio.fixture
async def empty(interpreter: Interpreter, settings: Settings) -> AsyncIterator[Shell]:
    """A shell on a database with nothing in it."""
    name = f"empty_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(settings.database_url, database="postgres")
    await connection.execute(f"create database {name}")
    before = PostgresAddress.read(settings.database_url).database
    url = settings.database_url.replace(f"/{before}", f"/{name}")
    try:
        yield Shell(interpreter, msgspec.structs.replace(settings, database_url=url))
    finally:
        await connection.execute(f"drop database {name} with (force)")
        await connection.close()


async def test_a_backup_is_restored_into_another_database(shell: Shell, empty: Shell, tmp_path: Path) -> None:
    file = str(tmp_path / "fireside.dump")
    shell.json("create-agent", "--email", "ada@example.com", "--name", "Ada")
    done = shell.run("backup", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Wrote {file}, 0." in done.stdout
    assert shell.run("backup", file).stderr == f"Error: No backup: There is a file {file!r} already.\n"
    assert sorted(path.name for path in tmp_path.glob("fireside.dump*")) == ["fireside.dump"]

    done = empty.run("restore", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert empty.json("list-agents") == shell.json("list-agents")
    done = empty.run("restore", file)
    assert done.returncode == 1
    assert "Restore into an empty one" in done.stderr


async def test_a_file_that_is_no_backup_leaves_the_database_as_it_was(
    settings: Settings, empty: Shell, tmp_path: Path
) -> None:
    garbage = tmp_path / "garbage"
    garbage.write_text("not a dump")
    for file, what in [
        (str(garbage), "Nothing was restored: pg_restore"),
        (str(tmp_path / "none"), "no file"),
    ]:
        done = empty.run("restore", file)
        assert (done.returncode, done.stdout) == (1, "")
        assert what in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("postgresql://u:p@h/d", {"PGHOST": "h", "PGPORT": "5432", "PGUSER": "u", "PGPASSWORD": "p"}),
        ("postgresql://u@a:1,b:2/d?pgbouncer=true", {"PGHOST": "a,b", "PGPORT": "1,2", "PGDATABASE": "d"}),
        ("postgresql:///d?host=/run/pg", {"PGHOST": "/run/pg"}),
        (
            "postgresql://u@h/d?sslmode=verify-full&sslrootcert=system",
            {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "system"},
        ),
    ],
)
def test_the_programs_are_given_the_address_that_the_servers_use(url: str, given: dict[str, str]) -> None:
    assert given.items() <= environment(PostgresAddress.read(url)).items()
