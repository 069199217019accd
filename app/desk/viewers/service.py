"""Agents who are viewing a conversation, replying or noting. Signals only: at most once, never to customers."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TypeAlias
from uuid import UUID

from msgspec import MsgspecError, Struct, msgpack

from app.protocol import LookMode, ViewerChanged
from app.spine.broker import Broker
from app.spine.frame import Frame
from app.spine.hearers import Hearers
from app.spine.identity import Identity
from app.spine.rooms.room import Sink
from app.spine.rooms.rooms import Rooms

NOTICE = "viewers"
"""Topic by which processes tell each other. A signal of the room would be handed on to the customer by a process of the
version before."""
LEASE_SECONDS = 15.0
"""Seconds a socket's word holds; clients repeat it in half the time."""
TELL_SECONDS = 1.0
"""Seconds between two tellings of the same agent."""
Key: TypeAlias = tuple[UUID, int]
"""A conversation and an agent."""
ORDER: dict[LookMode, int] = {"viewing": 0, "noting": 1, "replying": 2}
"""Modes by how much they are: of an agent with several sockets the most is told."""


class Look(Struct):
    """The word of a socket, or of another process for all of its own."""

    mode: LookMode
    deadline: float


class Word(Struct, array_like=True):
    """The word of a process, as the others get it."""

    process_id: bytes
    conversation_id: UUID
    user_id: int
    user_name: str
    mode: LookMode | None


Looks: TypeAlias = dict[Sink | bytes, Look]
"""By socket, or by the id of another process."""
decode_word = msgpack.Decoder(Word).decode


class Viewers:
    """Each process knows its own sockets and what the others have said of theirs; one task tells and forgets."""

    def __init__(self, rooms: Rooms, broker: Broker) -> None:
        self._rooms = rooms
        self._broker = broker
        self._looks: dict[Key, Looks] = {}
        self._names: dict[int, str] = {}
        self._due: dict[Key, None] = {}
        self._said: set[Key] = set()
        """Those of whom the other processes have our word."""
        self._some = asyncio.Event()
        self.on_change: Hearers[[ViewerChanged]] = Hearers()
        """Told at most once a second of an agent and a conversation, here or elsewhere: for the list."""

    def look(self, socket: Sink, identity: Identity, conversation_id: UUID, mode: LookMode | None) -> None:
        """Take a socket's word; tell it who else is there when it is its first."""
        key = (conversation_id, identity.user_id)
        self._names[identity.user_id] = identity.name
        if mode is not None and socket not in self._looks.get(key, {}):
            for other, looks in self._looks.items():
                if other[0] == conversation_id and other != key and looks:
                    socket.write(Frame.of(self._event(other)))
        self._note(key, socket, mode)

    def disconnect(self, socket: Sink, identity: Identity) -> None:
        """Forget a socket that is gone."""
        for key, looks in self._looks.items():
            if key[1] == identity.user_id and socket in looks:
                self._note(key, socket, None)

    def take(self, body: bytes) -> None:
        """Take the word of another process."""
        try:
            word = decode_word(body)
        except MsgspecError:
            return  # Of a version that knows more modes.
        self._names[word.user_id] = word.user_name
        self._note((word.conversation_id, word.user_id), word.process_id, word.mode)

    def _note(self, key: Key, source: Sink | bytes, mode: LookMode | None) -> None:
        looks = self._looks.setdefault(key, {})
        if mode is None:
            looks.pop(source, None)
        else:
            looks[source] = Look(mode, monotonic() + LEASE_SECONDS)
        self._due[key] = None
        self._some.set()

    async def run(self) -> None:
        """Tell what is due and forget what is over, until cancelled."""
        while True:
            if not self._looks:
                self._some.clear()
                await self._some.wait()
            self._expire()
            due, self._due = self._due, {}
            for key in due:
                self._tell(key)
            await asyncio.sleep(TELL_SECONDS)

    def _expire(self) -> None:
        now = monotonic()
        for key, looks in self._looks.items():
            for source in [source for source, look in looks.items() if look.deadline <= now]:
                del looks[source]
                self._due[key] = None

    def _tell(self, key: Key) -> None:
        conversation_id, user_id = key
        event, here = self._event(key), most(self._looks[key], here=True)
        if here is not None or key in self._said:
            word = Word(self._broker.process_id, conversation_id, user_id, event.user_name, here)
            self._broker.notify(NOTICE, msgpack.encode(word))
            (self._said.discard if here is None else self._said.add)(key)
        room = self._rooms.get(conversation_id)
        if room is not None:
            frame = Frame.of(event)
            for sink in room.members:
                if sink.user_id != room.customer_id:
                    sink.write(frame)
        self.on_change.tell(event)
        if event.mode is None:
            del self._looks[key]

    def _event(self, key: Key) -> ViewerChanged:
        conversation_id, user_id = key
        mode = most(self._looks[key])
        return ViewerChanged(
            conversation_id, user_id, self._names[user_id], mode, round(LEASE_SECONDS * 1000)
        )


def most(looks: Looks, *, here: bool = False) -> LookMode | None:
    """Return what an agent does, by all their sockets or by those of this process; None for nothing."""
    modes = [look.mode for source, look in looks.items() if not (here and isinstance(source, bytes))]
    return max(modes, key=ORDER.__getitem__, default=None)
