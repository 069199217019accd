"""Presence: everyone who is here, counted over all sockets of all processes, and who is told of a change.

Postgres has it all, and works out what is published (`migrations/functions/publish_presence.sql`): the leases of those
who are here, the end of their activity, and what an agent has chosen. `leases.py` keeps ours there. A reload, a rolling
restart and a killed process are the same case, and Redis is needed for none of it: it only makes telling quicker.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from msgspec import json

from app.errors import Retryable
from app.protocol import AgentHere, ChosenStatus, Presence, TeamHere, presence_update
from app.spine.batch import Batch
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.hearers import Hearers
from app.spine.identity import Identity
from app.spine.latest import keep
from app.spine.rooms.room import Room, Sink
from app.spine.rooms.rooms import Rooms
from app.spine.rooms.seen import agent_here, is_here
from app.spine.tasks import Tasks
from app.talk.presence.leases import Leases
from app.talk.presence.sight import as_seen
from app.talk.presence.store import select_agents_here, select_presence, update_choice

Found = TypeVar("Found")

log = structlog.get_logger()

CACHE = 50_000
"""Presences remembered in this process."""

AGAIN_SECONDS = 1.0
"""Pause between two tries while Postgres is away."""
TEAM_HERE = "team_here"
NOBODY = 0
"""User as whom a colleague's presence is seen; nobody has this id."""

decode_presences = json.Decoder(list[Presence]).decode


class Presences:
    """The presence of everyone, and who is told of a change.

    Agents see all agents, and the customers of the conversations they have open or whose inbox they follow; customers
    see the agents of their conversation, and whether anyone is there.
    """

    def __init__(self, db: Database, broker: Broker, rooms: Rooms, *, grace_seconds: float) -> None:
        self._db = db
        self._broker = broker
        self._rooms = rooms
        self._leases = Leases(db, broker, self._announce, grace_seconds=grace_seconds)
        self.run, self.watch, self.unregister = self._leases.run, self._leases.watch, self._leases.release
        self._tasks = Tasks()
        self._sinks: defaultdict[int, set[Sink]] = defaultdict(set)
        self._agent_sinks: set[Sink] = set()
        self._agents_here: set[int] | None = None
        """Agents who are there for customers, once that was read."""
        self._meanwhile: dict[int, Presence] = {}
        """Agents of whom was told since these began to be read."""
        self._is_looking_for_agents = asyncio.Event()
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
        if len(sinks) == 1:
            self._leases.come(identity.user_id)
        if identity.is_agent:
            self._agent_sinks.add(sink)
            self._tasks.spawn(self._tell_own(sink))

    async def _tell_own(self, sink: Sink) -> None:
        """Tell an agent's tab what they have chosen, on whichever device."""
        if self._leases.is_arriving([sink.user_id]):
            await self._leases.settle()
        # Not from memory: another process may have stored a newer one whose notice is on its way.
        presence = await patiently(
            partial(self._lookup.load, sink.user_id), is_wanted=lambda: sink in self._agent_sinks
        )
        if presence is not None and not self.is_old(presence):
            sink.tell(sink.user_id, Frame.of(presence_update(presence)))

    def disconnect(self, sink: Sink, identity: Identity) -> None:
        """Uncount it. The user goes offline after the grace, if no other socket lives on any process."""
        self._agent_sinks.discard(sink)
        sinks = self._sinks[identity.user_id]
        sinks.discard(sink)
        if not sinks:
            del self._sinks[identity.user_id]
            self._leases.go(identity.user_id)

    def note_input(self, identity: Identity, *, ago_ms: int) -> None:
        """Note that an agent is at work on this device."""
        self._leases.note_input(identity.user_id, ago_seconds=ago_ms / 1000)

    # --- asking and choosing

    async def of(self, user_ids: Iterable[int]) -> list[Presence]:
        """Return the presence of users as each sees their own, in their order; who does not exist is left out."""
        user_ids = list(user_ids)
        if self._leases.is_arriving(user_ids):
            await self._leases.settle()
        found = (
            {} if self._broker.suspect else {who: self._cache[who] for who in user_ids if who in self._cache}
        )
        unknown = [user_id for user_id in user_ids if user_id not in found]
        for presence in await asyncio.gather(*map(self._lookup.load, unknown)):
            if presence is not None:
                self._remember(presence)
                found[presence.user_id] = presence
        # A change may have been told of since Postgres was read, and not to the asker, who was not in the room yet.
        return [newer(found[user_id], self._cache.get(user_id)) for user_id in user_ids if user_id in found]

    async def stored(self, user_ids: Collection[int], *, by: int) -> dict[int, Presence]:
        """Return the presence of users as Postgres has it and the agent `by` sees it, of the never seen too."""
        found = await select_presence(self._db, user_ids)
        return {user_id: as_seen(presence, by) for user_id, presence in found.items()}

    async def in_rooms(self, identity: Identity, rooms: Iterable[Room]) -> list[Presence] | list[AgentHere]:
        """Return the presence of everyone whom this identity sees in these rooms, each once."""
        seen: dict[int, None] = {}
        for room in rooms:
            if identity.is_agent:
                seen[room.customer_id] = None
            seen |= dict.fromkeys(sorted(room.agents))
        found = await self.of(seen)
        if identity.is_agent:
            return [as_seen(presence, identity.user_id) for presence in found]
        return [agent_here(presence) for presence in found]

    async def choose(
        self,
        identity: Identity,
        status: ChosenStatus,
        text: str | None,
        emoji: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Set an agent's own status; it stands until its end or another choice, whatever tabs come and go."""
        if self._leases.is_arriving([identity.user_id]):
            await self._leases.settle()
        self._announce(
            await update_choice(
                self._db, identity.user_id, status=status, text=text, emoji=emoji, until=until
            )
        )
        if until is not None:
            self._leases.look_soon()

    @property
    def is_team_here(self) -> bool | None:
        """Whether any agent is there for customers; None while that is not known."""
        return bool(self._agents_here) if self._agents_here is not None else None

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
            keep(self._told, presence.user_id, presence, most=CACHE)
            if presence.role == "agent":
                self._tell_of_agent(presence, told)
                self._count_agent(presence)
            else:
                self._tell_of_customer(presence.user_id, Frame.of(presence_update(presence)))
            if presence.status == "offline" and presence.user_id in self._sinks:
                # Taken for gone while the socket was on its way here. An agent who is invisible stays so.
                self._leases.renew(presence.user_id)

    def _tell_of_agent(self, presence: Presence, before: Presence | None) -> None:
        own, others = (Frame.of(presence_update(as_seen(presence, by))) for by in (presence.user_id, NOBODY))
        for sink in self._agent_sinks:
            sink.tell(presence.user_id, own if sink.user_id == presence.user_id else others)
        if before is None or is_here(before) != is_here(presence):
            self._tell_customers(self._rooms.with_agent(presence.user_id), presence)

    def _count_agent(self, presence: Presence) -> None:
        self._meanwhile[presence.user_id] = presence
        if self._agents_here is None:
            return
        was_here = bool(self._agents_here)
        if is_here(presence):
            self._agents_here.add(presence.user_id)
        else:
            self._agents_here.discard(presence.user_id)
        if bool(self._agents_here) != was_here:
            self._tell_of_team()

    def _tell_of_team(self) -> None:
        frame = Frame.of(TeamHere(bool(self._agents_here)))
        for sinks in self._sinks.values():
            for sink in sinks - self._agent_sinks:
                sink.tell(TEAM_HERE, frame)

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
            self._deliver(list((await select_presence(self._db, missed)).values()))

    def is_old(self, presence: Presence) -> bool:
        """Whether a newer one has been told here."""
        return presence.version < self._told_version(presence.user_id)

    def _told_version(self, user_id: int) -> int:
        told = self._told.get(user_id)
        return told.version if told is not None else -1

    def introduce(self, room: Room, user_id: int) -> None:
        """An agent now has a part in a conversation: its customer gets to see the presence."""

        async def tell() -> None:
            found = await patiently(partial(self.of, [user_id]), is_wanted=lambda: bool(room.members))
            for presence in found or ():
                self._tell_customers([room], presence)

        self._tasks.spawn(tell())

    def _remember(self, presence: Presence) -> None:
        known = self._cache.get(presence.user_id)
        if known is not None and known.version > presence.version:
            return  # It changed while this one was looked up.
        keep(self._cache, presence.user_id, presence, most=CACHE)

    # --- keeping count

    def doubt(self) -> None:
        """Redis was away, and with it notices: what is known here may be old."""
        self._cache.clear()
        self._is_looking_for_agents.set()

    def forget(self) -> None:
        """The database was replaced: what is known here is void, and it does not know us."""
        self._told.clear()
        self._leases.forget()
        self.doubt()

    async def count_agents(self) -> None:
        """Read which agents are here, at the start and whenever that may be wrong, until cancelled."""
        while True:
            self._is_looking_for_agents.clear()
            self._meanwhile.clear()
            try:
                here = {presence.user_id for presence in await select_agents_here(self._db)}
            except Retryable as error:
                log.debug("agents_not_counted", error=repr(error))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            was_here, self._agents_here = self.is_team_here, here
            for presence in self._meanwhile.values():
                self._count_agent(presence)
            if was_here is not None and was_here != self.is_team_here:
                self._tell_of_team()
            await self._is_looking_for_agents.wait()


async def patiently(read: Callable[[], Awaitable[Found]], *, is_wanted: Callable[[], bool]) -> Found | None:
    """Read once Postgres is there; None if nobody is left by then who wants to know."""
    while is_wanted():
        try:
            return await read()
        except Retryable as error:
            log.debug("presence_not_read", error=repr(error))
            await asyncio.sleep(AGAIN_SECONDS)
    return None


def newer(presence: Presence, known: Presence | None) -> Presence:
    return known if known is not None and known.version > presence.version else presence
