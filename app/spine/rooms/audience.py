"""The agents' sockets, for states that are not of a conversation: told whole, to one agent or to all of them."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import structlog
from msgspec import Struct, msgpack

from app.protocol import Event
from app.spine.broker import Broker
from app.spine.frame import Frame
from app.spine.identity import Identity
from app.spine.rooms.room import Sink

log = structlog.get_logger()

TOPIC = "audience"


class Told(Struct, array_like=True):
    """A state on its way to another process."""

    name: str
    user_id: int
    """0 is every agent."""
    payload: bytes
    conversation_id: bytes = b""
    """Of a state that the agent has of each conversation."""


encode = msgpack.Encoder().encode
decode = msgpack.Decoder(Told).decode


class Audience:
    """A notice that gets lost costs nothing for good: a client reads such a state whole after each connecting."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._sinks: defaultdict[int, set[Sink]] = defaultdict(set)

    def connect(self, sink: Sink, identity: Identity) -> None:
        if identity.is_agent:
            self._sinks[identity.user_id].add(sink)

    def disconnect(self, sink: Sink, identity: Identity) -> None:
        sinks = self._sinks.get(identity.user_id)
        if sinks is not None:
            sinks.discard(sink)
            if not sinks:
                del self._sinks[identity.user_id]

    def tell(
        self, subject: tuple[str] | tuple[str, UUID], event: Event, *, user_id: int | None = None
    ) -> None:
        """Tell all sockets of this agent, or of every agent, here and at the other processes. Never waits."""
        told = self.tell_here(subject, event, user_id=user_id)
        self._broker.notify(TOPIC, encode(told))

    def tell_here(
        self, subject: tuple[str] | tuple[str, UUID], event: Event, *, user_id: int | None = None
    ) -> Told:
        """Tell the sockets of this process alone."""
        of = subject[1].bytes if len(subject) == 2 else b""
        told = Told(subject[0], user_id or 0, Frame.of(event).payload, of)
        self._deliver(told)
        return told

    def take(self, body: bytes) -> None:
        """Deliver what another process told."""
        self._deliver(decode(body))

    def _deliver(self, told: Told) -> None:
        frame = Frame(told.payload)
        subject = (told.name, UUID(bytes=told.conversation_id)) if told.conversation_id else (told.name,)
        some = [self._sinks.get(told.user_id, ())] if told.user_id else list(self._sinks.values())
        for sinks in some:
            for sink in list(sinks):
                sink.tell(subject, frame)
