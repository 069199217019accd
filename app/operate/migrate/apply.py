"""Apply what is not applied yet.

Any number of processes may do this at once, through a pooler too: an advisory lock that ends with the
transaction lets one file through at a time, and whoever gets it looks again at what is done already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import asyncpg
import structlog

from app.operate.migrate.files import MIGRATIONS, Migration, MigrationError, Schema, newest, read_schema
from app.spine.postgres.connecting import connect
from app.spine.postgres.queue import is_full
from app.spine.postgres.reasons import reason_of
from app.values.postgres_address import PostgresAddress

log = structlog.get_logger()

Result = TypeVar("Result")

ADVISORY_LOCK = 0x46697265
"""Any number will do that nobody else takes in this database."""
LEAST_SERVER = 15
TURN_TIMEOUT = "60s"
"""Time to wait for another process's migration; nobody waits behind us meanwhile."""
TABLE_TIMEOUT = "2s"
"""Time to wait for a table that is to change: everybody else who wants it waits behind us."""
TABLE_TRIES = 30
"""Tries to get it, before somebody's long transaction has to be looked at by people."""
PAUSE_SECONDS = 1.0
"""Pause between two tries, for all that waited behind us."""
CONNECT_TRIES = 10
"""Tries to connect to a server that has no connection to give, as while others are being restarted."""

TABLES = """
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
);
create table if not exists schema_compatibility (
    is_alone boolean primary key default true check (is_alone),
    since    integer not null
)
"""


async def migrate(address: PostgresAddress, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet and return the names of those files, in order.

    Safe to repeat, and safe for many processes at once. Files applied before an error stay so. A database that is up
    to date is only read, so that a role without the right to change it can serve.

    Raises:
        MigrationError: if an applied file has changed since, the database is newer than this code and not for it, the
            server is too old or cannot be reached, or a statement fails.
    """
    schema = read_schema(directory)
    try:
        connection = await _connect(address)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise MigrationError(f"Cannot connect to the database: {reason_of(error)}.") from error
    try:
        version = connection.get_server_version()
        if version.major < LEAST_SERVER:
            raise MigrationError(f"PostgreSQL {version.major} is too old; {LEAST_SERVER} or later is needed.")
        applied = []
        while (name := await _patiently(connection, lambda: _apply_next(connection, schema))) is not None:
            applied.append(name)
        return applied + await _patiently(connection, lambda: _apply_functions(connection, schema))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise MigrationError(f"The schema cannot be brought up to date: {reason_of(error)}.") from error
    finally:
        await connection.close(timeout=10)


async def _connect(address: PostgresAddress) -> asyncpg.Connection:
    for _ in range(CONNECT_TRIES - 1):
        try:
            return await connect(address)
        except asyncpg.PostgresError as error:
            if not is_full(error):
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    return await connect(address)


async def _patiently(connection: asyncpg.Connection, change: Callable[[], Awaitable[Result]]) -> Result:
    """Try again while a table is in use, and let those through who waited behind us."""
    for left in reversed(range(TABLE_TRIES)):
        try:
            return await change()
        except asyncpg.LockNotAvailableError as error:
            if not left:
                raise MigrationError(
                    f"A table that is to change stays in use: {error}. {await _oldest(connection)}"
                    " Nothing of this file was applied; start again when it has ended."
                ) from error
            log.warning("migration_waits", reason=str(error), tries_left=left)
        await asyncio.sleep(PAUSE_SECONDS)
    raise AssertionError  # pragma: no cover - the last try returns or raises.


async def _oldest(connection: asyncpg.Connection) -> str:
    row = await connection.fetchrow(
        "select pid, application_name as name, extract(epoch from now() - xact_start)::int as seconds"
        " from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " order by xact_start limit 1"
    )
    if row is None or row["seconds"] is None:
        return "There is no long transaction now."
    return f"The oldest transaction is process {row['pid']} ({row['name']}), open for {row['seconds']} s."


async def _apply_next(connection: asyncpg.Connection, schema: Schema) -> str | None:
    async with connection.transaction():
        done = await _take_turn(connection, schema)
        applied = {row["number"] for row in done}
        migration = next((each for each in schema.migrations if each.number not in applied), None)
        if migration is None:
            return None
        await _declare_compatibility(connection, schema)
        await _execute(connection, migration)
        await connection.execute(
            "insert into schema_migrations (number, name, checksum) values ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.checksum,
        )
        return migration.name


async def _apply_functions(connection: asyncpg.Connection, schema: Schema) -> list[str]:
    async with connection.transaction():
        await _take_turn(connection, schema)
        rows = await connection.fetch("select name, revision, checksum from schema_functions")
        done = {row["name"]: (row["revision"], row["checksum"]) for row in rows}
        applied = []
        for function in schema.functions:
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
        await _declare_compatibility(connection, schema)
        return applied


async def _take_turn(connection: asyncpg.Connection, schema: Schema) -> list[asyncpg.Record]:
    """Wait until no other process migrates, and return what is done, which fits this code."""
    # A role's own limit is for statements of a chat, not for an index over all of its messages.
    await connection.execute(f"set local statement_timeout = 0; set local lock_timeout = '{TURN_TIMEOUT}'")
    try:
        await connection.execute("select pg_advisory_xact_lock($1)", ADVISORY_LOCK)
    except asyncpg.LockNotAvailableError as error:
        raise MigrationError(f"Another process has been migrating for {TURN_TIMEOUT}; try again.") from error
    await connection.execute(f"set local lock_timeout = '{TABLE_TIMEOUT}'")
    if not await connection.fetchval(
        "select to_regclass('schema_migrations') is not null and to_regclass('schema_functions') is not null"
        " and to_regclass('schema_compatibility') is not null"
    ):
        await connection.execute(TABLES)
    done = await connection.fetch("select number, name, checksum from schema_migrations order by number")
    known = newest(schema.migrations)
    if done and done[-1]["number"] > known and await _compatible_since(connection) > known:
        raise MigrationError(
            f"The database is newer than this version of Fireside: it has {done[-1]['name']}."
            " Start a newer version, or restore a backup from before the upgrade."
        )
    _check(schema.migrations, done)
    return list(done)


async def _compatible_since(connection: asyncpg.Connection) -> int:
    """Return the last migration a process must know to run on this schema; a schema that does not say has them all."""
    since: int = await connection.fetchval(
        "select coalesce((select since from schema_compatibility),"
        " (select max(number) from schema_migrations), 0)"
    )
    return since


async def _declare_compatibility(connection: asyncpg.Connection, schema: Schema) -> None:
    """Say so before the first change that an older version does not survive."""
    declared = await connection.fetchval("select since from schema_compatibility")
    if declared is None or declared < schema.compatible_since:
        await connection.execute(
            "insert into schema_compatibility (since) values ($1)"
            " on conflict (is_alone) do update set since = excluded.since",
            schema.compatible_since,
        )


async def _execute(connection: asyncpg.Connection, migration: Migration) -> None:
    try:
        await connection.execute(migration.sql)
    except asyncpg.LockNotAvailableError:
        raise
    except asyncpg.PostgresError as error:
        raise MigrationError(
            f"{migration.name}: {reason_of(error)}. Nothing of this file was applied."
        ) from error


def _check(migrations: list[Migration], done: list[asyncpg.Record]) -> None:
    applied = {row["number"]: row for row in done}
    for migration in migrations:
        row = applied.get(migration.number)
        if row is not None and migration.checksum != row["checksum"]:
            raise MigrationError(
                f"{migration.name} has changed since it was applied as {row['name']}."
                " Restore the file, and put the change into a new migration."
            )
