"""Bring the database's schema up to date: numbered SQL files, forward only, each in a transaction of its own.

Functions lie beside them, one a file, and are applied again when their text has changed: a new rule is then a
change of some lines and not a copy of the whole. A changed signature is a new name, for the processes of the
version before go on calling the old one while they are restarted one by one.

Any number of processes may do this at once, through a pooler too: an advisory lock that ends with the
transaction lets one file through at a time, and whoever gets it looks again at what is done already.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import asyncpg
import msgspec

MIGRATIONS = Path(__file__).parent.parent / "migrations"
FUNCTIONS = "functions"
"""The folder of the functions, in that of the migrations."""
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
ADVISORY_LOCK = 0x46697265
"""Any number will do that nobody else takes in this database."""
LEAST_SERVER = 15
LOCK_TIMEOUT = "60s"
"""How long to wait for another process's migration, and for whoever uses a table that is to change."""

TABLE = """
create table if not exists schema_migrations (
    number     integer primary key,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null default now()
);
create table if not exists schema_functions (
    name       text primary key,
    revision   integer not null,
    checksum   text not null,
    applied_at timestamptz not null default now()
)
"""
REVISION = re.compile(r"-- revision (\d+)\n")
"""How a function's file begins. A process of the version before leaves a higher revision as it is."""


class MigrationError(Exception):
    """The schema cannot be brought up to date; the message says why and what to do."""


class Migration(msgspec.Struct, frozen=True):
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class Function(Migration, frozen=True):
    """A file that may change; `number` is its revision."""


def read_migrations(directory: Path = MIGRATIONS) -> list[Migration]:
    """Return the files of `directory` in order.

    Raises:
        MigrationError: if a name is malformed or a number missing or used twice.
    """
    migrations = []
    for number, path in enumerate(sorted(directory.glob("*.sql")), start=1):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: a migration is called like 0001_what_it_does.sql")
        if int(match[1]) != number:
            raise MigrationError(
                f"{path.name}: its number should be {number:04}; none may be missing or used twice"
            )
        # Read as text, so that a checkout with other line ends has the same checksum.
        migrations.append(Migration(number, path.name, path.read_text(encoding="utf-8")))
    return migrations


def read_functions(directory: Path = MIGRATIONS) -> list[Function]:
    """Return the functions beside the migrations of `directory`, by name.

    Raises:
        MigrationError: if a file does not begin with its revision.
    """
    functions = []
    for path in sorted((directory / FUNCTIONS).glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        match = REVISION.match(sql)
        if match is None:
            raise MigrationError(f"{path.name}: a function's file begins with a line like '-- revision 1'")
        functions.append(Function(int(match[1]), f"{FUNCTIONS}/{path.name}", sql))
    return functions


async def migrate(database_url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet and return the names of those files, in order.

    Safe to repeat, and safe for many processes at once. What was applied before an error stays.

    Raises:
        MigrationError: if an applied file has changed since, the database is newer than this code, the server
            is too old or cannot be reached, or a statement fails.
    """
    migrations = read_migrations(directory)
    functions = read_functions(directory)
    try:
        connection = await asyncpg.connect(database_url, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise MigrationError(f"Cannot connect to the database: {error}. Check DATABASE_URL.") from error
    try:
        version = connection.get_server_version()
        if version.major < LEAST_SERVER:
            raise MigrationError(f"PostgreSQL {version.major} is too old; {LEAST_SERVER} or later is needed.")
        applied = []
        while (name := await _apply_next(connection, migrations)) is not None:
            applied.append(name)
        return applied + await _apply_functions(connection, migrations, functions)
    finally:
        await connection.close(timeout=10)


async def _apply_next(connection: asyncpg.Connection, migrations: list[Migration]) -> str | None:
    async with connection.transaction():
        done = await _lock(connection, migrations)
        if len(done) == len(migrations):
            return None
        migration = migrations[len(done)]
        await _execute(connection, migration)
        await connection.execute(
            "insert into schema_migrations (number, name, checksum) values ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.checksum,
        )
        return migration.name


async def _apply_functions(
    connection: asyncpg.Connection, migrations: list[Migration], functions: list[Function]
) -> list[str]:
    async with connection.transaction():
        await _lock(connection, migrations)
        rows = await connection.fetch("select name, revision, checksum from schema_functions")
        done = {row["name"]: (row["revision"], row["checksum"]) for row in rows}
        applied = []
        for function in functions:
            revision, checksum = done.get(function.name, (0, ""))
            if revision > function.number or checksum == function.checksum:
                continue
            await _execute(connection, function)
            await connection.execute(
                "insert into schema_functions (name, revision, checksum) values ($1, $2, $3)"
                " on conflict (name) do update set"
                " revision = excluded.revision, checksum = excluded.checksum, applied_at = now()",
                function.name,
                function.number,
                function.checksum,
            )
            applied.append(function.name)
        return applied


async def _lock(connection: asyncpg.Connection, migrations: list[Migration]) -> list[asyncpg.Record]:
    """Wait until no other process migrates, and return what is done, which fits this code."""
    await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        await connection.execute("select pg_advisory_xact_lock($1)", ADVISORY_LOCK)
    except asyncpg.LockNotAvailableError as error:
        raise MigrationError(f"Another process has been migrating for {LOCK_TIMEOUT}; try again.") from error
    await connection.execute(TABLE)
    done = await connection.fetch("select number, name, checksum from schema_migrations order by number")
    _check(migrations, done)
    return list(done)


async def _execute(connection: asyncpg.Connection, migration: Migration) -> None:
    try:
        await connection.execute(migration.sql)
    except asyncpg.PostgresError as error:
        raise MigrationError(f"{migration.name}: {error}. Nothing of this file was applied.") from error


def _check(migrations: list[Migration], done: list[asyncpg.Record]) -> None:
    if len(done) > len(migrations):
        raise MigrationError(
            f"The database is newer than this version of Fireside: it has {done[-1]['name']}."
            " Start a newer version, or restore a backup from before the upgrade."
        )
    for migration, row in zip(migrations, done, strict=False):
        if migration.number != row["number"] or migration.checksum != row["checksum"]:
            raise MigrationError(
                f"{migration.name} has changed since it was applied as {row['name']}."
                " Restore the file, and put the change into a new migration."
            )
