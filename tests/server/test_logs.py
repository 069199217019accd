"""A log that cannot be written holds nobody up: the chat goes on, and what is missing is counted."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import httpx2
import pytest

from app.spine.sink import QUEUE_BYTES, Sink
from tests.client import Client
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import OF_THIS_MACHINE
from tests.server.test_signals import listening_port
from tests.wires import open_wire

F_SETPIPE_SZ = 1031
LINES = 60
"""More than a pipe of one page takes."""

Begin = Callable[[IO[bytes] | int], int]


@pytest.fixture
def begin(installation: Installation, tmp_path: Path) -> Iterator[Begin]:
    """Start a process whose log goes to a file or pipe; return its port."""
    started: list[subprocess.Popen[bytes]] = []

    def start(stderr: IO[bytes] | int) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve"],
            cwd=tmp_path,
            env=OF_THIS_MACHINE | installation.variables | {"DRAIN_SECONDS": "0"},
            stderr=stderr,
        )
        started.append(process)
        return listening_port(process.pid)

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        # The last lines are waited for, but not for ever.
        assert process.wait() == 0


async def lines_dropped(port: int) -> int:
    async with httpx2.AsyncClient(timeout=30) as http:
        metrics = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    (line,) = [line for line in metrics.splitlines() if line.startswith("fireside_log_lines_dropped_total ")]
    return int(line.split()[1])


async def talk(port: int, person: Person, times: int) -> None:
    """Open sockets and close them: two lines each."""
    for _ in range(times):
        client = Client(await open_wire(f"ws://127.0.0.1:{port}/ws/widget", "http/1.1", {}))
        await client.authenticate(person.token)
        await client.join(person.conversation_id)
        client.cut()
        await client.closed()


async def test_a_full_disk_holds_nobody_up_and_is_counted(
    begin: Begin, connect: Connect, customer: Person
) -> None:
    with Path("/dev/full").open("wb") as full:
        port = begin(full)
    await talk(port, customer, 5)
    assert await lines_dropped(port) >= 10


async def test_a_pipe_that_nobody_reads_holds_nobody_up(
    begin: Begin, connect: Connect, customer: Person
) -> None:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
    try:
        port = begin(writer)
        os.close(writer)
        await talk(port, customer, LINES // 2)
        async with httpx2.AsyncClient(timeout=30) as http:
            assert (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
    finally:
        os.close(reader)


def test_dropped_lines_are_told_by_the_next_that_can_be_written() -> None:
    reader, writer = os.pipe()
    sink = Sink(writer, lambda count: f"{count} are missing")
    with closing(os.fdopen(reader, "rb")) as log:
        fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
        line = "x" * (QUEUE_BYTES // 4 - 1)
        sink.write(line)
        # Its first byte shows that it is being written; until it is, it keeps its place in the queue.
        first = os.read(reader, 1)
        for _ in range(5):
            sink.write(line)
        assert sink.dropped == 2
        said = [first + log.readline()]
        with sink._changed:
            sink._changed.wait_for(lambda: sink._waiting_bytes < QUEUE_BYTES)
        sink.write("after it")
        while said[-1] != b"after it\n":
            said.append(log.readline())
        assert said.count(b"2 are missing\n") == 1
        assert said.count(line.encode() + b"\n") == 4
        assert len(said) == 6
        sink.flush()
        os.close(writer)


def test_a_line_that_was_torn_does_not_spoil_the_next(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    sink = Sink(writer, lambda count: f"{count} missing")
    os.close(reader)
    sink.write("to nobody")
    sink.flush()
    assert sink.dropped == 1
    with (tmp_path / "log").open("wb") as file:
        os.dup2(file.fileno(), writer)
    sink._is_torn = True
    sink.write("half an emoji: \ud83d")
    sink.flush()
    assert (tmp_path / "log").read_bytes() == b"\n1 missing\nhalf an emoji: \\ud83d\n"
    os.close(writer)
