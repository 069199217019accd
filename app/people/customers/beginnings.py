"""Tells a customer's other tabs and devices of a conversation that has begun."""

from __future__ import annotations

from uuid import UUID

from app.protocol import ConversationBegun
from app.spine.broker import Broker
from app.spine.frame import Frame
from app.spine.rooms.rooms import Rooms

TOPIC = "begun"


class Beginnings:
    """A signal: one that gets lost costs little, for a client reads its list after each connecting."""

    def __init__(self, broker: Broker, rooms: Rooms) -> None:
        self._broker = broker
        self._rooms = rooms

    def tell(self, user_id: int, conversation_id: UUID) -> None:
        """Tell the sockets of this customer, here and at the other processes. Never waits."""
        self._deliver(user_id, conversation_id)
        self._broker.notify(TOPIC, user_id.to_bytes(8, "big") + conversation_id.bytes)

    def take(self, body: bytes) -> None:
        """Deliver what another process told."""
        self._deliver(int.from_bytes(body[:8], "big"), UUID(bytes=body[8:]))

    def _deliver(self, user_id: int, conversation_id: UUID) -> None:
        rooms = self._rooms.of_customer(user_id)
        # In agents' sockets the list shows it, once something was said.
        sinks = {sink for room in rooms for sink in room.members if sink.user_id == user_id}
        frame = Frame.of(ConversationBegun(conversation_id))
        for sink in sinks:
            sink.write(frame)
