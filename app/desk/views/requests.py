"""Following views and their counts, asked for by sockets."""

from __future__ import annotations

from typing import assert_never

from app.desk.views.tally import Tally
from app.protocol import Ack, FollowViews, UnfollowViews
from app.spine.sockets.connection import Connection


async def answer(tally: Tally, connection: Connection, request: FollowViews | UnfollowViews) -> None:
    match request:
        case FollowViews():
            connection.allow("joins")
            connection.send(Ack(request.id))
            tally.follow(connection, connection.identity, request.shown)
        case UnfollowViews():
            tally.unfollow(connection)
            connection.send(Ack(request.id))
        case _:
            assert_never(request)
