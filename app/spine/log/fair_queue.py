"""A queue that is fair between those who fill it, by bytes.

Weighted fair queueing: an item is due when the bytes before it, its sender's own and an equal share of the others',
have gone. A short message overtakes somebody else's megabytes, and nobody's own messages change their order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from typing import Generic, TypeVar

Item = TypeVar("Item")

ITEM_BYTES = 256
"""Bytes an item costs beside its size: a row and its indexes. Many small items are no cheaper than a large one."""


class FairQueue(Generic[Item]):
    """Items in the order in which they are due."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Hashable, int, Item]] = []
        self._put = 0
        self._now = 0
        """The virtual time: the bytes that each of those who wait has had by now."""
        self._senders: dict[Hashable, tuple[int, int]] = {}
        """Each sender's last due time and waiting bytes; a sender without any is forgotten."""
        self.bytes = 0
        """Bytes that wait, with what each item costs beside its size."""

    def __len__(self) -> int:
        return len(self._heap)

    def bytes_of(self, sender: Hashable) -> int:
        """Return the bytes of this sender that wait."""
        return self._senders.get(sender, (0, 0))[1]

    def put(self, item: Item, sender: Hashable, size: int) -> None:
        """Queue an item of `size` bytes."""
        cost = size + ITEM_BYTES
        due, waiting = self._senders.get(sender, (self._now, 0))
        due += cost
        self._senders[sender] = due, waiting + cost
        self.bytes += cost
        self._put += 1
        heappush(self._heap, (due, self._put, sender, cost, item))

    def take(
        self,
        most: int,
        most_bytes: int,
        key: Callable[[Item], Hashable],
        is_free: Callable[[Item], bool],
    ) -> list[Item]:
        """Take the items that are due next: at most `most`, of `most_bytes` together, and at least one if any is free.

        Those that are not free stay, and of two with the same `key` the second does.
        """
        if len(self._heap) <= most and self.bytes <= most_bytes:
            return self._take_all(key, is_free)
        taken: list[Item] = []
        held: list[tuple[int, int, Hashable, int, Item]] = []
        keys = set()
        left = most_bytes
        while self._heap and len(taken) < most and len(held) < most:
            entry = self._heap[0]
            _, _, sender, cost, item = entry
            if taken and cost > left:
                break
            heappop(self._heap)
            found = key(item)
            if found in keys or not is_free(item):
                held.append(entry)
                continue
            keys.add(found)
            taken.append(item)
            left -= cost
            self._account(sender, cost)
        for entry in held:
            heappush(self._heap, entry)
        return taken

    def clear(self) -> list[Item]:
        """Take everything, in the order in which it is due."""
        return [item for _, _, _, _, item in self._empty()]

    def _take_all(self, key: Callable[[Item], Hashable], is_free: Callable[[Item], bool]) -> list[Item]:
        """The same where everything fits, as it nearly always does: nobody has to be accounted for."""
        taken: dict[Hashable, Item] = {}
        for _, _, sender, cost, item in self._empty():
            if not is_free(item) or taken.setdefault(key(item), item) is not item:
                self.put(item, sender, cost - ITEM_BYTES)
        return list(taken.values())

    def _empty(self) -> list[tuple[int, int, Hashable, int, Item]]:
        entries = sorted(self._heap)
        self._heap.clear()
        self._senders.clear()
        self.bytes = 0
        return entries

    def _account(self, sender: Hashable, cost: int) -> None:
        self.bytes -= cost
        # Never beyond what is due next: those who have gone would make it run too fast, to newcomers' harm.
        self._now += cost // len(self._senders)
        if self._heap:
            self._now = min(self._now, self._heap[0][0])
        due, waiting = self._senders[sender]
        if waiting > cost:
            self._senders[sender] = due, waiting - cost
        else:
            del self._senders[sender]
