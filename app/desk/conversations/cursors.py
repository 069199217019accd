"""The end of a page of the list, as text: any text of this form is a place in the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct

PATTERN = "^([0-9]{1,9}|w)[.][0-9]{1,16}[.][0-9a-f]{32}$"
"""Minutes and microseconds since the epoch, and an id; or of whoever has waited since those microseconds."""
WAITING = "w"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


def write_cursor(cursor: PageEnd | WaitEnd) -> str:
    match cursor:
        case WaitEnd(waiting_since, id_):
            return f"{WAITING}.{(waiting_since - EPOCH) // MICROSECOND}.{id_.hex}"
        case PageEnd(active_at, updated_at, id_):
            return f"{(active_at - EPOCH) // MINUTE}.{(updated_at - EPOCH) // MICROSECOND}.{id_.hex}"


def read_cursor(text: str) -> PageEnd | WaitEnd:
    """Return what `write_cursor` wrote; the text has been checked against `PATTERN`."""
    # To `$` in a pattern a last line break is nothing.
    minutes, microseconds, id_ = text.rstrip("\n").split(".")
    at = EPOCH + int(microseconds) * MICROSECOND
    if minutes == WAITING:
        return WaitEnd(at, UUID(id_))
    return PageEnd(EPOCH + int(minutes) * MINUTE, at, UUID(id_))


class PageEnd(Struct, frozen=True):
    """The end of a page of the list: behind this conversation, as it was then."""

    active_at: datetime
    updated_at: datetime
    id: UUID


class WaitEnd(Struct, frozen=True):
    """The same where the list begins with whoever has waited longest: behind one who still waited."""

    waiting_since: datetime
    id: UUID
