"""The place up to which a follower of the list has been told of it, as text that only we read."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

PATTERN = re.compile(
    r"(?P<epoch>[0-9a-f]{0,64})[.](?P<inbox_id>-?[0-9]{0,19})"
    r"[.](?P<xmin>[0-9]{1,19}):(?P<xmax>[0-9]{1,19}):(?P<running>[0-9,]*)"
    r"([.](?P<view>[0-9a-f]{16}))?"
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
    view: str = ""
    """The digest of the only view of which it was told, empty for all."""

    def __str__(self) -> str:
        inbox = "" if self.inbox_id is None else self.inbox_id
        return f"{self.epoch}.{inbox}.{self.snapshot}{'.' if self.view else ''}{self.view}"

    def covers(self, inbox_id: int | None, view: str = "") -> bool:
        """Whether whoever follows this inbox (None for all) and this view (empty for all) was told of it."""
        return self.inbox_id in (None, inbox_id) and self.view in ("", view)


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
    inbox_id = int(found["inbox_id"]) if found["inbox_id"] else None
    return Cursor(found["epoch"], inbox_id, snapshot, found["view"] or "")
