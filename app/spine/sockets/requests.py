"""Requests of every client, whatever features there are: the way into rooms, and the line itself."""

from __future__ import annotations

from typing import assert_never

from msgspec import UNSET

from app.errors import Invalid
from app.protocol import (
    Ack,
    Authenticate,
    JoinAck,
    JoinConversation,
    LeaveConversation,
    Ping,
    Pong,
    RefreshAck,
    RefreshToken,
    ServerPong,
    Sync,
    SyncAck,
)
from app.spine.log.entry import Lane
from app.spine.rooms.rooms import Rooms
from app.spine.rooms.seen import marks_for
from app.spine.sockets.company import Company
from app.spine.sockets.connection import Connection
from app.spine.sockets.resuming import Standing
from app.spine.sockets.writing import allowed_lane

Asked = Authenticate | JoinConversation | LeaveConversation | Sync | RefreshToken | Ping | Pong


class SpineRequests:
    def __init__(self, rooms: Rooms, company: Company) -> None:
        self._rooms = rooms
        self._company = company

    async def answer(self, connection: Connection, request: Asked) -> None:
        match request:
            case JoinConversation():
                connection.allow("joins")
                await self._join(connection, request)
            case LeaveConversation():
                connection.leave(request.conversation_id)
                connection.send(Ack(request.id))
            case Sync():
                connection.allow("joins")
                await self._sync(connection, request)
            case RefreshToken():
                connection.send(RefreshAck(request.id, await connection.renew(request.token)))
            case Pong():
                pass
            case Ping():
                connection.send(ServerPong(request.t))
            case Authenticate():
                raise Invalid("This connection is authenticated already. Open another one for another user.")
            case _:
                assert_never(request)

    async def _join(self, connection: Connection, request: JoinConversation) -> None:
        identity = connection.identity
        standing = Standing.of(request)
        room, door = await self._rooms.pin(identity, request.conversation_id, standing.claim)
        lanes = 2 if identity.is_agent else 1
        try:
            presence = await self._company.present(identity, [room])
        except BaseException:
            self._rooms.unpin(room)
            raise
        connection.send(
            JoinAck(
                re=request.id,
                conversation_id=request.conversation_id,
                status="reset" if standing.is_void(door, lanes=lanes) else "ok",
                head=door.last_seq,
                team_head=door.team_last_seq if identity.is_agent else UNSET,
                epoch=door.epoch,
                marks=marks_for(identity, door.marks),
                presence=presence,
                typing=self._company.typing(request.conversation_id, except_user_id=identity.user_id),
            )
        )
        connection.enter(room, standing.cursors_at(door, lanes=lanes))

    async def _sync(self, connection: Connection, request: Sync) -> None:
        """Send again what comes after `since`: the client has found a hole."""
        lane = allowed_lane(connection, request.lane)
        await connection.joined(request.conversation_id)
        room, door = await self._rooms.pin(connection.identity, request.conversation_id)
        try:
            head = door.team_last_seq if lane is Lane.TEAM else door.last_seq
            connection.send(SyncAck(request.id, request.conversation_id, head))
            follower = room.members[connection][lane]
            follower.cursor = min(request.since, head)
            if follower.behind:
                connection.fall_behind(follower)
        finally:
            self._rooms.unpin(room)
