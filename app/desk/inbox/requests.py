"""Following the live list, asked for by sockets."""

from __future__ import annotations

from app.desk.inbox.feed import Feed
from app.protocol import Ack, FollowInbox, InboxFilters, UnfollowInbox
from app.spine.sockets.connection import Connection


async def answer(feed: Feed, connection: Connection, request: FollowInbox | UnfollowInbox) -> None:
    match request:
        case FollowInbox():
            feed.follow(connection, request.filters or InboxFilters())
        case UnfollowInbox():
            feed.unfollow(connection)
            connection.forget_rows()
    connection.send(Ack(request.id))
