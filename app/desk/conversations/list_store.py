"""Pages of the team's list: what a reader sees of a view, in its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from app.desk.conversations.cursors import PageEnd, WaitEnd
from app.desk.conversations.store import COLUMNS, conversation_of
from app.desk.views.predicates import binding, one_of, sql, statuses_of
from app.protocol import Conversation
from app.protocol.views import AllOf, Is, Predicate
from app.spine.db import Database
from app.spine.identity import Reader

End = TypeVar("End", PageEnd, WaitEnd)
NOT_WAITING = Is("waiting", (False,))


async def select_by_activity(
    db: Database, reader: Reader, predicate: Predicate, *, before: PageEnd | None, limit: int
) -> tuple[list[Conversation], PageEnd | None]:
    """Return a page, newest activity first, and the next one's cursor.

    Each status is walked in the order of one index, and what they give is merged. What nobody has written in is not
    listed: a visitor who only opened the widget asks for nothing.
    """
    statuses = statuses_of(predicate)
    if not statuses:
        return [], None
    arguments: list[Any] = [
        reader.kind,
        reader.id,
        before.active_at if before else None,
        before.updated_at if before else None,
        before.id if before else None,
        limit,
    ]
    condition = sql(predicate, binding(arguments))
    walks = " union all ".join(
        f"""
        (select h.conversation_id
           from conversation_heads h
           join visible($1, $2) c on c.id = h.conversation_id
          where h.has_entries and h.status = {one_of([status])}
            and ($3::timestamptz is null or (h.active_at <= $3
                 and (h.active_at, h.updated_at, h.conversation_id) < ($3, $4::timestamptz, $5::uuid)))
            and {condition}
          order by h.active_at desc, h.updated_at desc, h.conversation_id desc
          limit $6 + 1)
        """
        for status in statuses
    )
    rows = await db.fetch(
        f"""
        with page as materialized ({walks})
        select {COLUMNS}
         where h.conversation_id = any (array(select conversation_id from page))
         order by h.active_at desc, h.updated_at desc, h.conversation_id desc
         limit $6 + 1
        """,
        *arguments,
    )
    return page_of(rows, limit, lambda last: PageEnd(last["active_at"], last["updated_at"], last["id"]))


async def select_by_wait(
    db: Database, reader: Reader, predicate: Predicate, *, after: WaitEnd | None, limit: int
) -> tuple[list[Conversation], WaitEnd | None]:
    """Return a page of those of a view in which somebody waits, the longest first, and the next one's cursor."""
    arguments: list[Any] = [
        reader.kind,
        reader.id,
        after.waiting_since if after else None,
        after.id if after else None,
        limit,
    ]
    rows = await db.fetch(
        f"""
        with page as materialized (
            select h.conversation_id
              from conversation_heads h
              join visible($1, $2) c on c.id = h.conversation_id
             where h.waiting_since is not null
               and ($3::timestamptz is null or (h.waiting_since, h.conversation_id) > ($3, $4::uuid))
               and {sql(predicate, binding(arguments))}
             order by h.waiting_since, h.conversation_id
             limit $5 + 1
        )
        select {COLUMNS}
         where h.conversation_id = any (array(select conversation_id from page))
         order by h.waiting_since, h.conversation_id
        """,
        *arguments,
    )
    return page_of(rows, limit, lambda last: WaitEnd(last["waiting_since"], last["id"]))


def page_of(
    rows: Sequence[Mapping[str, Any]], limit: int, end_of: Callable[[Mapping[str, Any]], End]
) -> tuple[list[Conversation], End | None]:
    """Return the page, and its end if more comes: one row was read beyond it."""
    page = [conversation_of(row) for row in rows[:limit]]
    return page, end_of(rows[limit - 1]) if len(rows) > limit else None


def without_waiting(predicate: Predicate) -> Predicate:
    """Return the rest of a view, which comes after those who wait."""
    return AllOf((predicate, NOT_WAITING))
