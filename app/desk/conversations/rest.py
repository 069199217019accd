"""Conversations: the list, one of them, and what agents change of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.conversations.cursors import PATTERN, read_cursor, write_cursor
from app.desk.conversations.service import Conversations
from app.desk.conversations.store import (
    select_conversation,
    select_conversations,
    select_own_conversation,
    select_own_conversations,
)
from app.errors import Forbidden, NotFound, RateLimited
from app.protocol import Conversation, ConversationStatus, RowId
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate, authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine


class ConversationFilter(Struct, frozen=True):
    status: ConversationStatus | UnsetType = UNSET
    before: Annotated[str, Meta(pattern=PATTERN)] | UnsetType = UNSET
    """The `next` of the page before."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class ConversationPage(Struct, frozen=True):
    """Conversations, newest activity first."""

    items: list[Conversation]
    next: str | None


class ConversationChange(Struct, frozen=True):
    status: ConversationStatus | UnsetType = UNSET
    assignee_id: RowId | UnsetType | None = UNSET


def blueprint(spine: Spine, service: Conversations) -> Blueprint:
    conversations = Blueprint("conversations", __name__, url_prefix="/chat/conversations")
    db, auth = spine.db, spine.auth

    @conversations.get("")
    @operation(
        query=ConversationFilter,
        gives={200: ConversationPage},
        errors=[RateLimited],
        by=["agent", "session", "api_key"],
    )
    async def list_conversations(query: ConversationFilter) -> ConversationPage:
        """List conversations, newest activity first.

        Customers get their own, agents and backends all in which anything was said. `next` of one page is
        `before` of the following.
        """
        who = await authenticate(auth)
        await allow(spine, who, "joins")
        before = read_cursor(query.before) if query.before is not UNSET else None
        status = None if query.status is UNSET else query.status
        if who.sees_team:
            page, cursor = await select_conversations(
                db, who, status=status, before=before, limit=query.limit
            )
        else:
            page, cursor = await select_own_conversations(
                db, who.id, status=status, before=before, limit=query.limit
            )
        return ConversationPage(page, write_cursor(cursor) if cursor else None)

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
        by=["agent"],
    )
    async def change_conversation(conversation_id: UUID, body: ConversationChange) -> Conversation:
        """Close or reopen a conversation, or give it to an agent (null: to nobody). Safe to repeat."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        return await service.change(agent, conversation_id, status=body.status, assignee_id=body.assignee_id)

    return conversations
