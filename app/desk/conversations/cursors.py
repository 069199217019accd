"""The end of a page of the list, as text: any text of this form is a place in the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct

PATTERN = "^[0-9]{1,9}[.][0-9]{1,16}[.][0-9a-f]{32}$"
"""Minutes and microseconds since the epoch, and an id."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


def write_cursor(cursor: Cursor) -> str:
    minutes = (cursor.active_at - EPOCH) // MINUTE
    return f"{minutes}.{(cursor.updated_at - EPOCH) // MICROSECOND}.{cursor.id.hex}"


def read_cursor(text: str) -> Cursor:
    """Return what `write_cursor` wrote; the text has been checked against `PATTERN`."""
    # To `$` in a pattern a last line break is nothing.
    minutes, microseconds, id_ = text.rstrip("\n").split(".")
    return Cursor(EPOCH + int(minutes) * MINUTE, EPOCH + int(microseconds) * MICROSECOND, UUID(id_))


class Cursor(Struct, frozen=True):
    """The end of a page of the list: behind this conversation, as it was then."""

    active_at: datetime
    updated_at: datetime
    id: UUID
