"""Typing, signalled by sockets."""

from __future__ import annotations

from typing import assert_never

from app.protocol import TypingStart, TypingStop
from app.spine.sockets.connection import Connection
from app.talk.typing.service import Typists


async def answer(typing: Typists, connection: Connection, request: TypingStart | TypingStop) -> None:
    match request:
        case TypingStart():
            connection.allow("typing")
            await connection.joined(request.conversation_id)
            typing.start(connection.identity, request.conversation_id)
        case TypingStop():
            await connection.joined(request.conversation_id)
            typing.stop(connection.user_id, request.conversation_id)
        case _:
            assert_never(request)
