"""A server that starts its own engines: it stops them, however it is stopped, and finds its data again."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import msgspec
import psutil
import pytest

from tests.server.processes import ROOT, Server

pytestmark = pytest.mark.starts_engines


@pytest.fixture
def var_dir() -> Iterator[Path]:
    # Not pytest's own directory, whose path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="fireside-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory, "var")


def engines_in(var_dir: Path) -> list[str]:
    """Return the names of the processes that work in the directory."""
    return [
        process.info["name"]
        for process in psutil.process_iter(["name", "cwd"])
        if str(process.info["cwd"]).startswith(str(var_dir))
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_engines_stop_with_the_server_and_keep_their_data(
    var_dir: Path, tmp_path: Path, number: signal.Signals
) -> None:
    environment = {"VAR_DIR": str(var_dir), "WEBSOCKET_PORT": "0", "LOG_FORMAT": "json"}
    key = token = ""
    for _ in range(2):
        server = Server(environment, tmp_path)
        try:
            with httpx2.Client(base_url=server.url, timeout=30) as http:
                assert http.get("/readyz").json() == {"status": "ok"}
                assert "postgres" in engines_in(var_dir)
                key = key or inbox_key(environment, tmp_path)
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                response = http.post("/chat/sessions", json={"inbox": key}, headers=headers)
                assert response.status_code == (200 if token else 201)
                token = response.json()["session_token"]
        finally:
            server.signal(number)
            status = server.wait()
        assert status == 0, server.log
        assert not [line for line in server.lines if line.get("level") == "error"], server.log
        assert engines_in(var_dir) == []


def inbox_key(environment: dict[str, str], directory: Path) -> str:
    """Make an inbox with the command, beside the server that runs."""
    result = command(environment, directory, "create-inbox", "--name", "Kept", "--json")
    assert result.stderr == b""
    return str(msgspec.json.decode(result.stdout)["key"])


def command(
    environment: dict[str, str], directory: Path, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=directory,
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=True,
    )


def test_a_command_for_which_the_engines_are_started_says_where_it_works(
    var_dir: Path, tmp_path: Path
) -> None:
    result = command({"VAR_DIR": str(var_dir)}, tmp_path, "list-agents", "--json")
    assert f"the database in {var_dir}".encode() in result.stderr
    assert msgspec.json.decode(result.stdout) == []
    assert engines_in(var_dir) == []
