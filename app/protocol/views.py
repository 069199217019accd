"""Views of the list: what a view asks of a conversation, the views there are, and how many each has."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Meta, Struct

from app.protocol.inbox import ConversationStatus, Priority
from app.protocol.wire import DeskRequest, Event, Relations, RequestId, RowId

Field = Literal["status", "assignee", "team", "inbox", "waiting", "priority", "label"]
TimeField = Literal["active"]
Sort = Literal["activity", "waiting"]
"""The newest activity first, or whoever has waited longest."""
Value = bool | RowId | Annotated[str, Meta(max_length=40)] | None

VIEWS_SHOWN = 200
"""Views that one socket may have counted at once."""
PARTS = 50
"""The parts of one `and` or `or`."""
VALUES = 100

ViewId = Annotated[str, Meta(max_length=20, pattern="^([a-z]+|inbox-[0-9]+|[0-9]+)$")]
"""A built-in view by its name, an inbox by `inbox-` and its number, a saved view by its own."""


ID: Relations = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
VALUES_OF: dict[Field, Relations] = {
    "status": {"enum": [*get_args(ConversationStatus)]},
    "inbox": ID,
    "assignee": {"anyOf": [ID, {"enum": ["me", None]}]},
    "team": {"anyOf": [ID, {"type": "null"}]},
    "priority": {"enum": [*get_args(Priority)]},
    "waiting": {"type": "boolean"},
    "label": {"anyOf": [ID, {"type": "null"}]},
}
"""The values that a field can have, as OpenAPI describes them."""


class Is(Struct, frozen=True, tag_field="op", tag="is"):
    """The field has one of these values."""

    field: Field
    value: Annotated[tuple[Value, ...], Meta(min_length=1, max_length=VALUES)]
    relations: ClassVar[Relations] = {
        "anyOf": [
            {"properties": {"field": {"enum": [field]}, "value": {"items": value}}}
            for field, value in VALUES_OF.items()
        ]
    }


class Older(Struct, frozen=True, tag_field="op", tag="older"):
    """The time lies further back than this."""

    field: TimeField
    seconds: Annotated[int, Meta(ge=0, le=10 * 366 * 86_400)]


class AllOf(Struct, frozen=True, tag_field="op", tag="and"):
    """Each part holds, as it does where there are none."""

    of: Annotated[tuple[Predicate, ...], Meta(max_length=PARTS)]


class AnyOf(Struct, frozen=True, tag_field="op", tag="or"):
    of: Annotated[tuple[Predicate, ...], Meta(max_length=PARTS)]


class Not(Struct, frozen=True, tag_field="op", tag="not"):
    of: Predicate


Predicate = Is | Older | AllOf | AnyOf | Not


class View(Struct, frozen=True, kw_only=True):
    id: ViewId
    kind: Literal["built_in", "inbox", "saved"]
    name: str
    """Of a built-in view its id, for which each client has words."""
    predicate: Predicate
    sort: Sort
    is_shared: bool = False
    """Whether all agents have it; a saved view that is not is its owner's alone."""
    owner_id: int | None = None
    position: int = 0
    version: int = 1
    """Grows with every change; the larger one wins."""


class FollowViews(DeskRequest, tag="follow_views"):
    id: RequestId
    shown: Annotated[list[ViewId], Meta(max_length=VIEWS_SHOWN)] | None = None
    """The views that are to be counted; all where it is left out. Another request replaces this one."""


class UnfollowViews(DeskRequest, tag="unfollow_views"):
    id: RequestId


class ViewList(Event, tag="views"):
    """All views that this agent has, as they are now."""

    items: list[View]


class ViewCounts(Event, tag="view_counts"):
    counts: dict[str, int]
    """Conversations in each view that is shown; 1,000 stands for as many or more."""


AdminRequests = FollowViews | UnfollowViews
Events = ViewList | ViewCounts
