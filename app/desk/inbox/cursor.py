"""The place up to which a follower of the list has been told of it, as text that only we read."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

PATTERN = re.compile(
    r"(?P<epoch>[0-9a-f]{0,64})[.](?P<inbox_id>-?[0-9]{0,19})"
    r"[.](?P<xmin>[0-9]{1,19}):(?P<xmax>[0-9]{1,19}):(?P<running>[0-9,]*)"
)
LAST = 2**63 - 1
XID = 2**32 - 1
"""The bits of a transaction that Postgres calls its id; it takes none of 0."""


class Cursor(NamedTuple):
    """Every change that was committed in this snapshot has been told."""

    epoch: str
    """The log whose transactions the snapshot counts."""
    inbox_id: int | None
    """The only inbox of which it was told, None for all."""
    snapshot: str
    """A `pg_snapshot` as Postgres writes it."""

    def __str__(self) -> str:
        return f"{self.epoch}.{'' if self.inbox_id is None else self.inbox_id}.{self.snapshot}"

    def covers(self, inbox_id: int | None) -> bool:
        """Whether whoever follows this inbox, None for all, was told of it."""
        return self.inbox_id in (None, inbox_id)


def read_cursor(text: str) -> Cursor | None:
    """Return what a client gives back, or None for a text that is no cursor, which Postgres could not read either."""
    found = PATTERN.fullmatch(text)
    if found is None or found["inbox_id"] == "-":
        return None
    xmin, xmax = int(found["xmin"]), int(found["xmax"])
    running = found["running"].split(",") if found["running"] else []
    if not all(0 < len(number) <= len(str(LAST)) for number in running):
        return None
    numbers = [int(number) for number in running]
    if (
        not xmin & XID
        or not xmax & XID
        or not xmin <= xmax <= LAST
        or any(not xmin <= number < xmax for number in numbers)
    ):
        return None
    if any(one >= next_one for one, next_one in pairwise(numbers)):
        return None
    snapshot = f"{xmin}:{xmax}:{','.join(map(str, numbers))}"
    return Cursor(found["epoch"], int(found["inbox_id"]) if found["inbox_id"] else None, snapshot)
