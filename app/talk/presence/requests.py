"""An agent's own status and activity, told by sockets."""

from __future__ import annotations

from typing import assert_never

from app.protocol import Ack, Active, SetPresence
from app.spine.sockets.connection import Connection
from app.talk.presence.service import Presences


async def answer(presence: Presences, connection: Connection, request: SetPresence | Active) -> None:
    match request:
        case SetPresence(status=status):
            await presence.choose(
                connection.identity,
                "invisible" if status == "offline" else status,
                request.text,
                request.emoji,
                request.until,
            )
            connection.send(Ack(request.id))
        case Active():
            presence.note_input(connection.identity, ago_ms=request.ago_ms)
        case _:
            assert_never(request)
