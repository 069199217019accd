from __future__ import annotations

import asyncio
import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import asyncpg
import msgspec
import psutil
import pytest
import redis.asyncio

from app.operate.embedded import Engines, EnginesError, engines, postgres, unprivileged
from app.operate.embedded.sockets import POSTGRES_SOCKET, VALKEY_SOCKET, is_served
from app.settings import Settings

NOBODY = pwd.getpwnam("nobody").pw_uid
pytestmark = pytest.mark.starts_engines
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")


class User:
    """Another process that uses the engines."""

    all: ClassVar[list[User]] = []

    def __init__(self, var_dir: Path, *launcher: str) -> None:
        environment = {"VAR_DIR": str(var_dir), "PATH": os.environ["PATH"]}
        command = [*launcher, sys.executable, str(Path(__file__).parents[1] / "engine_user.py")]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.all.append(self)

    def joined(self) -> Engines:
        assert self.process.stdout is not None
        return msgspec.json.decode(self.process.stdout.readline(), type=Engines)

    def leave(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def var_dir() -> Iterator[Path]:
    # Not pytest's own directory: its path is too long for a socket, which is a case of its own below.
    with tempfile.TemporaryDirectory(prefix="fireside-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory, "var")
        while User.all:
            User.all.pop().kill()
        if True in running(Path(directory, "var")):
            asyncio.run(join_and_leave(Path(directory, "var")))


async def join_and_leave(var_dir: Path) -> None:
    async with engines(Settings(var_dir=var_dir)):
        pass


def postmaster(var_dir: Path) -> psutil.Process:
    return psutil.Process(int((var_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]))


def running(var_dir: Path) -> tuple[bool, bool]:
    sockets = var_dir / "sockets"
    return is_served(sockets / POSTGRES_SOCKET), is_served(sockets / VALKEY_SOCKET)


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_engines_answer_and_are_stopped_at_the_end(var_dir: Path) -> None:
    async with engines(Settings(var_dir=var_dir)) as found:
        assert found.started
        assert found.description == f"PostgreSQL in {var_dir} (started), Redis in {var_dir} (started)"
        assert str(await ask(found.database_url, "show server_version")).startswith("18.")
        assert await ask(found.database_url, "select lower('ÄÖ') || current_setting('fsync')") == "äöon"
        async with redis.asyncio.Redis.from_url(found.redis_url) as client:
            assert await client.ping()
    assert running(var_dir) == (False, False)


async def test_data_is_kept_over_restarts(var_dir: Path) -> None:
    async with engines(Settings(var_dir=var_dir)) as found:
        await ask(found.database_url, "create table kept as select 7 as value")
    async with engines(Settings(var_dir=var_dir)) as found:
        assert await ask(found.database_url, "select value from kept") == 7


async def test_the_last_process_to_leave_stops_the_engines_whoever_started_them(var_dir: Path) -> None:
    first = User(var_dir)
    assert first.joined().started
    second = User(var_dir)
    joined = second.joined()
    assert not joined.started
    assert "running" in joined.description
    first.leave()
    assert await ask(joined.database_url, "select 1") == 1
    second.leave()
    assert running(var_dir) == (False, False)


async def test_engines_whose_user_was_killed_are_taken_over_and_stopped(var_dir: Path) -> None:
    user = User(var_dir)
    user.joined()
    before = postmaster(var_dir)
    user.kill()
    async with engines(Settings(var_dir=var_dir)) as found:
        assert not found.started
        assert postmaster(var_dir).pid == before.pid
    assert running(var_dir) == (False, False)


async def test_engines_that_died_with_their_user_are_started_anew_and_lose_nothing(var_dir: Path) -> None:
    user = User(var_dir)
    await ask(user.joined().database_url, "create table kept as select 7 as value")
    victims = [postmaster(var_dir), *postmaster(var_dir).children(recursive=True)]
    user.kill()
    for victim in victims:
        with suppress(psutil.NoSuchProcess):
            victim.kill()
    psutil.wait_procs([victim for victim in victims if victim.is_running()], timeout=10)
    async with engines(Settings(var_dir=var_dir)) as found:
        assert found.started
        assert await ask(found.database_url, "select value from kept") == 7


async def test_a_stale_process_number_that_is_now_another_programs_is_no_obstacle(var_dir: Path) -> None:
    async with engines(Settings(var_dir=var_dir)):
        record = (var_dir / "postgres" / "postmaster.pid").read_text().split("\n")
    stale = "\n".join([str(os.getppid()), *record[1:]])
    (var_dir / "postgres" / "postmaster.pid").write_text(stale)
    async with engines(Settings(var_dir=var_dir)) as found:
        assert found.started


async def test_engines_whose_sockets_were_deleted_are_replaced(var_dir: Path) -> None:
    user = User(var_dir)
    user.joined()
    before = postmaster(var_dir)
    (var_dir / "sockets" / POSTGRES_SOCKET).unlink()
    async with engines(Settings(var_dir=var_dir)) as found:
        assert await ask(found.database_url, "select 1") == 1
        assert postmaster(var_dir).pid != before.pid
    user.leave()


async def test_many_first_starts_at_once_share_one_pair_of_engines(var_dir: Path) -> None:
    users = [User(var_dir) for _ in range(5)]
    joined = [user.joined() for user in users]
    assert sorted(found.started for found in joined) == [False] * 4 + [True]
    assert len({found.database_url for found in joined}) == 1
    for user in users:
        user.leave()
    assert running(var_dir) == (False, False)


async def test_a_path_too_long_for_a_socket_with_characters_that_need_quoting(tmp_path: Path) -> None:
    var_dir = tmp_path / ('it\'s "long", ' + "x" * 100)
    async with engines(Settings(var_dir=var_dir)) as found:
        assert await ask(found.database_url, "select 1") == 1
        async with redis.asyncio.Redis.from_url(found.redis_url) as client:
            assert await client.ping()


@pytest.mark.parametrize("name", ['it\'s "odd" $HOME %d é', "a, b"])
async def test_characters_that_need_quoting_in_the_sockets_own_path(var_dir: Path, name: str) -> None:
    async with engines(Settings(var_dir=var_dir / name)) as found:
        assert await ask(found.database_url, "select 1") == 1
        async with redis.asyncio.Redis.from_url(found.redis_url) as client:
            assert await client.ping()


async def test_an_interrupted_initialisation_is_begun_again(var_dir: Path) -> None:
    (var_dir / "postgres.new" / "base").mkdir(parents=True)
    async with engines(Settings(var_dir=var_dir)) as found:
        assert found.started


async def test_with_both_urls_nothing_is_started_and_no_password_is_shown(var_dir: Path) -> None:
    settings = Settings(
        var_dir=var_dir,
        database_url="postgresql://me:secret@db.example:5433/chat",
        redis_url="rediss://:secret@redis.example/0",
    )
    async with engines(settings) as found:
        assert not found.started
        assert found.description == "PostgreSQL at db.example:5433, Redis at redis.example:6379"
    assert not var_dir.exists()


async def test_with_one_url_only_the_other_engine_is_started(var_dir: Path) -> None:
    async with engines(Settings(var_dir=var_dir, redis_url="redis://redis.example")) as found:
        assert found.redis_url == "redis://redis.example"
        assert running(var_dir) == (True, False)
    async with engines(Settings(var_dir=var_dir, database_url="postgresql://db.example/chat")) as found:
        assert found.database_url == "postgresql://db.example/chat"
        assert running(var_dir) == (False, True)


async def test_when_valkey_cannot_start_postgres_does_not_stay_behind(var_dir: Path) -> None:
    (var_dir / "valkey" / "server.log").mkdir(parents=True)
    with pytest.raises(EnginesError, match="Valkey does not start"):
        await engines(Settings(var_dir=var_dir)).__aenter__()
    assert running(var_dir) == (False, False)


async def test_data_of_another_major_version_is_left_alone(var_dir: Path) -> None:
    (var_dir / "postgres").mkdir(parents=True)
    (var_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EnginesError, match="is of PostgreSQL 17, this is 18"):
        await engines(Settings(var_dir=var_dir)).__aenter__()


async def test_a_directory_that_cannot_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnginesError, match=r"VAR_DIR '.*/file/var' cannot be used: .* Choose another"):
        await engines(Settings(var_dir=tmp_path / "file" / "var")).__aenter__()


async def test_an_interrupt_from_the_terminal_does_not_reach_the_engines(var_dir: Path) -> None:
    user = User(var_dir)
    found = user.joined()
    assert os.getsid(postmaster(var_dir).pid) != os.getsid(0)
    assert await ask(found.database_url, "select 1") == 1
    user.leave()


@as_root
async def test_root_keeps_the_files_and_postgres_has_none_of_its_rights(var_dir: Path) -> None:
    async with engines(Settings(var_dir=var_dir)):
        assert (var_dir / "postgres").stat().st_mode & 0o777 == 0o700
        assert "CapEff:\t0000000000000000" in status(postmaster(var_dir))


@as_root
async def test_root_in_anothers_directory_leaves_everything_to_the_other(var_dir: Path) -> None:
    try:
        subprocess.run([postgres.binary("postgres"), "--version"], user=NOBODY, check=True)
    except PermissionError:
        pytest.skip("this checkout is closed to others")
    os.chown(var_dir.parent, NOBODY, -1)
    async with engines(Settings(var_dir=var_dir)):
        assert postmaster(var_dir).uids().effective == NOBODY
    assert owners(var_dir) == {NOBODY}


@as_root
async def test_an_ordinary_user_needs_no_other(var_dir: Path) -> None:
    # In a namespace of its own, for `nobody` can seldom read the interpreter of root.
    launcher = [sys.executable, unprivileged.__file__, "namespace", str(NOBODY), "/"]
    if subprocess.run([*launcher, "/bin/true"], capture_output=True).returncode != 0:
        pytest.skip("no user namespaces here")
    user = User(var_dir, *launcher)
    assert user.joined().started
    user.leave()
    assert running(var_dir) == (False, False)


def status(process: psutil.Process) -> str:
    return Path(f"/proc/{process.pid}/status").read_text()


def owners(directory: Path) -> set[int]:
    return {path.stat().st_uid for path in directory.iterdir()}


WAITING = """
import asyncio, os
from app.cli.group import with_engines
from app.settings import Settings

with_engines(read_settings(os.environ), lambda engines: asyncio.sleep(60, print(flush=True)))
"""


def test_sigterm_to_a_command_stops_what_it_started(var_dir: Path) -> None:
    environment = {"VAR_DIR": str(var_dir), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", WAITING]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert running(var_dir) == (False, False)
