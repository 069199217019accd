"""From a request to the area that answers it."""

from __future__ import annotations

from typing import assert_never

from app.desk import Desk
from app.protocol import AdminRequest, DeskRequest, SpineRequest, TalkRequest
from app.spine.sockets.connection import Connection
from app.spine.sockets.requests import SpineRequests
from app.spine.sockets.spine import Spine
from app.talk import Talk
from app.talk.company import Company


class Dispatcher:
    """Answers the requests of both surfaces: what a surface may not ask, its decoder does not know."""

    def __init__(self, spine: Spine, talk: Talk, desk: Desk) -> None:
        self.company: Company = talk.company
        self._spine = SpineRequests(spine.rooms, talk.company)
        self._talk = talk
        self._desk = desk

    async def answer(self, connection: Connection, request: AdminRequest) -> None:
        """Answer with one `ack`, or raise the error; a signal gets nothing."""
        match request:
            case TalkRequest():
                await self._talk.answer(connection, request)
            case SpineRequest():
                await self._spine.answer(connection, request)
            case DeskRequest():
                await self._desk.answer(connection, request)
            case _:
                assert_never(request)
