"""Presence: everyone who is here, counted over all sockets of all processes.

Redis knows which process has a socket of whom (`leases.py`). One process at a time, the reaper, learns there who was
announced and is with no living process; after the grace it declares them offline. So a reload, a rolling restart and a
killed process are the same case. Postgres keeps the status and gives it its version. While Redis is deaf nobody goes
offline: the last state stands.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import partial

import structlog
from msgspec import json

from app.errors import Retryable
from app.protocol import AgentHere, Presence, PresenceStatus, presence_update
from app.spine.batch import Batch
from app.spine.broker import LOST, Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.hearers import Hearers
from app.spine.identity import Identity
from app.spine.rooms.room import Room, Sink
from app.spine.rooms.rooms import Rooms
from app.spine.rooms.seen import agent_here, is_here
from app.spine.tasks import Tasks
from app.talk.presence.leases import Leases
from app.talk.presence.store import (
    select_connected,
    select_presence,
    update_chosen_status,
    upsert_connected,
    upsert_disconnected,
)

log = structlog.get_logger()

TICK_SECONDS = 1.5
"""Seconds between two renewals of our lease, which lasts for four of them."""
CACHE = 50_000
"""Presences remembered in this process."""
SETTLE_SECONDS = 0.5
"""Seconds a question about someone who is just arriving waits until the arrival is stored."""

decode_presences = json.Decoder(list[Presence]).decode


class Presences:
    """The presence of everyone, and who is told of a change.

    Agents see all agents, and the customers of the conversations they have open or whose inbox they follow; customers
    see the agents of their conversation.
    """

    def __init__(self, db: Database, broker: Broker, rooms: Rooms, *, grace_seconds: float) -> None:
        self._db = db
        self._broker = broker
        self._rooms = rooms
        self._grace_seconds = grace_seconds
        self._leases = Leases(broker)
        self._tasks = Tasks()
        self._sinks: defaultdict[int, set[Sink]] = defaultdict(set)
        self._agent_sinks: set[Sink] = set()
        self._arrived: set[int] = set()
        self._left: set[int] = set()
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._missing_since: dict[int, float] = {}
        self._cache: dict[int, Presence] = {}
        self._told: dict[int, Presence] = {}
        """The presence told last of each, so that a sweep repeats nothing. Those merely looked up are not in it."""
        self._lookup: Batch[int, Presence] = Batch(partial(select_presence, db))
        self.on_customer: Hearers[[Frame, int]] = Hearers()
        """Told of a customer's change, for the agents who follow an inbox."""

    # --- sockets

    def connect(self, sink: Sink, identity: Identity) -> None:
        """Count a socket that has authenticated."""
        sinks = self._sinks[identity.user_id]
        sinks.add(sink)
        if identity.is_agent:
            self._agent_sinks.add(sink)
        if len(sinks) == 1:
            self._left.discard(identity.user_id)
            self._arrived.add(identity.user_id)
            self._changed.set()

    def disconnect(self, sink: Sink, identity: Identity) -> None:
        """Uncount it. The user goes offline after the grace, if no other socket lives on any process."""
        self._agent_sinks.discard(sink)
        sinks = self._sinks[identity.user_id]
        sinks.discard(sink)
        if not sinks:
            del self._sinks[identity.user_id]
            self._arrived.discard(identity.user_id)
            self._left.add(identity.user_id)
            self._changed.set()

    # --- asking and choosing

    async def of(self, user_ids: Iterable[int]) -> list[Presence]:
        """Return the presence of users, in their order; who does not exist is left out."""
        user_ids = list(user_ids)
        if not self._arrived.isdisjoint(user_ids):
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_SECONDS):
                    await self._settled.wait()
        found = (
            {} if self._broker.suspect else {who: self._cache[who] for who in user_ids if who in self._cache}
        )
        unknown = [user_id for user_id in user_ids if user_id not in found]
        for presence in await asyncio.gather(*map(self._lookup.load, unknown)):
            if presence is not None:
                self._remember(presence)
                found[presence.user_id] = presence
        return [found[user_id] for user_id in user_ids if user_id in found]

    async def stored(self, user_ids: Collection[int]) -> dict[int, Presence]:
        """Return the presence of users as Postgres has it, of those too who were never here."""
        return await select_presence(self._db, user_ids)

    async def in_rooms(self, identity: Identity, rooms: Iterable[Room]) -> list[Presence] | list[AgentHere]:
        """Return the presence of everyone whom this identity sees in these rooms, each once."""
        seen: dict[int, None] = {}
        for room in rooms:
            if identity.is_agent:
                seen[room.customer_id] = None
            seen |= dict.fromkeys(sorted(room.agents))
        found = await self.of(seen)
        if identity.is_agent:
            return found
        # A change may have been told while others were looked up, and the time of telling is all that orders these.
        return [agent_here(self._cache.get(presence.user_id, presence)) for presence in found]

    async def choose(self, identity: Identity, status: PresenceStatus, text: str | None) -> None:
        """Set an agent's own status; it stands until another is chosen, whatever tabs come and go."""
        self._announce(await update_chosen_status(self._db, identity.user_id, status, text))

    # --- telling

    def _announce(self, presences: list[Presence]) -> None:
        if presences:
            self._broker.notify("presence", json.encode(presences))
            self._deliver(presences)

    def take(self, body: bytes) -> None:
        """Hear of changes from another process."""
        self._deliver(decode_presences(body))

    def _deliver(self, presences: list[Presence]) -> None:
        for presence in presences:
            known, told = self._cache.get(presence.user_id), self._told.get(presence.user_id)
            if known is not None and known.version > presence.version:
                continue
            if told is not None and told.version >= presence.version:
                continue
            self._remember(presence)
            remember(self._told, presence)
            if presence.role == "agent":
                self._tell_of_agent(presence, told)
            else:
                self._tell_of_customer(presence.user_id, Frame.of(presence_update(presence)))
            if presence.status == "offline" and presence.user_id in self._sinks:
                # Declared offline while the socket was on its way here. If the status was chosen, this changes nothing.
                self._arrived.add(presence.user_id)
                self._changed.set()

    def _tell_of_agent(self, presence: Presence, before: Presence | None) -> None:
        frame = Frame.of(presence_update(presence))
        for sink in self._agent_sinks:
            sink.tell(presence.user_id, frame)
        if before is None or is_here(before) != is_here(presence):
            self._tell_customers(self._rooms.with_agent(presence.user_id), presence)

    def _tell_customers(self, rooms: Iterable[Room], presence: Presence) -> None:
        frame = Frame.of(presence_update(agent_here(presence)))
        for sink in {sink for room in rooms for sink in room.members if sink.user_id == room.customer_id}:
            sink.tell(presence.user_id, frame)

    def _tell_of_customer(self, user_id: int, frame: Frame) -> None:
        rooms = self._rooms.of_customer(user_id)
        for sink in {sink for room in rooms for sink in room.members if sink.user_id != user_id}:
            sink.tell(user_id, frame)
        self.on_customer.tell(frame, user_id)

    async def tell_missed(self, changed: Iterable[tuple[int, int]]) -> None:
        """Tell of the users whose presence has come to a version of which nobody here was told: its notice was lost.

        Raises:
            Retryable: Postgres is away.
        """
        missed = [user_id for user_id, version in changed if self._told_version(user_id) < version]
        if missed:
            self._deliver(list((await self.stored(missed)).values()))

    def is_old(self, presence: Presence) -> bool:
        """Whether a newer one has been told here."""
        return presence.version < self._told_version(presence.user_id)

    def _told_version(self, user_id: int) -> int:
        told = self._told.get(user_id)
        return told.version if told is not None else -1

    def introduce(self, room: Room, user_id: int) -> None:
        """An agent now has a part in a conversation: its customer gets to see the presence."""

        async def tell() -> None:
            for presence in await self.of([user_id]):
                self._tell_customers([room], presence)

        self._tasks.spawn(tell())

    def _remember(self, presence: Presence) -> None:
        known = self._cache.get(presence.user_id)
        if known is not None and known.version > presence.version:
            return  # It changed while this one was looked up.
        remember(self._cache, presence)

    # --- keeping count

    def forget(self) -> None:
        """Redis was away, or the database was replaced: what is known here may be void, and we forgotten."""
        self._cache.clear()
        self._told.clear()
        self._leases.registered = False
        self._changed.set()

    async def run(self) -> None:
        """Register arrivals and departures, until cancelled.

        Those that come while some are on their way go together in the next round, so that a storm of reconnecting
        clients is a few statements.
        """
        while True:
            await self._changed.wait()
            self._changed.clear()
            arrived, left = set(self._arrived), set(self._left)
            self._left -= left
            try:
                if arrived:
                    self._announce(await upsert_connected(self._db, arrived))
                    self._arrived -= arrived
            except Retryable:
                self._changed.set()
                await asyncio.sleep(1)
            self._settled.set()
            self._settled.clear()
            try:
                await self._register(arrived, left)
            except (*LOST, Retryable) as error:
                # `forget` comes when Redis is back, and registers everyone again.
                log.debug("presence_not_registered", error=repr(error))

    async def _register(self, arrived: set[int], left: set[int]) -> None:
        if self._leases.registered:
            await self._leases.register(arrived, left)
        else:
            here = set(self._sinks)
            await self._leases.register_anew(here, left, await select_connected(self._db))
        if not self._leases.registered:
            self._changed.set()

    async def reap(self) -> None:
        """Renew our lease, and as the reaper declare offline whom no process has had for the grace, until cancelled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if self._broker.suspect:
                self._missing_since.clear()
                continue
            try:
                if not self._leases.registered:
                    self._changed.set()
                async with asyncio.timeout(2):
                    await self._declare_offline(await self._leases.renew())
            except (*LOST, Retryable) as error:
                log.debug("presence_tick_failed", error=repr(error))

    async def _declare_offline(self, missing: set[int]) -> None:
        """Declare those offline who are missing for the grace; whoever is back, or another's to judge, starts anew."""
        now = asyncio.get_running_loop().time()
        self._missing_since = {user_id: self._missing_since.get(user_id, now) for user_id in missing}
        gone = [
            user_id for user_id, since in self._missing_since.items() if now - since >= self._grace_seconds
        ]
        if gone:
            presences = await upsert_disconnected(self._db, gone, seconds_ago=self._grace_seconds)
            await self._leases.declared(gone)
            for user_id in gone:
                del self._missing_since[user_id]
            self._announce(presences)

    async def unregister(self) -> None:
        """Take our sockets out of the count: this process leaves, and the grace lets its users come back elsewhere."""
        try:
            await self._leases.release()
        except LOST as error:
            log.debug("presence_not_unregistered", error=repr(error))


def remember(presences: dict[int, Presence], presence: Presence) -> None:
    """Keep the latest, as many as fit."""
    presences.pop(presence.user_id, None)
    if len(presences) >= CACHE:
        del presences[next(iter(presences))]
    presences[presence.user_id] = presence
