"""The parts that all events are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

VERSION = 1
Role = Literal["customer", "agent", "bot", "system"]
Surface = Literal["admin", "widget"]
FRAME_BYTES = 64 * 1024
"""The largest frame in either direction."""
FIRST_FRAME_BYTES = 8 * 1024
"""The largest frame before authentication."""
RequestId = Annotated[str, Meta(max_length=128)] | int
Echo = str | int | float | None
"""A value that is given back as it came. Nothing nested: one that could just be read might not be writable again."""
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
RowId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
"""The number of a user or an inbox, which Postgres keeps in four bytes: its driver raises an error at a larger one."""
LaneName = Literal["public", "team"]
Relations = dict[str, Any]
"""JSON Schema of what a struct's fields allow each other, which OpenAPI adds to what their types say."""
Epoch = Annotated[str, Meta(max_length=64, pattern="^[0-9a-f]+$")]
"""The log that a `seq` belongs to: another one after a restore, or a failover that lost something."""


class Request(Struct, tag_field="type"):
    pass


class SpineRequest(Request):
    """Answered by the spine: a way into rooms, and the line itself."""


class TalkRequest(Request):
    """Answered by `app/talk`."""


class DeskRequest(Request):
    """Answered by `app/desk`."""


class Event(Struct, tag_field="type"):
    pass


class Ack(Event, tag="ack"):
    re: RequestId


class Sender(Struct, frozen=True):
    id: int
    role: Role
    name: str
