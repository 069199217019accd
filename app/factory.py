"""Construct and wire everything: the only place that does. `lifespan.py` runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

from quart import Blueprint, Quart
from quart.wrappers.base import BaseRequestWebsocket
from werkzeug.routing import MapAdapter

from app.areas import Areas
from app.bots import Bots, orphans
from app.connect.chat import rest as chat_rest
from app.connect.events import rest as events_rest
from app.desk import Desk
from app.dispatch import Dispatcher
from app.errors import Retryable
from app.lifespan import start, stop
from app.operate import health, metrics, pages
from app.people import People
from app.people.auth.service import Auth
from app.protocol import ReadState, read_state_updated
from app.settings import Settings
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.http import rest, ws
from app.spine.identity import Identity
from app.spine.limiter import Limiter
from app.spine.log.budgets import Budgets
from app.spine.log.entry import Appended
from app.spine.log.epoch import Epoch
from app.spine.log.heads import select_shut
from app.spine.log.journal import Journal
from app.spine.log.readers import Readers
from app.spine.log.tail import Tail
from app.spine.origins import Origins
from app.spine.rooms.news import News
from app.spine.rooms.room import Sink
from app.spine.rooms.rooms import Rooms
from app.spine.server.asgi import WebsocketConnection
from app.spine.sockets.admission import Admission
from app.spine.sockets.connections import Connections
from app.spine.sockets.spine import Spine
from app.talk import Talk
from app.values.postgres_address import PostgresAddress
from app.values.redis_address import RedisAddress

READ_STATE = "read_state"
HANDOVER_SECONDS = 2.0
"""Seconds the sockets of a replaced token stay: other tabs find the new one, which the browser has by then."""


class Fireside(Quart):
    """The application, with its parts at hand for whoever serves it."""

    asgi_websocket_class = WebsocketConnection
    areas: Areas
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
    areas = app.areas = make(settings)
    rest.register(app, areas.spine, blueprints(areas))
    dispatcher = Dispatcher(areas.spine, areas.talk, areas.desk)
    admission = app.admission = Admission(areas.spine, dispatcher)
    app.register_blueprint(ws.blueprint(admission, settings.trusted_proxies))

    @app.while_serving
    async def lifespan() -> AsyncGenerator[None]:
        try:
            tasks = await start(areas)
        except Retryable as error:
            # Quart would log it with its traceback, and hand on the text alone.
            app.not_started = error
            await areas.spine.db.disconnect()
            yield
        else:
            yield
            await stop(areas, tasks)

    return app


def make(settings: Settings) -> Areas:
    """Make the spine, then the areas that stand on it, and wire them."""
    db = Database(PostgresAddress.read(settings.database_url), pool_size=settings.database_pool_size)
    broker = Broker(RedisAddress.read(settings.redis_url), process_id=uuid4().bytes)
    auth = Auth(db, secret=settings.jwt_secret, access_token_seconds=settings.access_token_seconds)
    news, tail = News(), Tail(db)
    connections = Connections(
        auth,
        lambda knocks: select_shut(db, knocks),
        ping_interval_ms=settings.websocket_ping_interval,
        ping_timeout_ms=settings.websocket_ping_timeout,
        per_address=settings.limits.address_connections,
        per_user=settings.limits.user_connections,
    )
    spine = Spine(
        settings=settings,
        db=db,
        broker=broker,
        journal=Journal(db, Budgets(settings)),
        tail=tail,
        readers=Readers(db, tail),
        epoch=Epoch(db),
        news=news,
        rooms=Rooms(db, broker, news),
        limiter=Limiter(broker),
        origins=Origins(db, settings),
        auth=auth,
        connections=connections,
    )
    people = People(spine, auth)
    talk = Talk(spine)
    desk = Desk(spine, people, talk)
    areas = Areas(
        spine=spine,
        people=people,
        talk=talk,
        desk=desk,
        bots=Bots(db, spine.journal, spine.rooms, talk.typing, settings),
    )
    wire(areas)
    return areas


def blueprints(areas: Areas) -> list[Blueprint]:
    spine, people, talk = areas.spine, areas.people, areas.talk
    return [
        *people.blueprints(spine),
        *talk.blueprints(spine),
        *areas.desk.blueprints(spine, people, talk),
        chat_rest.blueprint(spine, people.customers, talk.messages, areas.bots),
        events_rest.blueprint(spine),
        health.blueprint(spine),
        metrics.blueprint(spine, people.clearing, areas.desk.tally),
        pages.blueprint(spine, people.inboxes),
    ]


def wire(areas: Areas) -> None:
    """Say who is told of what, in order: constructors touch nobody else's hooks."""
    spine, people, talk = areas.spine, areas.people, areas.talk
    broker, journal, rooms, epoch = spine.broker, spine.journal, spine.rooms, spine.epoch
    news, connections = spine.news, spine.connections
    feed, presence, typing = areas.desk.feed, talk.presence, talk.typing
    tally = areas.desk.tally
    teams, labels, viewers = areas.desk.teams, areas.desk.labels, areas.desk.viewers

    def ask_bot(appended: Appended) -> None:
        if appended.bot is not None:
            areas.bots.offer(appended)

    def unfollow(sink: Sink, _identity: Identity) -> None:
        feed.unfollow(sink)
        labels.unfollow(sink)
        tally.unfollow(sink)

    def stop_typing(identity: Identity, conversation_id: UUID) -> None:
        typing.stop(identity.user_id, conversation_id)

    def tell_read_state(agent_id: int, state: ReadState) -> None:
        people.audience.tell((READ_STATE, state.conversation_id), read_state_updated(state), user_id=agent_id)

    def tell_missed_read_state(agent_id: int, state: ReadState) -> None:
        people.audience.tell_here(
            (READ_STATE, state.conversation_id), read_state_updated(state), user_id=agent_id
        )

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
    journal.news.add(areas.desk.drafts.appended)
    news.appended.add(talk.messages.tell_newcomer)
    news.appended.add(ask_bot)
    # Entries that were appended anywhere.
    broker.on_hints.add(rooms.take_hints)
    broker.on_hints.add(epoch.saw_hints)
    news.entry.add(typing.entry_appended)
    news.entry.add(feed.entry_appended)
    news.entry.add(tally.entry_appended)
    news.entry.add(spine.tail.wake)
    # The whole log, whoever dies: docs/readers.md.
    spine.readers.add(orphans(spine.db, areas.bots, timeout_seconds=spine.settings.bot_timeout_seconds))
    for reader in areas.desk.notifications.readers():
        spine.readers.add(reader)
    # Signals and notices of other processes.
    broker.on_signal.add(rooms.take_signal)
    broker.on_signal.add(typing.take_signal)
    broker.on_notice["agent"].add(rooms.take_agent)
    broker.on_notice["presence"].add(presence.take)
    broker.on_notice["conversation"].add(feed.take)
    broker.on_notice["audience"].add(people.audience.take)
    broker.on_notice["teams"].add(teams.look_soon)
    broker.on_notice["viewers"].add(viewers.take)
    broker.on_notice["doubt"].add(lambda body: connections.doubt(int.from_bytes(body, "big")))
    # Sockets that come and go.
    news.opened.add(presence.connect)
    news.opened.add(people.audience.connect)
    news.closed.add(people.audience.disconnect)
    news.closed.add(presence.disconnect)
    news.opened.add(teams.connect)
    news.closed.add(teams.disconnect)
    news.closed.add(viewers.disconnect)
    news.closed.add(unfollow)
    news.left.add(stop_typing)
    # People: what they do, and whether they may still be here.
    news.agent.add(presence.introduce)
    typing.on_change.add(feed.typing)
    viewers.on_change.add(feed.viewer)
    presence.on_customer.add(feed.customer_presence)
    talk.marks.on_read.add(feed.touch_everywhere)
    talk.marks.on_state.add(tell_read_state)
    talk.marks.on_missed.add(tell_missed_read_state)
    feed.on_read_states.add(talk.marks.tell_missed)
    areas.desk.views.on_change.add(tally.views_changed)
    areas.desk.snoozing.on_woken.add(feed.touch_everywhere)
    areas.desk.bulk_worker.on_changed.add(feed.touch_everywhere)
    areas.desk.bulk_worker.on_changed.add(tally.entry_appended)
    areas.desk.bulk_worker.on_joined.add(rooms.tell_agent)
    broker.on_notice["labels"].add(labels.take)
    people.customer_notes.on_change.add(feed.touch_everywhere)
    people.customers.on_ended.add(doubt)
    people.customers.on_risen.add(doubt_soon)
    people.customers.on_begun.add(people.beginnings.tell)
    broker.on_notice["begun"].add(people.beginnings.take)
    people.accounts.on_ended.add(doubt)
    teams.on_sight.add(connections.send_back)
    teams.on_sight.add(rooms.release_readers)
    teams.on_sight.add(lambda _: tally.sights_changed())
    # Redis fails and returns; the log is replaced.
    for sweep in (rooms.filler.sweep, feed.sweep, teams.sweep):
        broker.on_suspect.add(sweep.soon)
        broker.on_recovered.add(sweep.soon)
    broker.on_recovered.add(presence.doubt)
    broker.epoch = lambda: epoch.current
    news.epoch.add(epoch.adopt)
    for forget in (
        spine.tail.forget,
        spine.readers.forget,
        rooms.forget,
        presence.forget,
        feed.forget,
        tally.forget,
        talk.marks.forget,
        labels.forget,
        teams.forget,
        connections.send_away,
    ):
        epoch.on_change.add(forget)
