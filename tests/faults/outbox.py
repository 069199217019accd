"""The messages that a client has to send: one of a lane in flight, repeated under its id until it is acked."""

from __future__ import annotations

from collections import defaultdict, deque

from msgspec import Struct

from tests.faults.history import Place


class Item(Struct):
    place: Place
    client_msg_id: str
    body: str


class Outbox:
    """Survives connections, as the browser's does."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Place, deque[Item]] = defaultdict(deque)
        self._in_flight: dict[int, Item] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    @property
    def places(self) -> list[Place]:
        """The lanes in which something waits."""
        return [place for place, items in self._waiting.items() if items]

    def put(self, item: Item) -> None:
        self._waiting[item.place].append(item)

    def take(self, place: Place, request_id: int) -> Item | None:
        """Return what is to be sent next on this lane, unless something is in flight there."""
        if not self._waiting[place] or any(item.place == place for item in self._in_flight.values()):
            return None
        item = self._in_flight[request_id] = self._waiting[place][0]
        return item

    def land(self, request_id: int, *, done: bool) -> Item | None:
        """Note that a request was answered; if that settles its message, the next may go."""
        item = self._in_flight.pop(request_id, None)
        if item is not None and done:
            self._waiting[item.place].popleft()
        return item

    def is_in_flight(self, request_id: int) -> bool:
        return request_id in self._in_flight

    def forget_flights(self) -> None:
        """The connection is gone, and with it every answer."""
        self._in_flight.clear()
