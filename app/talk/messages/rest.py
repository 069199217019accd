"""The messages of a conversation: its history, and the way to take part where WebSockets are blocked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint, request

from app.errors import (
    ConversationClosed,
    Forbidden,
    IdempotencyConflict,
    NotFound,
    RateLimited,
    Stale,
    Timeout,
)
from app.protocol import Epoch, LaneName, LogEntry, NewMessage, Seq
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate, authenticate_agent, authenticate_user
from app.spine.http.clients import client_of
from app.spine.http.operations import operation
from app.spine.identity import Identity, Reader
from app.spine.log.entries import select_entries, select_history
from app.spine.log.entry import Lane
from app.spine.sockets.spine import Spine
from app.talk.messages.service import Messages
from app.talk.messages.store import FormerText, select_former_texts


class HistoryFilter(Struct, frozen=True):
    before: Seq | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    lane: LaneName = "public"


class EventFilter(Struct, frozen=True):
    since: Seq = 0
    wait: Annotated[float, Meta(ge=0, le=55)] = 25
    """Seconds to wait when there is nothing yet."""
    lane: LaneName = "public"
    epoch: Epoch | UnsetType = UNSET
    """Of the entries that you have. If the log has another one by now, nothing is waited for."""


class EntryPage(Struct, frozen=True):
    """Entries of the log, oldest first, and the lane's head at the same moment."""

    items: list[LogEntry]
    head: int
    epoch: str = ""
    """The log they are of; another one means that what you have is void, whatever the numbers."""


class LaneFilter(Struct, frozen=True):
    lane: LaneName = "public"


class Edits(Struct, frozen=True):
    """The former texts of a message, oldest first. A message that was deleted has none."""

    items: list[FormerText]


class MessageBody(NewMessage, kw_only=True):
    client_msg_id: UUID


class MessageStored(Struct, frozen=True):
    """The message is committed. A repetition gets the same answer, with `duplicate`."""

    conversation_id: UUID
    client_msg_id: UUID
    message_id: UUID
    seq: int
    created_at: datetime
    duplicate: bool


def blueprint(spine: Spine, service: Messages) -> Blueprint:
    messages = Blueprint("messages", __name__, url_prefix="/chat/conversations/<uuid:conversation_id>")
    db, auth, rooms = spine.db, spine.auth, spine.rooms

    @messages.get("/messages")
    @operation(
        query=HistoryFilter,
        gives={200: EntryPage},
        errors=[NotFound, RateLimited],
        by=["agent", "session", "api_key"],
    )
    async def list_messages(conversation_id: UUID, query: HistoryFilter) -> EntryPage:
        """Return the entries before `before`, or the newest, oldest first; fewer than `limit` where they are long."""
        who = await authenticate(auth)
        await allow(spine, who, "joins")
        lane = await enter(who, conversation_id, query.lane)
        before = None if query.before is UNSET else query.before
        return EntryPage(*await select_history(db, conversation_id, lane, before=before, limit=query.limit))

    @messages.get("/events")
    @operation(
        query=EventFilter,
        gives={200: EntryPage},
        errors=[NotFound, RateLimited],
        by=["agent", "session", "api_key"],
    )
    async def list_events(conversation_id: UUID, query: EventFilter) -> EntryPage:
        """Return the entries after `since`, oldest first.

        At once if there are any, else as soon as there are, or when `wait` is over.
        """
        who = await authenticate(auth)
        await allow(spine, who, "joins")
        lane = await enter(who, conversation_id, query.lane)
        if query.epoch in (UNSET, spine.epoch.current):
            client = client_of(request, spine.settings.trusted_proxies)
            with spine.connections.waiting(client, who.user_id if isinstance(who, Identity) else None):
                await rooms.wait_beyond(who, conversation_id, lane, query.since, query.wait)
        # A caller who was let in a minute ago may have been shown out meanwhile, of here or of this conversation.
        lane = await enter(await authenticate(auth), conversation_id, query.lane)
        return EntryPage(*await select_entries(db, conversation_id, lane, since=query.since))

    @messages.post("/messages")
    @operation(
        body=MessageBody,
        gives={200: MessageStored, 201: MessageStored},
        errors=[
            Forbidden,
            NotFound,
            ConversationClosed,
            IdempotencyConflict,
            Stale,
            RateLimited,
            Timeout,
        ],
        by=["agent", "session"],
    )
    async def post_message(conversation_id: UUID, body: MessageBody) -> tuple[MessageStored, int]:
        """Say something. The same `client_msg_id` again is answered as the first time, with 200."""
        who = await authenticate_user(auth)
        await allow(spine, who, "sends")
        # Before the journal locks the conversation: the time of that would tell whether it exists.
        await rooms.authorise(who, conversation_id)
        appended = await service.send_message(
            who, body, conversation_id=conversation_id, client_msg_id=body.client_msg_id
        )
        entry = appended.entry
        stored = MessageStored(
            conversation_id,
            body.client_msg_id,
            entry.message_id,
            appended.seq,
            entry.created_at,
            appended.duplicate,
        )
        return stored, 200 if appended.duplicate else 201

    @messages.get("/messages/<seq:seq>/edits")
    @operation(query=LaneFilter, gives={200: Edits}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def list_edits(conversation_id: UUID, seq: int, query: LaneFilter) -> Edits:
        """Return what a message read before it was edited."""
        who = await authenticate_agent(auth)
        await allow(spine, who, "joins")
        lane = await enter(who, conversation_id, query.lane)
        return Edits(await select_former_texts(db, conversation_id, lane, seq))

    async def enter(who: Reader, conversation_id: UUID, lane: LaneName) -> Lane:
        """Return the lane, if this reader may read it there; what they may not see does not exist."""
        await rooms.authorise(who, conversation_id)
        if lane == "team" and not who.sees_team:
            raise NotFound("There is no such conversation.")
        return Lane.named(lane)

    return messages
