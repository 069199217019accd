"""POST /chat: a backend says something for a customer and gets the bot's reply, whole or growing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, cast
from uuid import UUID, uuid5

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint, Response, request

from app.bots import Bots
from app.errors import (
    ConversationClosed,
    FiresideError,
    Forbidden,
    IdempotencyConflict,
    Invalid,
    NotFound,
    Timeout,
)
from app.people.customers.service import Sessions
from app.protocol import MessageReceived, NewMessage, NewText, Said
from app.spine.http.bearer import authenticate_backend
from app.spine.http.operations import operation
from app.spine.http.sse import sse_event, sse_response
from app.spine.identity import ApiKey, Identity
from app.spine.log.entry import Appended
from app.spine.sockets.spine import Spine
from app.talk.messages.service import Messages
from app.values.text import message_text
from app.values.uuid7 import uuid7

Token = Annotated[str, Meta(min_length=1, max_length=4096)]


MAX_KEY_CHARS = 255


class ChatHeaders(Struct, frozen=True):
    idempotency_key: Annotated[str, Meta(max_length=MAX_KEY_CHARS)] | UnsetType = UNSET


class ChatFields(Struct, frozen=True, kw_only=True):
    """Give `conversation_id`, or the customer's session token as `session_id`."""

    message: Said
    conversation_id: UUID | UnsetType = UNSET
    session_id: Token | UnsetType = UNSET
    client_msg_id: UUID | UnsetType = UNSET
    """Makes a retry safe; so does an Idempotency-Key header."""
    stream: bool = False
    """Answer in server-sent events while the reply grows."""

    def __post_init__(self) -> None:
        message_text(self.message)


ChatRequest = Annotated[
    ChatFields,
    Meta(extra_json_schema={"oneOf": [{"required": ["conversation_id"]}, {"required": ["session_id"]}]}),
]


class ChatReply(Struct, frozen=True):
    """The customer's message and the bot's reply, if it gave one."""

    conversation_id: UUID
    message: MessageReceived
    reply: MessageReceived | None


KEYS = UUID("0f6e1c0a-3a0c-4f0e-9a53-6c4f0f5f2b7d")
"""Namespace in which an Idempotency-Key that is no UUID becomes one."""


def blueprint(spine: Spine, customers: Sessions, messages: Messages, bots: Bots) -> Blueprint:
    chat = Blueprint("chat", __name__)

    @chat.post("/chat")
    @operation(
        body=ChatRequest,
        headers=ChatHeaders,
        gives={200: ChatReply},
        errors=[Forbidden, NotFound, ConversationClosed, IdempotencyConflict, Timeout],
        by=["api_key"],
        streams=True,
    )
    async def post_chat(body: ChatFields) -> ChatReply | Response:
        """Say something for a customer and get the bot's reply.

        `reply` is null where no bot answers: the inbox has none, or an agent has taken over. With `stream`
        the answer is text/event-stream: `message` once, `reply_growing` with the text so far, and at the end
        `reply`.
        """
        backend = await authenticate_backend(spine.auth)
        key = read_idempotency_key()
        client_msg_id = key if body.client_msg_id is UNSET else body.client_msg_id
        customer, conversation_id = await find_customer(backend, body)
        appended = await messages.send_message(
            customer,
            NewMessage(content=NewText(body.message)),
            conversation_id=conversation_id,
            client_msg_id=client_msg_id,
        )
        if body.stream:
            return sse_response(stream_reply(appended))
        message = cast(MessageReceived, appended.entry)
        reply = await bots.reply_to(appended)
        return ChatReply(conversation_id, message, reply)

    async def find_customer(backend: ApiKey, body: ChatFields) -> tuple[Identity, UUID]:
        """Return for whom the backend speaks, and where."""
        conversation_id, session_token = body.conversation_id, body.session_id
        if session_token is not UNSET and conversation_id is UNSET:
            customer = await spine.auth.customer(session_token)
            return customer, await customers.conversation_of(customer.user_id)
        if conversation_id is UNSET or session_token is not UNSET:
            raise Invalid("Give either conversation_id or session_id.")
        found = await customers.customer_in(backend, conversation_id)
        if found is None:
            raise NotFound("There is no such conversation.")
        return found, conversation_id

    async def stream_reply(appended: Appended) -> AsyncIterator[bytes]:
        yield sse_event("message", appended.entry)
        try:
            async with aclosing(bots.follow(appended)) as states:
                async for state in states:
                    yield sse_event("reply" if isinstance(state, MessageReceived) else "reply_growing", state)
        except FiresideError as error:
            yield sse_event("error", {"code": error.code, "message": error.message})
        else:
            yield sse_event("end", {})

    return chat


def read_idempotency_key() -> UUID:
    """Return the message's id as the Idempotency-Key header has it; without one, a new id."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        return uuid7()
    if len(key) > MAX_KEY_CHARS:
        raise Invalid(f"The Idempotency-Key is longer than {MAX_KEY_CHARS} characters.")
    try:
        return UUID(key)
    except ValueError:
        return uuid5(KEYS, key)
