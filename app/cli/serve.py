"""Serve the application with Hypercorn until told to stop, and then stop well.

Hypercorn's own `serve` hangs for ever on SIGTERM while a WebSocket is open (Python ≥ 3.12), or tells the clients 1011.
So the loop is ours, on Hypercorn's connection class: first balancers are told, then nobody new comes in, everyone is
told goodbye, what was taken in is finished, and only then the rest is closed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import structlog
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.typing import AppWrapper
from hypercorn.utils import wrap_app

from app.factory import Fireside, create_app
from app.lifespan import announce, drain
from app.operate.embedded import Engines
from app.settings import Settings, SettingsError
from app.spine.db import why
from app.spine.server import descriptors, seam
from app.spine.server.certificate import HANDSHAKE_SECONDS, Certificate
from app.spine.server.crowd import Crowd
from app.spine.server.errors import CertificateError, DatabaseError
from app.spine.server.front import Front
from app.spine.server.listener import address_of, bound_address, explained
from app.spine.server.stopping import STEPS_SECONDS, bounded_stop
from app.spine.server.supervisor import Supervisor
from app.spine.server.tcp import TCPConnection
from app.spine.telemetry import set_level

log = structlog.get_logger()

CONFIG = Path(__file__).parents[2] / "hypercorn.toml"
LINGER_SECONDS = 2.0
"""Seconds that connections open after the drain may take to end by themselves."""


async def serve(
    settings: Settings,
    engines: Engines,
    listener: socket.socket,
    ready: Callable[[str], None],
    reread: Callable[[], Settings],
) -> None:
    """Serve until SIGTERM, SIGINT or SIGQUIT; return when all is stored, told and closed.

    `ready` is called with the address that users see once connections are accepted; `reread` gives the settings as
    they are when SIGHUP comes.

    Raises:
        UnknownHypercorn: Its inside is not the one we know.
        CertificateError: The certificate or its key cannot be used.
        ListenError: Somebody else was quicker to listen.
    """
    seam.install()
    config = make_config(settings)
    certificate = Certificate(config) if config.ssl_enabled else None
    room = descriptors.room()
    settings = descriptors.within(settings, room)
    app = create_app(
        msgspec.structs.replace(settings, database_url=engines.database_url, redis_url=engines.redis_url)
    )
    supervisor = Supervisor(os.environ)
    stopping, hurry = asyncio.Event(), asyncio.Event()

    def reload() -> None:
        supervisor.reloading()
        try:
            set_level(reread().log_level)
            if certificate is not None:
                certificate.reload()
        except (SettingsError, CertificateError) as error:
            log.warning("reload_failed", reason=str(error))
        else:
            log.info("reloaded")
        supervisor.tell("READY=1")

    def stop() -> None:
        (hurry if stopping.is_set() else stopping).set()

    handle_signals(stop, reload)

    living = asyncio.create_task(supervisor.keep_alive())
    try:
        with ExitStack() as leaving:
            async with running(app, config) as wrapped:
                front, close = await open_to_all(listener, app, wrapped, config, certificate, room)
                settle_garbage()
                log.info("serving", address=bound_address(listener, settings), public_url=settings.public_url)
                supervisor.tell("READY=1")
                ready(address_of(listener, settings))
                await stopping.wait()
                log.info("leaving", seconds=settings.lame_duck_seconds)
                seconds = settings.lame_duck_seconds + settings.drain_seconds + STEPS_SECONDS
                supervisor.stopping(seconds)
                leaving.enter_context(bounded_stop(seconds, engines.end))
                await announce(app.areas, hurry)
                log.info("draining", connections=len(app.areas.spine.connections))
                await take_leave(front, close)
        log.info("stopped")
    finally:
        living.cancel()


def handle_signals(stop: Callable[[], None], reload: Callable[[], None]) -> None:
    """Leave no signal that an operator may send to its default, which is death without a word."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, reload)
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        loop.add_signal_handler(number, partial(log.info, "signal_ignored", signal=number.name))


def make_config(settings: Settings) -> Config:
    config = Config.from_toml(CONFIG)
    config.accesslog = None
    config.errorlog = None
    if settings.tls_certfile is not None:
        config.certfile = str(settings.tls_certfile)
        config.keyfile = str(settings.tls_keyfile) if settings.tls_keyfile else None
    config.alpn_protocols = ["h2", "http/1.1"] if settings.http2 else ["http/1.1"]
    return config


@asynccontextmanager
async def running(app: Fireside, config: Config) -> AsyncIterator[AppWrapper]:
    """Run the application's own beginning and end around the block, whatever becomes of the block.

    Raises:
        DatabaseError: It cannot begin without.
    """
    loop = asyncio.get_running_loop()
    wrapped = wrap_app(app, config.wsgi_max_body_size, None)
    lifespan = Lifespan(wrapped, config, loop, {})
    task = loop.create_task(lifespan.handle_lifespan())
    await lifespan.wait_for_startup()
    if task.done():
        await task
    try:
        if app.not_started is not None:
            raise DatabaseError(why(app.not_started)) from app.not_started
        yield wrapped
    finally:
        await lifespan.wait_for_shutdown()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def open_to_all(
    listener: socket.socket,
    app: Fireside,
    wrapped: AppWrapper,
    config: Config,
    certificate: Certificate | None,
    room: int,
) -> tuple[Front, Callable[[], Awaitable[None]]]:
    """Accept up to this many connections; return what has them, and what lets nobody new in.

    Raises:
        ListenError: Somebody else was quicker to listen.
    """
    loop = asyncio.get_running_loop()
    context = WorkerContext(None)

    def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not a coroutine: asyncio (3.11) complains of the task that it would make, when that is cancelled.
        connection = TCPConnection(wrapped, loop, config, context, {}, reader, writer)
        front.serve(connection.run(), writer.transport)

    settings = app.areas.spine.settings
    proxies = settings.trusted_proxies
    crowd = Crowd(room=room, per_address=settings.limits.address_connections, proxies=proxies)
    front = Front(app.admission.meet, streams, crowd, proxies, idle_seconds=config.keep_alive_timeout)
    with explained(settings):
        server = await loop.create_server(
            front.protocol,
            sock=listener,
            backlog=config.backlog,
            ssl=certificate.context if certificate else None,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if certificate else None,
        )

    async def close() -> None:
        server.close()
        await drain(app.areas)
        await context.terminated.set()

    return front, close


async def take_leave(front: Front, close: Callable[[], Awaitable[None]]) -> None:
    """Let nobody new in, tell everyone, and end what does not end by itself."""
    await close()
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


def settle_garbage() -> None:
    """Leave what is there now out of every later collection, and collect less often.

    With thousands of connections a full collection is a pause that everyone feels; next to nothing of what a message
    makes is cyclic. A request is, by kilobytes, so what is young is looked at more often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 2_000)
