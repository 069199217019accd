"""Following the live list, asked for by sockets."""

from __future__ import annotations

from typing import assert_never

from msgspec import UNSET, structs

from app.desk.conversations.listing import Listing
from app.desk.inbox.cursor import Cursor
from app.desk.inbox.feed import Feed
from app.desk.inbox.wanted import Wanted
from app.protocol import Ack, FollowInbox, InboxAck, InboxFilters, UnfollowInbox
from app.spine.sockets.connection import Connection


async def answer(
    feed: Feed, listing: Listing, epoch: str, connection: Connection, request: FollowInbox | UnfollowInbox
) -> None:
    match request:
        case FollowInbox():
            await follow(feed, listing, epoch, connection, request)
        case UnfollowInbox():
            feed.unfollow(connection)
            connection.forget_rows()
            connection.send(Ack(request.id))
        case _:
            assert_never(request)


async def follow(
    feed: Feed, listing: Listing, epoch: str, connection: Connection, request: FollowInbox
) -> None:
    """Follow from now on, and bring what was missed after the answer.

    Raises:
        NotFound, Invalid: There is no such view, or it cannot be.
    """
    filters = request.filters or InboxFilters()
    if request.since is not None or filters.view is not None:
        connection.allow("joins")
    wanted = Wanted(filters.inbox_id)
    if filters.view is not None:
        asked = await listing.read(connection.identity, filters.view, status=None, sort=None)
        wanted = structs.replace(wanted, view=asked.predicate)
    if request.since is None:
        connection.send(answer_of(request, epoch, feed.follow(connection, wanted)))
        return
    missed = await feed.resume(connection, wanted, request.since)
    if missed is None:
        answer = answer_of(request, epoch, feed.followers.cursor_for(wanted))
        connection.send(structs.replace(answer, status="reset"))
    else:
        connection.send(InboxAck(re=request.id, epoch=missed.epoch))
        feed.bring(connection, missed)


def answer_of(request: FollowInbox, epoch: str, cursor: Cursor | None) -> InboxAck:
    """Answer one who reads the list after this."""
    return InboxAck(re=request.id, epoch=epoch, cursor=str(cursor) if cursor else UNSET)
