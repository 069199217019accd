"""Signals that an operator may send to a process that serves, and what a supervisor hears of them."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.attacks.raw import Peers
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import OF_THIS_MACHINE, Server
from tests.server.test_drain import stopped
from tests.server.test_own_engines import engines_in

TLS = Path(__file__).parent / "tls"
HANDSHAKE_SECONDS = 10


@pytest.fixture
def server(installation: Installation) -> Iterator[Server]:
    """A server of one test alone."""
    with installation.alone() as server:
        yield server


@pytest.fixture
def tls_files(tmp_path: Path) -> Path:
    shutil.copy(TLS / "certificate.pem", tmp_path)
    shutil.copy(TLS / "key.pem", tmp_path)
    return tmp_path


@pytest.fixture
def tls_server(installation: Installation, tls_files: Path) -> Iterator[Server]:
    files = {"TLS_CERTFILE": str(tls_files / "certificate.pem"), "TLS_KEYFILE": str(tls_files / "key.pem")}
    with installation.alone(**files) as server:
        assert server.url.startswith("https://")
        yield server


def shown_by(server: Server) -> str:
    port = int(server.url.rsplit(":", 1)[1])
    return ssl.get_server_certificate(("127.0.0.1", port))


def renew(folder: Path) -> None:
    for name in ("key.pem", "certificate.pem"):
        shutil.copy(TLS / f"renewed_{name}", folder / name)


def test_sighup_shows_a_renewed_certificate_and_keeps_the_old_one_for_a_broken_one(
    tls_server: Server, tls_files: Path
) -> None:
    before = shown_by(tls_server)
    renew(tls_files)
    assert shown_by(tls_server) == before
    tls_server.signal(signal.SIGHUP)
    tls_server.wait_for("reloaded")
    renewed = shown_by(tls_server)
    assert renewed != before
    # A renewal that was caught between its two files.
    shutil.copy(TLS / "key.pem", tls_files)
    tls_server.signal(signal.SIGHUP)
    assert "cannot be used" in tls_server.wait_for("reload_failed")["reason"]
    assert shown_by(tls_server) == renewed


def test_sighup_takes_the_level_of_the_log_from_the_file(installation: Installation) -> None:
    dotenv = installation.directory / ".env"
    dotenv.write_text("LOG_LEVEL=warning\n")
    server = installation.start(NOTIFY_SOCKET="")
    try:
        port = listening_port(server.pid)
        dotenv.write_text("LOG_LEVEL=info\n")
        server.signal(signal.SIGHUP)
        server.wait_for("reloaded")
        assert not [line for line in server.lines if line["event"] == "serving"]
        assert httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        dotenv.write_text("LOG_LEVEL=loud\n")
        server.signal(signal.SIGHUP)
        assert "LOG_LEVEL" in server.wait_for("reload_failed")["reason"]
    finally:
        dotenv.unlink()


def listening_port(pid: int) -> int:
    """Return the port that a process listens on, once it does."""
    process = psutil.Process(pid)
    while True:
        for line in process.net_connections("tcp4"):
            if line.status == psutil.CONN_LISTEN:
                return int(line.laddr.port)


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
async def test_a_signal_that_means_nothing_here_is_told_and_ends_nobody(
    connect: Connect, customer: Person, server: Server, number: signal.Signals
) -> None:
    client = await connect(customer)
    server.signal(number)
    assert await asyncio.to_thread(
        server.wait_for, "signal_ignored", lambda line: line["signal"] == number.name
    )
    await client.fence()


async def test_sigquit_is_a_stop_like_any_other(connect: Connect, customer: Person, server: Server) -> None:
    client = await connect(customer)
    server.signal(signal.SIGQUIT)
    await client.expect("goodbye")
    assert await client.closed() == 1012
    await stopped(server)


async def test_a_tls_handshake_that_says_nothing_is_cut_like_every_other_silence(tls_server: Server) -> None:
    peers = Peers(("127.0.0.1", int(tls_server.url.rsplit(":", 1)[1])))
    silent, begun = await peers.connect(), await peers.connect()
    begun.write(b"\x16\x03\x01\x02")  # The head of a ClientHello, and no more.
    loop = asyncio.get_running_loop()
    since = loop.time()
    for peer in (silent, begun):
        await peer.answered()
    # Ten seconds; a default of asyncio's would be sixty.
    assert HANDSHAKE_SECONDS - 1 < loop.time() - since < 5 * HANDSHAKE_SECONDS
    await peers.end()


async def test_our_own_tls_is_to_be_used_from_now_on(tls_server: Server, server: Server) -> None:
    async with httpx2.AsyncClient(verify=False) as http:
        answer = await http.get(f"{tls_server.url}/healthz")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        # Behind a proxy it is the proxy's to say.
        assert "Strict-Transport-Security" not in (await http.get(f"{server.url}/healthz")).headers


class Supervising:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(30)

    def hear(self, assignment: str) -> list[str]:
        """Wait for a message with this assignment, and return all of it."""
        while True:
            lines = self.socket.recv(4096).decode().split("\n")
            if assignment in lines:
                return lines

    def is_silent_for(self, seconds: float) -> bool:
        """Take what has come already, then listen for so long."""
        self.socket.settimeout(0)
        with suppress(BlockingIOError):
            while self.socket.recv(4096):
                pass
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(4096)
        except TimeoutError:
            return True
        return False


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_a_supervisor_hears_of_the_beginning_the_life_and_the_end(
    installation: Installation, kind: str, request: pytest.FixtureRequest
) -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-") as folder:
        path = f"{folder}/notify" if kind == "path" else f"\0{folder}"
        supervising = Supervising(path)
        request.addfinalizer(supervising.socket.close)
        server = installation.start(
            NOTIFY_SOCKET=path.replace("\0", "@"), WATCHDOG_USEC="200000", DRAIN_SECONDS="60"
        )
        supervising.hear("READY=1")
        for _ in range(3):
            supervising.hear("WATCHDOG=1")
        server.signal(signal.SIGHUP)
        assert any(line.startswith("MONOTONIC_USEC=") for line in supervising.hear("RELOADING=1"))
        supervising.hear("READY=1")
        # A process that hangs says nothing more, which is how systemd finds it.
        server.signal(signal.SIGSTOP)
        assert supervising.is_silent_for(1)
        server.signal(signal.SIGCONT)
        server.signal(signal.SIGTERM)
        told = supervising.hear("STOPPING=1")
        # As long as the drain may take, whatever the unit says.
        assert f"EXTEND_TIMEOUT_USEC={72 * 10**6}" in told


def test_a_stop_that_hangs_ends_and_leaves_no_engine_running(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-") as folder:
        Path(folder).chmod(0o755)
        var_dir = Path(folder, "var")
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "hanging.py")],
            cwd=tmp_path,
            env={
                **OF_THIS_MACHINE,
                "VAR_DIR": str(var_dir),
                "WEBSOCKET_PORT": "0",
                "LOG_FORMAT": "json",
                "DRAIN_SECONDS": "0",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stderr is not None
            for line in process.stderr:
                if '"serving"' in line:
                    break
            assert "postgres" in engines_in(var_dir)
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
        assert process.returncode == 1
        assert "stop_stuck" in [json.loads(line)["event"] for line in rest.splitlines() if line[0] == "{"]
        assert engines_in(var_dir) == []
