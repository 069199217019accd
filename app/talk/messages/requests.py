"""Messages and what happens to them, asked for by sockets."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from app.protocol import DeleteMessage, EditMessage, React, SendMessage, encode
from app.spine.log.entry import Reaction
from app.spine.rooms.rooms import Rooms
from app.spine.sockets.connection import Connection
from app.spine.sockets.writing import acknowledge, allowed_lane
from app.talk.messages.service import Messages, change_of

Asked = SendMessage | EditMessage | DeleteMessage | React


class MessageRequests:
    def __init__(self, messages: Messages, rooms: Rooms) -> None:
        self._messages = messages
        self._rooms = rooms

    async def answer(self, connection: Connection, request: Asked) -> None:
        connection.allow("sends")
        await self._authorise(connection, request.conversation_id)
        allowed_lane(connection, request.lane)
        identity, answer = connection.identity, acknowledge(connection, request.id, request.client_msg_id)
        match request:
            case SendMessage():
                await self._messages.send(
                    identity,
                    request,
                    conversation_id=request.conversation_id,
                    client_msg_id=request.client_msg_id,
                    answer=answer,
                )
            case EditMessage():
                await self._messages.edit(identity, request, answer)
            case DeleteMessage():
                self._messages.append(change_of(identity, request, "message_deleted", b"{}"), answer)
            case React():
                body = encode(Reaction(request.emoji, request.on))
                self._messages.append(change_of(identity, request, "reaction_changed", body), answer)
            case _:
                assert_never(request)

    async def _authorise(self, connection: Connection, conversation_id: UUID) -> None:
        """Check that somebody who has not joined may write there.

        The journal would refuse it too, but only after it has locked a conversation that exists. A lock is logged, and
        the time that takes would tell which conversations exist.
        """
        if conversation_id not in connection.rooms:
            await self._rooms.authorise(connection.identity, conversation_id)
