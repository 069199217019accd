"""Messages and what happens to them, asked for by sockets."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from app.protocol import DeleteMessage, EditMessage, React, Sender, SendMessage, encode
from app.spine.log.entry import Draft, Reaction
from app.spine.rooms.rooms import Rooms
from app.spine.sockets.connection import Connection
from app.spine.sockets.writing import acknowledge, allowed_lane
from app.talk.messages.service import Messages
from app.values.uuid7 import uuid7

Asked = SendMessage | EditMessage | DeleteMessage | React


class MessageRequests:
    def __init__(self, messages: Messages, rooms: Rooms) -> None:
        self._messages = messages
        self._rooms = rooms

    async def answer(self, connection: Connection, request: Asked) -> None:
        connection.allow("sends")
        await self._authorise(connection, request.conversation_id)
        match request:
            case SendMessage():
                allowed_lane(connection, request.lane)
                self._messages.send(
                    connection.identity,
                    request,
                    conversation_id=request.conversation_id,
                    client_msg_id=request.client_msg_id,
                    answer=acknowledge(connection, request.id, request.client_msg_id),
                )
            case EditMessage():
                self._change(connection, request, "message_edited", encode(request.content))
            case DeleteMessage():
                self._change(connection, request, "message_deleted", b"{}")
            case React():
                body = encode(Reaction(request.emoji, request.on))
                self._change(connection, request, "reaction_changed", body)
            case _:
                assert_never(request)

    async def _authorise(self, connection: Connection, conversation_id: UUID) -> None:
        """Check that somebody who has not joined may write there.

        The journal would refuse it too, but only after it has locked a conversation that exists. A lock is logged, and
        the time that takes would tell which conversations exist.
        """
        if conversation_id not in connection.rooms:
            await self._rooms.authorise(connection.identity, conversation_id)

    def _change(
        self, connection: Connection, request: EditMessage | DeleteMessage | React, type: str, body: bytes
    ) -> None:
        identity = connection.identity
        self._messages.append(
            Draft(
                conversation_id=request.conversation_id,
                lane=allowed_lane(connection, request.lane),
                type=type,
                sender=Sender(identity.user_id, identity.role, identity.name),
                client_msg_id=request.client_msg_id,
                message_id=uuid7(),
                target_seq=request.target_seq,
                body=body,
            ),
            acknowledge(connection, request.id, request.client_msg_id),
        )
