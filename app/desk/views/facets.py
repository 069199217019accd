"""The facets of a conversation, of which views ask: one line a field, for Postgres and for here.

`migrations/functions/facets.sql` keeps the columns, `frontend/admin/src/desk/views/fields.ts` is this table in the
client, and `tests/desk/views/vectors.json` says what each field means, for all three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol, get_args

from msgspec import UNSET, Struct

from app.protocol import Conversation, ConversationStatus, Priority
from app.protocol.views import Value

Bind = Callable[[Any], str]
"""Makes a value a parameter of the statement, and returns its `$n`."""
ID = range(1, 2**31)
ME = "me"
MINUTE = timedelta(minutes=1)


class Facets(Struct, frozen=True, kw_only=True):
    """A conversation as views see it."""

    status: str
    inbox_id: int
    assignee_id: int | None = None
    team_id: int | None = None
    priority: str = "normal"
    waiting: bool = False
    labels: tuple[int, ...] = ()
    active_at: datetime | None = None
    """The minute of the last activity; None where only what changes with an entry is known."""


def facets_of(conversation: Conversation) -> Facets:
    at = conversation.updated_at.astimezone(UTC)
    return Facets(
        status=conversation.status,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee.id if conversation.assignee else None,
        team_id=conversation.team.id if conversation.team else None,
        priority="normal" if conversation.priority is UNSET else conversation.priority,
        waiting=conversation.waiting_since is not None,
        labels=() if conversation.labels is UNSET else tuple(conversation.labels),
        active_at=at - (at - datetime.min.replace(tzinfo=UTC)) % MINUTE,
    )


class Field(Protocol):
    def takes(self, value: Value) -> bool:
        """Say whether the field can have this value."""

    def sql(self, values: Sequence[Value], bind: Bind) -> str:
        """Return the condition on the head `h`."""

    def holds(self, facets: Facets, values: Sequence[Value]) -> bool: ...


class Choice(NamedTuple):
    """One of a few names, which may stand in the statement: they are ours, and the planner sees what they are."""

    column: str
    of: Callable[[Facets], str]
    names: Mapping[str, str]
    """Each with its value in the column."""

    def takes(self, value: Value) -> bool:
        return value in self.names

    def sql(self, values: Sequence[Value], bind: Bind) -> str:
        listed = ", ".join(stored for name, stored in self.names.items() if name in values)
        return f"{self.column} in ({listed})"

    def holds(self, facets: Facets, values: Sequence[Value]) -> bool:
        return self.of(facets) in values


class Id(NamedTuple):
    """The number of a row, null for none, or `me`, which is replaced by whoever asks before anything else is done."""

    column: str
    of: Callable[[Facets], int | None]
    may_be_none: bool = False
    may_be_me: bool = False

    def takes(self, value: Value) -> bool:
        if value is None:
            return self.may_be_none
        if value == ME:
            return self.may_be_me
        return type(value) is int and value in ID

    def sql(self, values: Sequence[Value], bind: Bind) -> str:
        ids = [value for value in values if type(value) is int]
        if None in values and not ids:
            return f"{self.column} is null"
        found = f"{self.column} = any ({bind(ids)}::integer[])"
        return f"({self.column} is null or {found})" if None in values else found

    def holds(self, facets: Facets, values: Sequence[Value]) -> bool:
        return self.of(facets) in values


class Flag(NamedTuple):
    condition: str
    of: Callable[[Facets], bool]

    def takes(self, value: Value) -> bool:
        return type(value) is bool

    def sql(self, values: Sequence[Value], bind: Bind) -> str:
        kinds = {value: self.condition if value else f"not ({self.condition})" for value in values}
        return "true" if len(kinds) > 1 else kinds[values[0]]

    def holds(self, facets: Facets, values: Sequence[Value]) -> bool:
        return self.of(facets) in values


class Ids(NamedTuple):
    """Numbers of rows, any of which will do; null for none."""

    column: str
    of: Callable[[Facets], Sequence[int]]

    def takes(self, value: Value) -> bool:
        return value is None or (type(value) is int and value in ID)

    def sql(self, values: Sequence[Value], bind: Bind) -> str:
        # The index has the rows that are not empty, and is used for a condition that says so.
        none = f"{self.column} = '{{}}'"
        ids = [value for value in values if value is not None]
        if not ids:
            return none
        some = f"({self.column} <> '{{}}' and {self.column} && {bind(ids)}::integer[])"
        return f"({none} or {some})" if None in values else some

    def holds(self, facets: Facets, values: Sequence[Value]) -> bool:
        mine = self.of(facets)
        return any(each in values for each in mine) or (not mine and None in values)


STATUSES = {status: f"'{status}'" for status in get_args(ConversationStatus)}
PRIORITIES = {name: str(place - 1) for place, name in enumerate(get_args(Priority))}
"""From -1 for low on, as the column has them."""
FIELDS: Mapping[str, Field] = {
    "status": Choice("h.status", lambda facets: facets.status, STATUSES),
    "inbox": Id("h.inbox_id", lambda facets: facets.inbox_id),
    "assignee": Id("h.assignee_id", lambda facets: facets.assignee_id, may_be_none=True, may_be_me=True),
    "team": Id("h.team_id", lambda facets: facets.team_id, may_be_none=True),
    "priority": Choice("h.priority", lambda facets: facets.priority, PRIORITIES),
    "waiting": Flag("h.waiting_since is not null", lambda facets: facets.waiting),
    "label": Ids("h.labels", lambda facets: facets.labels),
}
TIMES: Mapping[str, tuple[str, Callable[[Facets], datetime | None]]] = {
    "active": ("h.active_at", lambda facets: facets.active_at),
}
GROUPED = frozenset({"status", "inbox", "assignee", "team", "priority", "waiting"})
"""The fields of the scan that counts all views that ask for nothing else."""
