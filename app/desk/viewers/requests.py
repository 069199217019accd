"""The word of sockets on what their agents look at."""

from __future__ import annotations

from app.desk.viewers.service import Viewers
from app.protocol import Looking
from app.spine.sockets.connection import Connection


async def answer(viewers: Viewers, connection: Connection, request: Looking) -> None:
    connection.allow("typing")
    await connection.joined(request.conversation_id)
    viewers.look(connection, connection.identity, request.conversation_id, request.mode)
