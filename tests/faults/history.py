"""Everything that clients did and saw, in the order of one monotonic clock, and what the log held in the end."""

from __future__ import annotations

import time
from typing import Any, TypeAlias

from msgspec import Struct, field

from tests.wires import HttpVersion

Place: TypeAlias = tuple[str, int]
"""A lane of a conversation: the conversation's id, and 0 for the public lane or 1 for the team's."""


class Entry(Struct, frozen=True):
    """An entry of the log, wherever it was read: from a socket, from history, or from its row in Postgres."""

    place: Place
    seq: int
    type: str
    sender_id: int
    client_msg_id: str
    message_id: str
    body: str
    """The text of a message, as its sender gave it; empty where nobody gave anything."""


class Event(Struct, frozen=True, kw_only=True):
    at: float
    """Seconds on the monotonic clock of the process that drives all clients."""
    client: str
    user_id: int
    connection: str
    server: str
    """The process that the connection led to."""


class Sent(Event, frozen=True, kw_only=True):
    place: Place
    client_msg_id: str
    body: str


class Acked(Event, frozen=True, kw_only=True):
    place: Place
    client_msg_id: str
    seq: int
    message_id: str


class Marked(Event, frozen=True, kw_only=True):
    """Said to have read up to `seq`."""

    place: Place
    seq: int


class Refused(Event, frozen=True, kw_only=True):
    place: Place
    client_msg_id: str
    code: str
    retryable: bool


class Followed(Event, frozen=True, kw_only=True):
    """From here on the connection is to receive what comes after `since`, without a gap."""

    place: Place
    since: int


class Received(Event, frozen=True, kw_only=True):
    entry: Entry


class Signalled(Event, frozen=True, kw_only=True):
    """Any other frame that speaks of a conversation."""

    conversation_id: str
    type: str


class Opened(Event, frozen=True, kw_only=True):
    """Authenticated; `away_seconds` after the client lost its connection before, if it had one."""

    away_seconds: float | None
    http: HttpVersion = "http/1.1"


class Closed(Event, frozen=True, kw_only=True):
    code: int
    """As a browser would tell it: 1006 for whatever ended without a close frame, a failed handshake included."""
    reason: str = ""


class History(Struct):
    """Everything that was recorded."""

    events: list[Event] = field(default_factory=list)

    def add(self, kind: type[Event], /, **fields: Any) -> None:
        self.events.append(kind(at=time.monotonic(), **fields))


class Reading(Struct, frozen=True):
    """An agent's own knowledge of what they have read in a conversation."""

    read_seq: int = 0
    team_read_seq: int = 0
    unread_from: int | None = None
    version: int = 0


class Row(Struct, frozen=True, kw_only=True):
    """A conversation as the list shows it."""

    version: int
    status: str
    last_seq: int
    team_last_seq: int
    unread: int
    customer: str = ""
    assignee: int | None = None
    last_message: tuple[int, str] | None = None
    """Its seq, and its text."""


class Ending(Struct, kw_only=True):
    """The findings when everything was quiet again."""

    rows: list[Entry]
    """The log in Postgres, in no order, with doubled rows if there are any."""
    heads: dict[Place, int]
    histories: dict[tuple[str, Place], list[Entry]] = field(default_factory=dict)
    """Entries that the history endpoint gave, by the name of the client, oldest first."""
    visible: dict[int, set[Place]]
    """The lanes that each user may see."""
    positions: dict[str, dict[Place, int]]
    """The heads that each client which is still there has reached, for what it follows."""
    listed: dict[str, Row] = field(default_factory=dict)
    """The list in Postgres, by conversation."""
    lists: dict[str, dict[str, Row]] = field(default_factory=dict)
    """The knowledge of each client that follows it."""
    marks: dict[tuple[Place, int], int] = field(default_factory=dict)
    """How far each user has read each lane, in Postgres."""
    readings: dict[tuple[str, int], Reading] = field(default_factory=dict)
    """The same of each agent, with what they have put back as unread, by conversation and agent."""
    told_readings: dict[tuple[str, int], dict[str, Reading]] = field(default_factory=dict)
    """The knowledge that each tab has of it, by the names of the tab and the id of its agent."""
    presences: dict[int, str] = field(default_factory=dict)
    """The status of each user in Postgres."""
    seen: dict[str, dict[int, str]] = field(default_factory=dict)
    """The status of other users as each agent's tab knows it."""
    expected: dict[int, str] = field(default_factory=dict)
    """The status that each user must have: the one they chose, or online with a socket and offline without."""
