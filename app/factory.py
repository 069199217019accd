"""Construct and wire everything: the only place that does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from uuid import uuid4

import structlog
from quart import Quart
from quart.wrappers.base import BaseRequestWebsocket
from werkzeug.routing import MapAdapter

from app.admission import Admission
from app.blueprints import rest, ws
from app.broker import Broker
from app.budgets import Budgets
from app.db import Database
from app.errors import FiresideError, Retryable
from app.journal import Journal
from app.log import Appended
from app.postgres.address import PostgresAddress
from app.redis_address import RedisAddress
from app.server.asgi import WebsocketConnection
from app.services import Services
from app.services.accounts import Accounts
from app.services.amends import amend
from app.services.auth import Auth
from app.services.bots import Bots
from app.services.clearing import Clearing
from app.services.connections import Connections
from app.services.conversations import Conversations
from app.services.epoch import Epoch
from app.services.feed import Feed
from app.services.limiter import Limiter
from app.services.marks import Marks
from app.services.messages import Messages
from app.services.origins import Origins
from app.services.passwords import Passwords
from app.services.presence import PresenceService
from app.services.rooms import Rooms
from app.services.sessions import Sessions
from app.services.typing import TypingService
from app.settings import Settings
from app.store.installation import insert_value, select_namespace

log = structlog.get_logger()

HANDOVER_SECONDS = 2.0
"""How long the sockets of a replaced token stay: other tabs find the new one, which the browser has by then."""
FLUSH_SECONDS = 3.0
"""How long a stop waits for what is on its way to Postgres."""
CANCEL_SECONDS = 0.2
"""Between two tries to cancel a task."""
RESTART_SECONDS = 1.0
"""Before a task that has failed by a fault of ours begins anew."""


class Fireside(Quart):
    """The application, with its services at hand for whoever serves it."""

    asgi_websocket_class = WebsocketConnection
    services: Services
    admission: Admission
    not_started: Retryable | None = None
    """Why there is nothing to serve, for whoever was to serve it."""

    def create_url_adapter(self, request: BaseRequestWebsocket | None) -> MapAdapter | None:
        """Route by path alone. Quart would read the host here, before any error of it can be answered."""
        if request is None:
            return super().create_url_adapter(request)
        return self.url_map.bind(
            "localhost",
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path,
        )


def create_app(settings: Settings) -> Fireside:
    """Return the application. `database_url` and `redis_url` must be set; it connects when it starts serving."""
    app = Fireside("app", static_folder=None)
    services = app.services = create_services(settings)
    rest.register(app, services)
    admission = app.admission = Admission(services)
    app.register_blueprint(ws.blueprint(admission, settings.trusted_proxies))

    @app.while_serving
    async def lifespan() -> AsyncGenerator[None]:
        try:
            tasks = await start(services)
        except Retryable as error:
            # Quart would log it with its traceback, and hand on the text alone.
            app.not_started = error
            await services.db.disconnect()
            yield
        else:
            yield
            await stop(services, tasks)

    return app


def create_services(settings: Settings) -> Services:
    db = Database(PostgresAddress.read(settings.database_url), pool_size=settings.database_pool_size)
    broker = Broker(RedisAddress.read(settings.redis_url), process_id=uuid4().bytes)
    journal = Journal(db, Budgets(settings))
    auth = Auth(db, secret=settings.jwt_secret, access_token_seconds=settings.access_token_seconds)
    epoch = Epoch(db)
    rooms = Rooms(db, journal, broker)
    messages = Messages(db, journal, rooms)
    typing = TypingService(rooms, broker, timeout_ms=settings.typing_timeout_ms)
    presence = PresenceService(db, broker, rooms, grace_seconds=settings.presence_grace_seconds)
    marks = Marks(db, rooms)
    feed = Feed(db, broker, rooms)
    limiter = Limiter(broker)
    bots = Bots(db, journal, rooms, settings)
    sessions = Sessions(db, auth, session_days=settings.session_days)
    accounts = Accounts(
        db,
        auth,
        Passwords(),
        limiter,
        refresh_token_days=settings.refresh_token_days,
        failures=settings.limit_login_failures,
    )
    connections = Connections(
        auth,
        ping_interval_ms=settings.websocket_ping_interval,
        ping_timeout_ms=settings.websocket_ping_timeout,
        per_address=settings.limit_address_connections,
        per_user=settings.limit_user_connections,
    )

    def ask_bot(appended: Appended) -> None:
        if appended.bot is not None:
            bots.offer(appended)

    def doubt(user_id: int) -> None:
        connections.doubt(user_id)
        broker.notify("doubt", user_id.to_bytes(8, "big"))

    def doubt_soon(user_id: int) -> None:
        asyncio.get_running_loop().call_later(HANDOVER_SECONDS, doubt, user_id)

    sessions.on_ended.add(doubt)
    sessions.on_risen.add(doubt_soon)
    accounts.on_ended.add(doubt)
    broker.on_notice["doubt"].add(lambda body: connections.doubt(int.from_bytes(body, "big")))
    rooms.on_appended.add(ask_bot)
    typing.on_change.add(feed.typing)
    presence.on_customer.add(feed.customer_presence)
    marks.on_read.add(feed.touch_everywhere)
    for sweep in (rooms.filler.sweep, feed.sweep):
        broker.on_suspect.add(sweep.soon)
        broker.on_recovered.add(sweep.soon)
    broker.on_recovered.add(presence.forget)
    broker.epoch = lambda: epoch.current
    journal.news.add(epoch.saw_appended)
    broker.on_hints.add(epoch.saw_hints)
    rooms.on_epoch.add(epoch.adopt)
    for forget in (rooms.forget, presence.forget, feed.forget, connections.send_away):
        epoch.on_change.add(forget)
    return Services(
        settings=settings,
        db=db,
        broker=broker,
        journal=journal,
        auth=auth,
        accounts=accounts,
        limiter=limiter,
        origins=Origins(db, settings),
        sessions=sessions,
        epoch=epoch,
        rooms=rooms,
        messages=messages,
        conversations=Conversations(db, messages),
        typing=typing,
        presence=presence,
        marks=marks,
        feed=feed,
        bots=bots,
        clearing=Clearing(db, visitor_seconds=settings.visitor_seconds),
        connections=connections,
    )


async def start(services: Services) -> list[asyncio.Task[None]]:
    """Connect, and begin the work that goes on beside the requests.

    Raises:
        Unavailable: Postgres does not answer.
    """
    await services.db.connect()
    installation_id = await insert_value(services.db, "id", uuid4().hex[:12])
    services.broker.namespace = await select_namespace(services.db, installation_id)
    await services.epoch.look()
    await services.auth.start()
    await services.origins.repair()
    services.bots.start()
    work: list[Callable[[], Awaitable[None]]] = [
        services.journal.run,
        services.broker.listen,
        services.broker.speak,
        services.broker.beat,
        services.epoch.watch,
        services.broker.probe,
        services.rooms.filler.sweep.run,
        services.typing.run,
        services.presence.run,
        services.presence.reap,
        services.marks.run,
        services.feed.run,
        services.feed.sweep.run,
        services.connections.ping,
        services.connections.watch,
        services.connections.check_revocations,
        services.clearing.run,
        services.connections.check_doubted,
    ]
    tasks = [asyncio.create_task(keep_up(task), name=task.__qualname__) for task in work]
    return [*tasks, asyncio.create_task(amend(services.db), name="amend")]


async def keep_up(work: Callable[[], Awaitable[None]]) -> None:
    """Run a task for ever: a fault of ours in it is logged, and it begins anew."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("task_failed", task=work.__qualname__)
        await asyncio.sleep(RESTART_SECONDS)


async def drain(services: Services) -> None:
    """Take leave of everyone: what was taken in is stored and answered, and no client sees an abnormal close."""
    seconds = services.settings.drain_seconds
    ends_at = asyncio.get_running_loop().time() + seconds + FLUSH_SECONDS

    async def settled() -> None:
        try:
            async with asyncio.timeout_at(ends_at):
                await services.journal.idle()
        except TimeoutError:
            log.warning(
                "drain_incomplete", reason="Postgres does not take what is left; clients will repeat it"
            )

    await services.connections.goodbye(seconds, settled)
    services.rooms.release()
    await settled()
    await services.connections.close_all()


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel tasks until the last has ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which asyncpg and redis-py use, loses a cancellation
    that comes in the moment of success (python/cpython#86296).
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)


async def stop(services: Services, tasks: list[asyncio.Task[None]]) -> None:
    """End what `start` began. Nothing here may keep the process: every step is bounded or cannot fail."""
    try:
        async with asyncio.timeout(FLUSH_SECONDS):
            await services.bots.stop()
            await services.marks.flush()
            await services.presence.unregister()
    except (TimeoutError, FiresideError) as error:
        log.warning("stop_incomplete", error=repr(error))
    await cancel(tasks)
    await services.broker.close()
    await services.db.disconnect()
