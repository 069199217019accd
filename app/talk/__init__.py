"""Everything that happens inside a conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import assert_never

from quart import Blueprint

from app.protocol import (
    Active,
    DeleteMessage,
    EditMessage,
    MarkDelivered,
    MarkRead,
    MarkUnread,
    React,
    SendMessage,
    SetPresence,
    TypingStart,
    TypingStop,
)
from app.spine.sockets.connection import Connection
from app.spine.sockets.spine import Spine
from app.talk.company import Company
from app.talk.marks import requests as marks_requests
from app.talk.marks import rest as marks_rest
from app.talk.marks.service import Marks
from app.talk.mentions.service import Mentions
from app.talk.messages import rest as messages_rest
from app.talk.messages.requests import MessageRequests
from app.talk.messages.service import Messages
from app.talk.presence import requests as presence_requests
from app.talk.presence.service import Presences
from app.talk.typing import requests as typing_requests
from app.talk.typing.service import Typists

Asked = (
    SendMessage
    | EditMessage
    | DeleteMessage
    | React
    | TypingStart
    | TypingStop
    | MarkDelivered
    | MarkRead
    | MarkUnread
    | SetPresence
    | Active
)


class Talk:
    """The services of the area."""

    def __init__(self, spine: Spine) -> None:
        settings = spine.settings
        self.mentions = Mentions(spine.db)
        self.messages = Messages(spine.db, spine.journal, spine.rooms, self.mentions, settings)
        self.marks = Marks(spine.db, spine.rooms)
        self.typing = Typists(spine.rooms, timeout_ms=settings.typing_timeout_ms)
        self.presence = Presences(
            spine.db, spine.broker, spine.rooms, grace_seconds=settings.presence_grace_seconds
        )
        self.company = Company(self.presence, self.typing)
        self._message_requests = MessageRequests(self.messages, spine.rooms)
        self.tasks: Sequence[Callable[[], Awaitable[None]]] = (
            self.typing.run,
            self.presence.run,
            self.presence.watch,
            self.presence.count_agents,
            self.marks.run,
        )

    def blueprints(self, spine: Spine) -> list[Blueprint]:
        return [
            messages_rest.blueprint(spine, self.messages),
            marks_rest.blueprint(spine, self.marks),
        ]

    async def answer(self, connection: Connection, request: Asked) -> None:
        match request:
            case SendMessage() | EditMessage() | DeleteMessage() | React():
                await self._message_requests.answer(connection, request)
            case TypingStart() | TypingStop():
                await typing_requests.answer(self.typing, connection, request)
            case MarkDelivered() | MarkRead() | MarkUnread():
                await marks_requests.answer(self.marks, connection, request)
            case SetPresence() | Active():
                await presence_requests.answer(self.presence, connection, request)
            case _:
                assert_never(request)
