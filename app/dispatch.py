"""From a request to the service that answers it: one `match` per surface."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from msgspec import UNSET, json

from app import protocol
from app.errors import FiresideError, Forbidden, Invalid
from app.protocol import (
    Ack,
    AdminRequest,
    Authenticate,
    DeleteMessage,
    EditMessage,
    FollowInbox,
    InboxFilters,
    JoinAck,
    JoinConversation,
    LaneName,
    LeaveConversation,
    MarkDelivered,
    MarkRead,
    Ping,
    Pong,
    React,
    RefreshAck,
    RefreshToken,
    RequestId,
    SendAck,
    Sender,
    SendMessage,
    ServerPong,
    SetPresence,
    Surface,
    Sync,
    SyncAck,
    TypingStart,
    TypingStop,
    UnfollowInbox,
    WidgetRequest,
)
from app.services import Services
from app.spine.log.entry import Appended, Draft, Lane
from app.spine.log.journal import Answer
from app.spine.rooms.seen import marks_for
from app.spine.sockets.connection import Connection, Dispatch
from app.spine.sockets.resuming import Position
from app.values.uuid7 import uuid7


class Dispatcher:
    """Answers the requests of both surfaces. Every request gets one `ack` or `error`, signals get nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def for_surface(self, surface: Surface) -> Dispatch:
        """Return what answers the requests of a surface."""
        return self.admin if surface == "admin" else self.widget

    async def admin(self, connection: Connection, request: AdminRequest) -> None:
        """Answer an agent."""
        match request:
            case SetPresence():
                await self._services.presence.choose(connection.identity, request.status, request.text)
                connection.send(Ack(request.id))
            case FollowInbox():
                self._services.feed.follow(connection, request.filters or InboxFilters())
                connection.send(Ack(request.id))
            case UnfollowInbox():
                connection.unfollow()
                connection.send(Ack(request.id))
            case RefreshToken():
                connection.send(RefreshAck(request.id, await connection.renew(request.token)))
            case _:
                await self.widget(connection, request)

    async def widget(self, connection: Connection, request: WidgetRequest) -> None:
        """Answer a customer, or an agent where both can do the same."""
        services = self._services
        match request:
            case SendMessage():
                connection.allow("sends")
                await self._authorise(connection, request.conversation_id)
                self._send_message(connection, request)
            case JoinConversation():
                connection.allow("joins")
                await self._join(connection, request)
            case LeaveConversation():
                connection.leave(request.conversation_id)
                connection.send(Ack(request.id))
            case Sync():
                connection.allow("joins")
                await self._sync(connection, request)
            case TypingStart():
                connection.allow("typing")
                await connection.joined(request.conversation_id)
                services.typing.start(connection.identity, request.conversation_id)
            case TypingStop():
                await connection.joined(request.conversation_id)
                services.typing.stop(connection.user_id, request.conversation_id)
            case MarkDelivered():
                await connection.joined(request.conversation_id)
                services.marks.mark(request.conversation_id, connection.user_id, delivered_seq=request.seq)
            case MarkRead():
                await connection.joined(request.conversation_id)
                services.marks.mark(request.conversation_id, connection.user_id, read_seq=request.seq)
            case EditMessage():
                connection.allow("sends")
                await self._authorise(connection, request.conversation_id)
                self._change(connection, request, "message_edited", protocol.encode(request.content))
            case DeleteMessage():
                connection.allow("sends")
                await self._authorise(connection, request.conversation_id)
                self._change(connection, request, "message_deleted", b"{}")
            case React():
                connection.allow("sends")
                await self._authorise(connection, request.conversation_id)
                body = json.encode({"emoji": request.emoji, "on": request.on})
                self._change(connection, request, "reaction_changed", body)
            case Pong():
                pass
            case Ping():
                connection.send(ServerPong(request.t))
            case Authenticate():
                raise Invalid("This connection is authenticated already. Open another one for another user.")
            case _:
                assert_never(request)

    async def _authorise(self, connection: Connection, conversation_id: UUID) -> None:
        """Look whether a customer who has not joined may write there.

        The journal would refuse it too, but only after it has locked a conversation that exists. A lock is logged, and
        the time that takes would tell which conversations exist.
        """
        if conversation_id not in connection.rooms and not connection.identity.is_agent:
            await self._services.rooms.authorise(connection.identity, conversation_id)

    def _send_message(self, connection: Connection, request: SendMessage) -> None:
        self._services.messages.send(
            connection.identity,
            conversation_id=request.conversation_id,
            client_msg_id=request.client_msg_id,
            content=request.content,
            lane=allowed_lane(connection, request.lane),
            answer=answer(connection, request.id, request.client_msg_id),
        )

    def _change(
        self, connection: Connection, request: EditMessage | DeleteMessage | React, type: str, body: bytes
    ) -> None:
        identity = connection.identity
        self._services.messages.append(
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
            answer(connection, request.id, request.client_msg_id),
        )

    async def _join(self, connection: Connection, request: JoinConversation) -> None:
        services, identity = self._services, connection.identity
        position = Position.of(request)
        room, door = await services.rooms.open(identity, request.conversation_id, position.claim)
        lanes = 2 if identity.is_agent else 1
        try:
            presence = await services.presence.in_rooms(identity, [room])
        except BaseException:
            services.rooms.close(room)
            raise
        connection.send(
            JoinAck(
                re=request.id,
                conversation_id=request.conversation_id,
                status="reset" if position.is_void(door, lanes=lanes) else "ok",
                head=door.last_seq,
                team_head=door.team_last_seq if identity.is_agent else UNSET,
                epoch=door.epoch,
                marks=marks_for(identity, door.marks),
                presence=presence,
                typing=services.typing.typing_in(request.conversation_id, except_user_id=identity.user_id),
            )
        )
        connection.enter(room, position.cursors_at(door, lanes=lanes))

    async def _sync(self, connection: Connection, request: Sync) -> None:
        """Send again what comes after `since`: the client has found a hole."""
        lane = allowed_lane(connection, request.lane)
        await connection.joined(request.conversation_id)
        room, door = await self._services.rooms.open(connection.identity, request.conversation_id)
        try:
            head = door.team_last_seq if lane is Lane.TEAM else door.last_seq
            connection.send(SyncAck(request.id, request.conversation_id, head))
            follower = room.members[connection][lane]
            follower.cursor = min(request.since, head)
            if follower.behind:
                connection.fall_behind(follower)
        finally:
            self._services.rooms.close(room)


def allowed_lane(connection: Connection, name: LaneName) -> Lane:
    """Return the lane of that name.

    Raises:
        Forbidden: The team's lane, asked for by a customer.
    """
    lane = Lane.named(name)
    if lane is Lane.TEAM and not connection.identity.is_agent:
        raise Forbidden("Private notes are for agents.")
    return lane


def answer(connection: Connection, request_id: RequestId, client_msg_id: UUID) -> Answer:
    """Return what tells a connection of its entry's commit, or of why there is none.

    The journal calls it, for the write is not the connection's: a client that has left is simply not told.
    """

    def tell(result: Appended | FiresideError) -> None:
        if isinstance(result, FiresideError):
            connection.fail(result, request_id)
        else:
            connection.send(
                SendAck(
                    request_id,
                    result.conversation_id,
                    client_msg_id,
                    result.entry.message_id,
                    result.seq,
                    result.entry.created_at,
                    result.duplicate,
                )
            )

    return tell
