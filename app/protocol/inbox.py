"""The list of conversations, and its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.protocol.contents import Content
from app.protocol.wire import DeskRequest, Event, RequestId, Role, RowId, Sender

ConversationStatus = Literal["open", "snoozed", "closed"]
"""A snoozed conversation is an open one that agents have put aside: to its customer it is open."""
Priority = Literal["low", "normal", "high", "urgent"]
"""Normal unless somebody says otherwise: without a judgement there is no fifth rank below it."""


VIEW_CHARS = 4_000
"""Characters of a predicate in an address, before which most proxies give up."""
ViewQuery = Annotated[str, Meta(min_length=1, max_length=VIEW_CHARS)]
"""A view by its id, or a predicate of one's own as JSON."""


class InboxFilters(Struct, frozen=True):
    inbox_id: RowId | None = None
    view: ViewQuery | None = None
    """Only what belongs to it, and what belonged to it until the change that is told."""


class FollowInbox(DeskRequest, tag="follow_inbox"):
    id: RequestId
    filters: InboxFilters | None = None
    since: str | None = None
    """The last `cursor` that was told, for what has changed after it."""


class UnfollowInbox(DeskRequest, tag="unfollow_inbox"):
    id: RequestId


class LastMessage(Struct, frozen=True):
    seq: int
    sender: Sender
    content: Content
    created_at: datetime


class Person(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    role: Role
    email: str | None = None
    online: bool | UnsetType = UNSET
    """Of a customer, for the team: whether they were here when this was written; `presence_update` tells the rest."""
    card_version: int | UnsetType = UNSET
    """Of a customer, for the team: grows when something is known of them that was not."""


class TeamName(Struct, frozen=True):
    id: int
    name: str


class Conversation(Struct, frozen=True, kw_only=True):
    """A row of an inbox's list."""

    id: UUID
    inbox_id: int
    version: int
    """Grows with every change; the larger one wins."""
    status: ConversationStatus
    customer: Person
    assignee: Person | None
    team: TeamName | None = None
    last_message: LastMessage | None
    last_seq: int
    team_last_seq: int
    unread: int
    """Messages of the customer that no agent has read; shared by the team.

    To the customer: messages of others that they have not read, up to a hundred.
    """
    waiting_since: datetime | None
    """The time of the first message that nobody has answered; null where nobody waits."""
    updated_at: datetime
    created_at: datetime
    # What follows is the team's business: customers get none of it.
    priority: Priority | UnsetType = UNSET
    snoozed_until: datetime | UnsetType | None = UNSET
    """Of a snoozed one; null: until the customer writes."""
    labels: list[int] | UnsetType = UNSET
    """Ids of labels, of which `labels_updated` tells."""


class ConversationUpdated(Event, tag="conversation_updated"):
    conversation: Conversation


class InboxAck(Event, kw_only=True, tag="ack"):
    re: RequestId
    status: Literal["ok", "reset"] = "ok"
    """With `reset` read the list anew: `since` was of another log, of other filters, or of too long ago."""
    epoch: str
    cursor: str | UnsetType = UNSET
    """Left out where `inbox_cursor` will tell it, once everything that was missed has been told."""


class InboxCursor(Event, tag="inbox_cursor"):
    """The place up to which a follower has been told of the list."""

    cursor: str


AdminRequests = FollowInbox | UnfollowInbox
Events = ConversationUpdated | InboxAck | InboxCursor
