"""Serve the application with Hypercorn until told to stop, and then stop well.

Hypercorn's own `serve` hangs for ever on SIGTERM while a WebSocket is open (Python ≥ 3.12), or tells the clients 1011.
So the loop is ours, on Hypercorn's connection class: first nobody new comes in, then everyone is told goodbye, what was
taken in is finished, and only then the rest is closed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.utils import wrap_app

from app.embedded import Engines
from app.factory import Fireside, create_app, drain
from app.server import seam
from app.server.front import Front
from app.server.tcp import TCPConnection
from app.settings import Settings
from app.telemetry import configure_logging

log = structlog.get_logger()

CONFIG = Path(__file__).parents[2] / "hypercorn.toml"
UNACKNOWLEDGED_MS = 20_000
"""TCP gives up on a peer that acknowledges nothing for so long: one with a zero window cannot be closed otherwise."""
LINGER_SECONDS = 2.0
"""What is still open after the drain may take so long to end by itself."""
STUCK_SECONDS = 9.0
"""A stop that takes longer is stuck on something; the process leaves all the same. Everything acked is in Postgres."""


async def serve(settings: Settings, engines: Engines, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; return when all is stored, told and closed.

    `ready` is called with the address once connections are accepted.

    Raises:
        UnknownHypercorn: Its inside is not the one we know.
        OSError: The address cannot be listened on.
    """
    configure_logging(settings)
    seam.install()
    settings = msgspec.structs.replace(
        settings, database_url=engines.database_url, redis_url=engines.redis_url
    )
    app = create_app(settings)
    config = make_config(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    with listen(settings) as listener:

        def tell() -> None:
            address = address_of(listener, settings)
            log.info("serving", address=address)
            ready(address)

        await serve_on(listener, app, config, stopping, tell)


def make_config(settings: Settings) -> Config:
    config = Config.from_toml(CONFIG)
    config.accesslog = None
    config.errorlog = None
    if settings.tls_certfile is not None:
        config.certfile = str(settings.tls_certfile)
        config.keyfile = str(settings.tls_keyfile) if settings.tls_keyfile else None
    config.alpn_protocols = ["h2", "http/1.1"] if settings.http2 else ["http/1.1"]
    return config


def listen(settings: Settings) -> socket.socket:
    """Open the listening socket; its options pass on to every connection."""
    family = socket.AF_INET6 if ":" in settings.websocket_host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
    try:
        listener.bind((settings.websocket_host, settings.websocket_port))
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)  # noqa: FBT003 - the standard library takes it by position only.
    return listener


async def serve_on(
    listener: socket.socket, app: Fireside, config: Config, stopping: asyncio.Event, ready: Callable[[], None]
) -> None:
    loop = asyncio.get_running_loop()
    context = WorkerContext(None)
    wrapped = wrap_app(app, config.wsgi_max_body_size, None)
    lifespan = Lifespan(wrapped, config, loop, {})
    lifespan_task = loop.create_task(lifespan.handle_lifespan())
    await lifespan.wait_for_startup()
    if lifespan_task.done():
        await lifespan_task

    def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not a coroutine: asyncio (3.11) complains of the task that it would make, when that is cancelled.
        connection = TCPConnection(wrapped, loop, config, context, {}, reader, writer)
        front.serve(connection.run(), writer.transport)

    front = Front(
        app.admission.meet,
        streams,
        app.services.settings.trusted_proxies,
        idle_seconds=config.keep_alive_timeout,
    )
    server = await loop.create_server(
        front.protocol, sock=listener, backlog=config.backlog, ssl=config.create_ssl_context()
    )
    settle_garbage()
    ready()
    await stopping.wait()

    log.info("draining", connections=len(app.services.connections))
    leave_if_stuck()
    server.close()
    await drain(app.services)
    await context.terminated.set()
    front.close()
    connections = front.served
    if connections:
        await asyncio.wait(tuple(connections), timeout=LINGER_SECONDS)
    for transport in connections.values():
        # Not cancelled: Hypercorn cleans up after a connection that is lost, and stumbles over its own cancellation.
        transport.abort()
    if connections:
        await asyncio.wait(tuple(connections), timeout=LINGER_SECONDS)
    if connections:
        log.error("connections_stuck", connections=len(connections))
    await lifespan.wait_for_shutdown()
    lifespan_task.cancel()
    await asyncio.gather(lifespan_task, return_exceptions=True)
    log.info("stopped")


def settle_garbage() -> None:
    """Leave what is there now out of every later collection, and collect less often.

    With thousands of connections a full collection is a pause that everyone feels; next to nothing of what a message
    makes is cyclic. A request is, by kilobytes, so what is young is looked at more often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 2_000)


def address_of(listener: socket.socket, settings: Settings) -> str:
    """Return the address that users see, or that a browser on this machine would use."""
    if settings.public_url:
        return settings.public_url
    host, port = listener.getsockname()[:2]
    any_address = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - to be shown, not bound.
    shown = any_address.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if settings.tls_certfile else 'http'}://{shown}:{port}"


def leave_if_stuck() -> None:
    """Leave after `STUCK_SECONDS` whatever hangs, from a thread that no event loop can hold up."""

    def leave() -> None:
        log.error("stop_stuck", seconds=STUCK_SECONDS)
        os._exit(0)

    timer = threading.Timer(STUCK_SECONDS, leave)
    timer.daemon = True
    timer.start()
