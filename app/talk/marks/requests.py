"""Receipts, asked for by sockets."""

from __future__ import annotations

from typing import assert_never

from msgspec import UNSET

from app.errors import Forbidden
from app.protocol import Ack, MarkDelivered, MarkRead, MarkUnread
from app.spine.sockets.connection import Connection
from app.talk.marks.service import Marks
from app.talk.marks.store import UNKNOWN


async def answer(
    marks: Marks, connection: Connection, request: MarkDelivered | MarkRead | MarkUnread
) -> None:
    match request:
        case MarkDelivered():
            await connection.joined(request.conversation_id)
            marks.mark(request.conversation_id, connection.user_id, delivered_seq=request.seq)
        case MarkRead():
            await connection.joined(request.conversation_id)
            read(marks, connection, request)
        case MarkUnread():
            connection.allow("sends")
            await marks.mark_unread(request.conversation_id, connection.user_id, request.seq)
            connection.send(Ack(request.id))
        case _:
            assert_never(request)


def read(marks: Marks, connection: Connection, request: MarkRead) -> None:
    if request.lane == "team" and not connection.identity.is_agent:
        raise Forbidden("The team lane is for agents.")
    marks.mark(
        request.conversation_id,
        connection.user_id,
        read_seq=request.seq if request.lane == "public" else 0,
        team_read_seq=request.seq if request.lane == "team" else 0,
        version=UNKNOWN if request.version is UNSET else request.version,
    )
