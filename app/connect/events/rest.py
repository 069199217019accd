"""GET /events: the whole log for a backend, in the order of commits, at least once."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint, request

from app.errors import FiresideError, Forbidden, RateLimited
from app.protocol import LogEntry
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_backend
from app.spine.http.clients import client_of
from app.spine.http.operations import operation
from app.spine.identity import ApiKey
from app.spine.log.change import EventPage
from app.spine.log.position import PATTERN, Bookmark, read_bookmark
from app.spine.sockets.spine import Spine


class Gone(FiresideError):
    """The entries after a position are not kept any more."""

    code = "gone"
    status = 410


class LogFilter(Struct, frozen=True):
    after: Annotated[str, Meta(pattern=PATTERN)] | UnsetType = UNSET
    """The `next` of the page before. Left out, it begins with the oldest that is kept."""
    wait: Annotated[float, Meta(ge=0, le=25)] = 25
    """Seconds to wait when there is nothing yet."""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class LogItem(Struct, frozen=True):
    id: UUID
    """The same whenever the entry comes again."""
    entry: LogEntry


class LogPage(Struct, frozen=True):
    """Entries of all conversations and both lanes, in the order of commits."""

    items: list[LogItem]
    next: str
    """Give it as `after` once these are dealt with."""


def blueprint(spine: Spine) -> Blueprint:
    events = Blueprint("events", __name__)
    auth, tail = spine.auth, spine.tail

    @events.get("/events")
    @operation(query=LogFilter, gives={200: LogPage}, errors=[Forbidden, Gone, RateLimited], by=["api_key"])
    async def list_log(query: LogFilter) -> LogPage:
        """Return what was added to the log after a position, for at least seven days back.

        At once if there is anything, else as soon as there is, or when `wait` is over. An entry may come more than
        once, with the same `id`; none is left out. In a lane they come in the order of `seq`.
        """
        who = await authenticate_backend(auth)
        await allow(spine, who, "joins")
        after = None if query.after is UNSET else read_bookmark(query.after)
        page = await read(who, after, query.limit)
        if not page.items and query.wait:
            client = client_of(request, spine.settings.trusted_proxies)
            with spine.connections.waiting(client, None):
                await tail.wait_beyond(page.next.position, query.wait)
            # A key that was good a moment ago may have been revoked meanwhile.
            await authenticate_backend(auth)
            page = await read(who, after, query.limit)
        return LogPage([LogItem(id_, entry) for id_, entry in page.items], str(page.next))

    async def read(who: ApiKey, after: Bookmark | None, limit: int) -> EventPage:
        page = await tail.page(who, after, limit)
        if page.is_gone:
            raise Gone(
                "What came after this position is not kept any more, or the log was replaced. Begin anew: read what"
                " you need by the other operations, and leave `after` out."
            )
        return page

    return events
