"""Saved views, and the inboxes whose conversations are there for an agent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from app.protocol.views import Predicate, Sort, View
from app.spine.db import Database
from app.spine.identity import Reader

COLUMNS = "v.id, v.owner_id, v.is_shared, v.name, v.predicate, v.sort, v.position, v.version"
decode = msgspec.json.Decoder(Predicate).decode
encode = msgspec.json.encode


async def select_views(db: Database, user_id: int) -> list[View]:
    """Return the views of this agent and those that are shared, in their order."""
    rows = await db.fetch(
        f"""
        select {COLUMNS}
          from saved_views v
         where v.is_shared or v.owner_id = $1
         order by v.is_shared desc, v.position, v.id
        """,
        user_id,
    )
    return [view for row in rows if (view := _view(row)) is not None]


async def select_view(db: Database, user_id: int, view_id: int) -> View | None:
    row = await db.fetchrow(
        f"select {COLUMNS} from saved_views v where v.id = $2 and (v.is_shared or v.owner_id = $1)",
        user_id,
        view_id,
    )
    return _view(row) if row else None


async def insert_view(
    db: Database,
    user_id: int,
    *,
    name: str,
    predicate: Predicate,
    sort: Sort,
    is_shared: bool,
    most: int,
) -> View | None:
    """Save a view behind the others; None if its owner has as many as one may have."""
    row = await db.fetchrow(
        f"""
        insert into saved_views as v (owner_id, name, predicate, sort, is_shared, position)
        select $1, $2, $3::text::jsonb, $4, $5, coalesce(max(o.position) + 1, 0)
          from saved_views o
         where o.owner_id = $1
        having count(*) < $6
        returning {COLUMNS}
        """,
        user_id,
        name,
        encode(predicate).decode(),
        sort,
        is_shared,
        most,
    )
    return _view(row) if row else None


async def update_view(
    db: Database,
    view_id: int,
    *,
    name: str | None,
    predicate: Predicate | None,
    sort: Sort | None,
    is_shared: bool | None,
    position: int | None,
) -> View | None:
    """Change what is given; return the view as it is now, or None if it is gone."""
    row = await db.fetchrow(
        f"""
        update saved_views v
           set name = coalesce($2, v.name), predicate = coalesce($3::text::jsonb, v.predicate),
               sort = coalesce($4, v.sort), is_shared = coalesce($5, v.is_shared),
               position = coalesce($6, v.position), version = v.version + 1
         where v.id = $1
        returning {COLUMNS}
        """,
        view_id,
        name,
        encode(predicate).decode() if predicate is not None else None,
        sort,
        is_shared,
        position,
    )
    return _view(row) if row else None


async def delete_view(db: Database, view_id: int) -> None:
    await db.execute("delete from saved_views where id = $1", view_id)


async def select_inboxes(db: Database, reader: Reader) -> list[tuple[int, str]]:
    """Return the inboxes that this reader sees, by number and name."""
    rows = await db.fetch(
        "select x.id, x.name from visible_inboxes($1, $2) x order by lower(x.name), x.id",
        reader.kind,
        reader.id,
    )
    return [(row["id"], row["name"]) for row in rows]


async def select_sights(db: Database, agent_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the inboxes that each of these agents sees."""
    rows = await db.fetch(
        """
        select r.id, array(select x.id from visible_inboxes('agent', r.id) x) as inbox_ids
          from unnest($1::integer[]) as r (id)
        """,
        list(agent_ids),
    )
    return {row["id"]: frozenset(row["inbox_ids"]) for row in rows}


def _view(row: Mapping[str, Any]) -> View | None:
    """Read a row; one that only a newer version can read is left out."""
    try:
        predicate = decode(row["predicate"])
    except msgspec.ValidationError:
        return None
    return View(
        id=str(row["id"]),
        kind="saved",
        name=row["name"],
        predicate=predicate,
        sort=row["sort"],
        is_shared=row["is_shared"],
        owner_id=row["owner_id"],
        position=row["position"],
        version=row["version"],
    )
