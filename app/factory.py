"""Construct and wire everything: the only place that does. `lifespan.py` runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

from quart import Quart
from quart.wrappers.base import BaseRequestWebsocket
from werkzeug.routing import MapAdapter

from app.bots import Bots
from app.desk.conversations.service import Conversations
from app.desk.inbox.feed import Feed
from app.errors import Retryable
from app.lifespan import start, stop
from app.people.accounts.passwords import Passwords
from app.people.accounts.service import Accounts
from app.people.auth.service import Auth
from app.people.clearing.service import Clearing
from app.people.customers.service import Sessions
from app.services import Services
from app.settings import Settings
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.http import rest, ws
from app.spine.limiter import Limiter
from app.spine.log.budgets import Budgets
from app.spine.log.entry import Appended
from app.spine.log.epoch import Epoch
from app.spine.log.journal import Journal
from app.spine.origins import Origins
from app.spine.rooms.rooms import Rooms
from app.spine.server.asgi import WebsocketConnection
from app.spine.sockets.admission import Admission
from app.spine.sockets.connections import Connections
from app.talk.marks.service import Marks
from app.talk.messages.service import Messages
from app.talk.presence.service import PresenceService
from app.talk.typing.service import TypingService
from app.values.postgres_address import PostgresAddress
from app.values.redis_address import RedisAddress

HANDOVER_SECONDS = 2.0
"""How long the sockets of a replaced token stay: other tabs find the new one, which the browser has by then."""


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
    rooms = Rooms(db, broker)
    messages = Messages(db, journal, rooms)
    typing = TypingService(rooms, timeout_ms=settings.typing_timeout_ms)
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

    services = Services(
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
        clearing=Clearing(db, visitor_seconds=settings.visitor_seconds, tail_days=settings.tail_days),
        connections=connections,
    )
    wire(services)
    return services


def wire(services: Services) -> None:
    """Say who is told of what, in order: constructors touch nobody else's hooks."""
    broker, journal, rooms, epoch = services.broker, services.journal, services.rooms, services.epoch
    feed, presence, typing, connections = (
        services.feed,
        services.presence,
        services.typing,
        services.connections,
    )

    def ask_bot(appended: Appended) -> None:
        if appended.bot is not None:
            services.bots.offer(appended)

    def doubt(user_id: int) -> None:
        connections.doubt(user_id)
        broker.notify("doubt", user_id.to_bytes(8, "big"))

    def doubt_soon(user_id: int) -> None:
        asyncio.get_running_loop().call_later(HANDOVER_SECONDS, doubt, user_id)

    # Entries that were appended here.
    journal.offer.add(rooms.offer)
    journal.publish.add(broker.publish)
    journal.news.add(rooms.tell_news)
    journal.news.add(epoch.saw_appended)
    rooms.on_appended.add(services.messages.tell_newcomer)
    rooms.on_appended.add(ask_bot)
    # Entries that were appended anywhere.
    broker.on_hints.add(rooms.take_hints)
    broker.on_hints.add(epoch.saw_hints)
    rooms.on_entry.add(typing.entry_appended)
    rooms.on_entry.add(feed.entry_appended)
    # Signals and notices of other processes.
    broker.on_signal.add(rooms.take_signal)
    broker.on_signal.add(typing.take_signal)
    broker.on_notice["agent"].add(rooms.take_agent)
    broker.on_notice["presence"].add(presence.take)
    broker.on_notice["conversation"].add(feed.take)
    broker.on_notice["doubt"].add(lambda body: connections.doubt(int.from_bytes(body, "big")))
    # People: what they do, and whether they may still be here.
    rooms.on_agent.add(presence.introduce)
    typing.on_change.add(feed.typing)
    presence.on_customer.add(feed.customer_presence)
    services.marks.on_read.add(feed.touch_everywhere)
    services.sessions.on_ended.add(doubt)
    services.sessions.on_risen.add(doubt_soon)
    services.accounts.on_ended.add(doubt)
    # Redis fails and returns; the log is replaced.
    for sweep in (rooms.filler.sweep, feed.sweep):
        broker.on_suspect.add(sweep.soon)
        broker.on_recovered.add(sweep.soon)
    broker.on_recovered.add(presence.forget)
    broker.epoch = lambda: epoch.current
    rooms.on_epoch.add(epoch.adopt)
    for forget in (rooms.forget, presence.forget, feed.forget, connections.send_away):
        epoch.on_change.add(forget)
