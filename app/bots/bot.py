"""A bot: it is shown a conversation and a question, and says its reply piece by piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from app.protocol import HandoverReason, Role


class Line(Struct, frozen=True):
    """One message of the history."""

    role: Role
    name: str
    text: str


class Customer(Struct, frozen=True):
    """The customer who asks."""

    id: int
    name: str
    email: str | None = None


class Turn(Struct, frozen=True, kw_only=True):
    """A customer's message and what was said before it."""

    conversation_id: UUID
    message_id: UUID
    """The same at every try, so that a receiver can tell a repeated request."""
    created_at: datetime
    text: str
    customer: Customer
    history: tuple[Line, ...] = ()
    """The latest messages before the text, oldest first, without it."""


class Markdown(str):
    """A piece of a reply that is written in Markdown, and with it the whole reply is."""

    __slots__ = ()


class Bot(Protocol):
    """Answers one message at a time; one object serves all conversations."""

    def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        """Yield the reply in pieces, in their order. An end without words is a failure.

        Cancellation ends the request to whoever is asked.

        Raises:
            BotSilent: The bot means to say nothing.
            BotFailed: There is no reply, or only a part of it.
        """
        ...


class BotSilent(Exception):
    """A bot has decided to say nothing, and nobody need answer in its place."""


class BotFailed(Exception):
    """A bot has no reply to give. The message is for the operator's log and holds no body and no token."""

    def __init__(
        self, message: str, *, reason: HandoverReason = "error", retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.reason: HandoverReason = reason
        self.retry_after = retry_after
        """Seconds after which a second try makes sense; None where it would fail again."""
