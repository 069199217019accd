"""The number of conversations in each view, kept by the changes of conversations. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from app.desk.views.counts_store import CAP
from app.desk.views.facets import GROUPED, Facets
from app.desk.views.predicates import every, holds, is_timed, statuses_of
from app.protocol.views import Is, Predicate


class Counted(NamedTuple):
    """Counted once for all who see the same: a resolved predicate, in the inboxes of their sight."""

    predicate: Predicate
    sight: frozenset[int]

    def has(self, facets: Facets | None, now: datetime) -> bool:
        return facets is not None and facets.inbox_id in self.sight and holds(self.predicate, facets, now)


class Count:
    """The conversations of one view; moved by each change, and set right when it is counted anew."""

    __slots__ = ("counted", "is_grouped", "is_timed", "value")

    def __init__(self, counted: Counted) -> None:
        self.counted = counted
        self.value: int | None = None
        """None before it was counted."""
        fields = {part.field for part in every(counted.predicate) if isinstance(part, Is)}
        self.is_timed = is_timed(counted.predicate)
        """Whether time moves it too; then it is only ever counted."""
        self.is_grouped = (
            not self.is_timed and fields <= GROUPED and "closed" not in statuses_of(counted.predicate)
        )
        """Whether the one scan of all open conversations counts it, without a cap."""

    @property
    def told(self) -> int | None:
        return None if self.value is None else min(self.value, CAP)

    @property
    def is_exact(self) -> bool:
        """Whether it can be moved: at the cap, how far beyond it is nobody knows."""
        return self.value is not None and not self.is_timed and (self.is_grouped or self.value < CAP)

    def move(self, before: Facets | None, after: Facets | None, now: datetime) -> None:
        if self.value is not None and self.is_exact:
            self.value += self.counted.has(after, now) - self.counted.has(before, now)

    def set(self, value: int) -> int:
        """Take what was counted; return by how much it had drifted."""
        comparable = self.is_exact and (self.is_grouped or value < CAP)
        drift = abs(value - self.value) if self.value is not None and comparable else 0
        self.value = value
        return drift


class Counts:
    """The counts of all views that anybody in this process is shown."""

    def __init__(self) -> None:
        self._counts: dict[Counted, Count] = {}

    def __getitem__(self, counted: Counted) -> Count:
        return self._counts[counted]

    def keep(self, wanted: Iterable[Counted]) -> None:
        """Count these from now on, and no others."""
        self._counts = {each: self._counts.get(each) or Count(each) for each in wanted}

    def forget(self) -> None:
        """Count all anew."""
        for count in self._counts.values():
            count.value = None

    def due(self, *, everything: bool, timed: bool) -> list[Count]:
        """Return those to be counted now: all, or those that were not yet, and those that time moves in their turn."""
        return [
            count
            for count in self._counts.values()
            if everything or count.value is None or (timed and count.is_timed)
        ]

    def move(self, changes: Iterable[tuple[Facets | None, Facets | None]]) -> None:
        now = datetime.now(UTC)
        for before, after in changes:
            for count in self._counts.values():
                count.move(before, after, now)

    def set_grouped(self, due: Iterable[Count], groups: list[tuple[Facets, int]]) -> int:
        """Take the groups for those that are counted by them; return the drift."""
        now = datetime.now(UTC)
        return sum(
            count.set(sum(size for facets, size in groups if count.counted.has(facets, now))) for count in due
        )
