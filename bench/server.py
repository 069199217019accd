"""The servers under test: how each is started, and when it is ready."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from app.settings.variables import VARIABLES
from bench.people import JWT_SECRET

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
WORK = Path(__file__).parent / ".work"
"""The folder of the peers' packages; ignored by git."""
PEER_PYTHON = WORK / "venv" / "bin" / "python"
BUN = next((PEERS / "bun" / "node_modules" / "@oven").glob("*/bin/bun"), PEERS / "bun" / "bun")
"""The binary for this platform, out of the package that npm has picked; not there where there is none."""
START_SECONDS = 30.0
STOP_SECONDS = 15.0


class Server(msgspec.Struct, frozen=True):
    """One of those that are compared."""

    name: str
    title: str
    dialect: str
    command: tuple[str, ...]

    @property
    def installed(self) -> bool:
        return shutil.which(self.command[0]) is not None


SERVERS = {
    server.name: server
    for server in (
        Server("fireside", "Fireside", "fireside", (sys.executable, "-m", "app", "serve")),
        Server(
            "socketio_node",
            "Socket.IO on Node",
            "socketio",
            ("node", str(PEERS / "socketio_node" / "server.mjs")),
        ),
        Server(
            "python_socketio",
            "python-socketio",
            "socketio",
            (str(PEER_PYTHON), str(PEERS / "python_socketio" / "server.py")),
        ),
        *(
            Server(name, title, "plain", (str(BUN), str(PEERS / "bun" / "server.mjs"), store))
            for name, title, store in (
                ("bun", "Bun", "each"),
                ("bun_grouped", "Bun, storing in groups", "grouped"),
                ("bun_unstored", "Bun, storing nothing", "nothing"),
            )
        ),
        Server("ws_node", "ws on Node", "raw", ("node", str(PEERS / "ws_node" / "server.mjs"))),
        Server("picows", "picows", "raw", (str(PEER_PYTHON), str(PEERS / "picows" / "server.py"))),
    )
}


class Running(msgspec.Struct, frozen=True):
    server: Server
    url: str
    process_id: int


@asynccontextmanager
async def running(
    server: Server, *, database_url: str, redis_url: str, pin: Callable[[], None] | None, log: Path
) -> AsyncIterator[Running]:
    """Start a server for the time of the block; what it says goes to `log`.

    Raises:
        RuntimeError: It did not start, or it did not survive.
    """
    environ = os.environ | environment(database_url, redis_url)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *server.command,
            env=environ,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            preexec_fn=pin,
        )
        try:
            port = await find_port(process, log)
            yield Running(server, f"ws://127.0.0.1:{port}", process.pid)
            if process.returncode is not None:
                raise RuntimeError(f"{server.title} has ended with {process.returncode}; see {log}.")
        finally:
            await stop(process)


def environment(database_url: str, redis_url: str) -> dict[str, str]:
    """Return the settings of all servers: Fireside's own, and the same engines in the peers' terms."""
    postgres = urlsplit(database_url)
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "WEBSOCKET_PORT": "0",
        "LOG_FORMAT": "json",
        "JWT_SECRET": JWT_SECRET,
        # The load is a thousand people on one address, who write as fast as they can.
        **dict.fromkeys((name for name in VARIABLES if name.startswith("LIMIT_")), "0"),
        "BENCH_DATABASE": postgres.path[1:],
        "BENCH_POSTGRES_HOST": parse_qs(postgres.query)["host"][0],
        "BENCH_REDIS_SOCKET": unquote(urlsplit(redis_url).path),
    }


async def find_port(process: asyncio.subprocess.Process, log: Path) -> int:
    """Wait until a server says where it listens: a peer on its standard output, Fireside in its log."""
    assert process.stdout is not None
    said = asyncio.create_task(process.stdout.readline())
    try:
        async with asyncio.timeout(START_SECONDS):
            while process.returncode is None:
                await asyncio.wait((said,), timeout=0.05)
                if said.done() and said.result():
                    return int(json.loads(said.result())["port"])
                if port := logged_port(log):
                    return port
    except TimeoutError:
        pass
    finally:
        said.cancel()
    raise RuntimeError(f"A server did not start; see {log}.")


def logged_port(log: Path) -> int | None:
    found = re.search(rb'"address": *"http://[^"]*:(\d+)"', log.read_bytes())
    return int(found[1]) if found else None


async def stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
