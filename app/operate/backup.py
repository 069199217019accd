"""Backup and restore, by the programs that come with PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.operate.embedded import EnginesError
from app.operate.embedded.postgres import binary
from app.operate.store import count_tables
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress


class BackupError(Exception):
    """It could not be written or read; the message says why."""


def dump(address: PostgresAddress, path: Path) -> None:
    """Write all of a database to a file that appears when it is whole. Servers may run meanwhile.

    Raises:
        BackupError: There is such a file, or pg_dump cannot write it.
    """
    if path.exists():
        raise BackupError(f"There is a file {str(path)!r} already.")
    part = path.with_name(f"{path.name}.part")
    try:
        _run(address, "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={part}"])
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


async def require_empty(address: PostgresAddress) -> None:
    """Refuse a database in which something is already.

    Raises:
        BackupError: It has tables.
        FiresideError: It does not answer.
    """
    db = Database(address, pool_size=1)
    try:
        await db.connect()
        if tables := await count_tables(db):
            raise BackupError(
                f"the database holds {tables} tables. Restore into an empty one: stop the servers, and give"
                " a new database as DATABASE_URL, or move VAR_DIR away."
            )
    finally:
        await db.disconnect()


def load(address: PostgresAddress, path: Path) -> None:
    """Read such a file into an empty database, all of it or nothing.

    Raises:
        BackupError: There is no such file, or pg_restore cannot read it.
    """
    if not path.is_file():
        raise BackupError(f"There is no file {str(path)!r}.")
    if not address.database:
        raise BackupError("DATABASE_URL does not name the database.")
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run(address, "pg_restore", [*options, f"--dbname={address.database}", str(path)])


def _run(address: PostgresAddress, program: str, arguments: Sequence[str]) -> None:
    done = subprocess.run(
        [_find(program), *arguments], env=environment(address), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError((done.stderr.strip().splitlines() or ["it gave no reason"])[0])


def _find(program: str) -> str:
    """Return the path of the program: ours, which knows every server up to its own version, or the machine's."""
    try:
        return binary(program)
    except EnginesError:
        found = shutil.which(program)
        if found is None:
            raise BackupError(f"There is no {program} here. Install PostgreSQL's client programs.") from None
        return found


def environment(address: PostgresAddress) -> dict[str, str]:
    """Return what libpq reads an address from, which other people of this machine cannot see as they see arguments."""
    tls = address.tls
    given = {
        "PGHOST": ",".join(host.name for host in address.hosts),
        "PGPORT": ",".join(str(host.port) for host in address.hosts),
        "PGUSER": address.user,
        "PGPASSWORD": address.password,
        "PGPASSFILE": address.passfile,
        "PGDATABASE": address.database,
        "PGSSLMODE": tls.sslmode,
        "PGSSLROOTCERT": tls.sslrootcert,
        "PGSSLCERT": tls.sslcert,
        "PGSSLKEY": tls.sslkey,
        "PGSSLCRL": tls.sslcrl,
        "PGSSLNEGOTIATION": tls.sslnegotiation,
        "PGTARGETSESSIONATTRS": address.target_session_attrs,
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}
