"""The team's list: read what is asked for, and give its pages."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from app.desk.conversations.cursors import PageEnd, WaitEnd
from app.desk.conversations.list_store import select_by_activity, select_by_wait, without_waiting
from app.desk.views.predicates import check, resolve
from app.desk.views.service import SavedViews
from app.errors import Invalid, NotFound
from app.protocol import Conversation, ConversationStatus
from app.protocol.views import AllOf, Is, Predicate, Sort
from app.spine.db import Database
from app.spine.identity import Identity, Reader

JSON = "{"
"""The beginning of a predicate of one's own, which no view's id has."""
NEVER = datetime(2200, 1, 1, tzinfo=UTC)
"""A time since when nobody has waited yet."""


class Asked(Struct, frozen=True):
    """A list that somebody asks for, resolved for them."""

    predicate: Predicate
    sort: Sort


class Listing:
    def __init__(self, db: Database, views: SavedViews) -> None:
        self._db = db
        self._views = views

    async def read(
        self, reader: Reader, view: str | None, *, status: ConversationStatus | None, sort: Sort | None
    ) -> Asked:
        """Read what somebody asks for: a view by its id, or a predicate as JSON.

        Raises:
            Invalid: The predicate cannot be.
            NotFound: There is no such view.
        """
        parts: tuple[Predicate, ...] = ()
        if view is not None and view.startswith(JSON):
            parts = (read_predicate(view),)
        elif view is not None:
            found = await self._views.find(reader, view)
            parts, sort = (found.predicate,), sort or found.sort
        if status is not None:
            parts = (*parts, Is("status", (status,)))
        predicate = parts[0] if len(parts) == 1 else AllOf(parts)
        return Asked(
            resolve(predicate, reader.user_id if isinstance(reader, Identity) else None), sort or "activity"
        )

    async def page(
        self, reader: Reader, asked: Asked, *, before: PageEnd | WaitEnd | None, limit: int
    ) -> tuple[list[Conversation], PageEnd | WaitEnd | None]:
        """Return a page of what this reader sees of it, and the cursor of the next one.

        Raises:
            NotFound: The cursor is of another order.
        """
        if asked.sort == "waiting":
            return await self._page_by_wait(reader, asked.predicate, before=before, limit=limit)
        if isinstance(before, WaitEnd):
            raise NotFound("There is no such place in this order. Begin without ?before.")
        return await select_by_activity(self._db, reader, asked.predicate, before=before, limit=limit)

    async def _page_by_wait(
        self, reader: Reader, predicate: Predicate, *, before: PageEnd | WaitEnd | None, limit: int
    ) -> tuple[list[Conversation], PageEnd | WaitEnd | None]:
        """Return those who wait, and after the last of them the rest by activity."""
        if isinstance(before, PageEnd):
            return await select_by_activity(
                self._db, reader, without_waiting(predicate), before=before, limit=limit
            )
        waiting, cursor = await select_by_wait(self._db, reader, predicate, after=before, limit=limit)
        if cursor is not None:
            return waiting, cursor
        left = limit - len(waiting)
        rest, end = await select_by_activity(
            self._db, reader, without_waiting(predicate), before=None, limit=max(left, 1)
        )
        if left or not rest:
            return [*waiting, *rest], end
        # The page is full, and the rest begins with the next one.
        return waiting, WaitEnd(NEVER, waiting[-1].id)


def read_predicate(text: str) -> Predicate:
    """Read a predicate that somebody wrote.

    Raises:
        Invalid: with what was expected and where.
    """
    try:
        predicate: Predicate = msgspec.json.decode(text, type=Predicate)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"?view is no predicate: {error}.") from error
    return check(predicate)
