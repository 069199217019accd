"""Receipts, asked for by sockets."""

from __future__ import annotations

from typing import assert_never

from app.protocol import MarkDelivered, MarkRead
from app.spine.sockets.connection import Connection
from app.talk.marks.service import Marks


async def answer(marks: Marks, connection: Connection, request: MarkDelivered | MarkRead) -> None:
    await connection.joined(request.conversation_id)
    match request:
        case MarkDelivered():
            marks.mark(request.conversation_id, connection.user_id, delivered_seq=request.seq)
        case MarkRead():
            marks.mark(request.conversation_id, connection.user_id, read_seq=request.seq)
        case _:
            assert_never(request)
