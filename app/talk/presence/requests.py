"""An agent's own status, asked for by sockets."""

from __future__ import annotations

from app.protocol import Ack, SetPresence
from app.spine.sockets.connection import Connection
from app.talk.presence.service import Presences


async def answer(presence: Presences, connection: Connection, request: SetPresence) -> None:
    await presence.choose(connection.identity, request.status, request.text)
    connection.send(Ack(request.id))
