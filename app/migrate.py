"""Bring the database's schema up to date: numbered SQL files, forward only, each in a transaction of its own.

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
)
"""


class MigrationError(Exception):
    """The schema cannot be brought up to date; the message says why and what to do."""


class Migration(msgspec.Struct, frozen=True):
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


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


async def migrate(database_url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet and return the names of those files, in order.

    Safe to repeat, and safe for many processes at once. What was applied before an error stays.

    Raises:
        MigrationError: if an applied file has changed since, the database is newer than this code, the server
            is too old or cannot be reached, or a statement fails.
    """
    migrations = read_migrations(directory)
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
        return applied
    finally:
        await connection.close(timeout=10)


async def _apply_next(connection: asyncpg.Connection, migrations: list[Migration]) -> str | None:
    async with connection.transaction():
        await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            await connection.execute("select pg_advisory_xact_lock($1)", ADVISORY_LOCK)
        except asyncpg.LockNotAvailableError as error:
            raise MigrationError(
                f"Another process has been migrating for {LOCK_TIMEOUT}; try again."
            ) from error
        await connection.execute(TABLE)
        done = await connection.fetch("select number, name, checksum from schema_migrations order by number")
        _check(migrations, done)
        if len(done) == len(migrations):
            return None
        migration = migrations[len(done)]
        try:
            await connection.execute(migration.sql)
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{migration.name}: {error}. Nothing of this file was applied.") from error
        await connection.execute(
            "insert into schema_migrations (number, name, checksum) values ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.checksum,
        )
        return migration.name


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
