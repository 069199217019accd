"""Conversations: the list, one of them, and what agents change of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.conversations.changing import ConversationChange
from app.desk.conversations.cursors import PATTERN, PageEnd, WaitEnd, read_cursor, write_cursor
from app.desk.conversations.listing import Listing
from app.desk.conversations.service import Conversations
from app.desk.conversations.store import (
    select_conversation,
    select_own_conversation,
    select_own_conversations,
)
from app.errors import Forbidden, NotFound, RateLimited
from app.protocol import Conversation, ConversationStatus
from app.protocol.inbox import ViewQuery
from app.protocol.views import Sort
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate, authenticate_team
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine


class ConversationFilter(Struct, frozen=True):
    status: ConversationStatus | UnsetType = UNSET
    view: ViewQuery | UnsetType = UNSET
    """For the team."""
    sort: Sort | UnsetType = UNSET
    """Left out, it is the view's."""
    before: Annotated[str, Meta(pattern=PATTERN)] | UnsetType = UNSET
    """The `next` of the page before."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class ConversationPage(Struct, frozen=True):
    """Conversations, in the order that was asked for."""

    items: list[Conversation]
    next: str | None


def blueprint(spine: Spine, service: Conversations, listing: Listing) -> Blueprint:
    conversations = Blueprint("conversations", __name__, url_prefix="/chat/conversations")
    db, auth = spine.db, spine.auth

    @conversations.get("")
    @operation(
        query=ConversationFilter,
        gives={200: ConversationPage},
        errors=[Forbidden, NotFound, RateLimited],
        by=["agent", "session", "api_key"],
    )
    async def list_conversations(query: ConversationFilter) -> ConversationPage:
        """List conversations, newest activity first or whoever has waited longest.

        Customers get their own, agents and backends those of a view, or all in which anything was said. `next` of one
        page is `before` of the following.
        """
        who = await authenticate(auth)
        await allow(spine, who, "joins")
        before = read_cursor(query.before) if query.before is not UNSET else None
        status = None if query.status is UNSET else query.status
        if who.sees_team:
            view = None if query.view is UNSET else query.view
            asked = await listing.read(
                who, view, status=status, sort=None if query.sort is UNSET else query.sort
            )
            page, cursor = await listing.page(who, asked, before=before, limit=query.limit)
            return ConversationPage(page, write_cursor(cursor) if cursor else None)
        if query.view is not UNSET or query.sort is not UNSET:
            raise Forbidden("Views are for the team.")
        own, end = await select_own_conversations(
            db, who.id, status=status, before=own_place(before), limit=query.limit
        )
        return ConversationPage(own, write_cursor(end) if end else None)

    @conversations.get("/<uuid:conversation_id>")
    @operation(
        gives={200: Conversation},
        errors=[NotFound, RateLimited],
        by=["agent", "session", "api_key"],
    )
    async def get_conversation(conversation_id: UUID) -> Conversation:
        """Return one conversation; another customer's does not exist."""
        who = await authenticate(auth)
        await allow(spine, who, "joins")
        conversation = (
            await select_conversation(db, who, conversation_id)
            if who.sees_team
            else await select_own_conversation(db, who.id, conversation_id)
        )
        if conversation is None:
            raise NotFound("There is no such conversation.")
        return conversation

    @conversations.patch("/<uuid:conversation_id>")
    @operation(
        body=ConversationChange,
        gives={200: Conversation},
        errors=[Forbidden, NotFound, RateLimited],
        by=["agent", "api_key"],
    )
    async def change_conversation(conversation_id: UUID, body: ConversationChange) -> Conversation:
        """Close, snooze or reopen a conversation, rank or label it, or give it to an agent or a team (null: to none).

        Safe to repeat. An agent or a team for whom it does not exist cannot have it. What a backend does stands under
        its key's name.
        """
        who = await authenticate_team(auth)
        await allow(spine, who, "sends")
        return await service.change(who, conversation_id, body)

    return conversations


def own_place(before: PageEnd | WaitEnd | None) -> PageEnd | None:
    if isinstance(before, WaitEnd):
        raise NotFound("There is no such place in this list. Begin without ?before.")
    return before
