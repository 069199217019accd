"""Conversations: the list, one of them, and what agents change of it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import msgspec
from quart import Blueprint

from app.blueprints.bearer import authenticate, authenticate_agent, customer_id
from app.blueprints.bodies import ConversationChange, ConversationFilter, ConversationPage
from app.blueprints.operations import operation
from app.errors import AuthFailed, Forbidden, Invalid, NotFound
from app.protocol import Conversation
from app.services import Services
from app.store.conversations import (
    Cursor,
    select_conversation,
    select_conversations,
    select_own_conversations,
)


def blueprint(services: Services) -> Blueprint:
    conversations = Blueprint("conversations", __name__, url_prefix="/chat/conversations")
    db, auth = services.db, services.auth

    @conversations.get("")
    @operation(
        query=ConversationFilter,
        gives={200: ConversationPage},
        errors=[AuthFailed],
        by=["agent", "session", "api_key"],
    )
    async def list_conversations(query: ConversationFilter) -> ConversationPage:
        """List conversations, newest activity first.

        Customers get their own, agents and backends all in which anything was said. `next` of one page is
        `before` of the following.
        """
        customer = customer_id(await authenticate(auth))
        before = read_cursor(query.before) if query.before else None
        if customer is None:
            page, cursor = await select_conversations(
                db, status=query.status, before=before, limit=query.limit
            )
        else:
            page, cursor = await select_own_conversations(
                db, customer, status=query.status, before=before, limit=query.limit
            )
        return ConversationPage(page, write_cursor(cursor) if cursor else None)

    @conversations.get("/<uuid:conversation_id>")
    @operation(gives={200: Conversation}, errors=[AuthFailed, NotFound], by=["agent", "session", "api_key"])
    async def get_conversation(conversation_id: UUID) -> Conversation:
        """Return one conversation; another customer's does not exist."""
        customer = customer_id(await authenticate(auth))
        conversation = await select_conversation(db, conversation_id, customer_id=customer)
        if conversation is None:
            raise NotFound("There is no such conversation.")
        return conversation

    @conversations.patch("/<uuid:conversation_id>")
    @operation(
        body=ConversationChange,
        gives={200: Conversation},
        errors=[AuthFailed, Forbidden, NotFound],
        by=["agent"],
    )
    async def change_conversation(conversation_id: UUID, body: ConversationChange) -> Conversation:
        """Close or reopen a conversation, or give it to an agent (null: to nobody). Safe to repeat."""
        agent = await authenticate_agent(auth)
        return await services.conversations.change(
            agent, conversation_id, status=body.status, assignee_id=body.assignee_id
        )

    return conversations


def write_cursor(cursor: Cursor) -> str:
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Return what `write_cursor` wrote.

    Raises:
        Invalid: The client made it up.
    """
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise Invalid(
            "`before` is not the `next` of another page. Leave it out for the first page."
        ) from error
