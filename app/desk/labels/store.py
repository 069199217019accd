"""Labels, and the conversations that have them."""

from __future__ import annotations

from collections.abc import Collection

from app.desk.labels.label import MOST_LABELS, LabelRow
from app.protocol import Colour
from app.spine.db import Database
from app.values.text import Line

COLUMNS = "id, name, colour, merged_into, deleted_at is not null as is_gone"


async def select_version(db: Database) -> int:
    """Return the number of the labels' last change."""
    version: int = await db.fetchval("select value::bigint from installation where name = 'labels_version'")
    return version


async def select_labels(db: Database) -> tuple[int, list[LabelRow]]:
    """Return the number of the last change, and the labels: those in use by name, and those that were merged."""
    rows = await db.fetch(
        f"""
        select (select value::bigint from installation where name = 'labels_version') as version, l.*
          from (select 1) one
          left join (select {COLUMNS} from labels where deleted_at is null or merged_into is not null) l on true
         order by l.is_gone, lower(l.name), l.id
        """
    )
    found = [LabelRow(*list(row)[1:]) for row in rows if row["id"] is not None]
    return rows[0]["version"], found


async def select_labels_by_id(db: Database, ids: Collection[int]) -> list[LabelRow]:
    """Return these labels, those that are gone included."""
    rows = await db.fetch(f"select {COLUMNS} from labels where id = any ($1::integer[])", list(ids))
    return [LabelRow(*row) for row in rows]


async def insert_label(db: Database, name: Line, colour: Colour) -> tuple[LabelRow, bool] | None:
    """Create a label, or find the one of this name, however it is cased, and say whether it is new.

    None where there are too many.
    """
    row = await db.fetchrow(
        f"""
        with made as (
            insert into labels (name, colour)
            select $1, $2
             where (select count(*) from labels where deleted_at is null) < {MOST_LABELS}
                on conflict (lower(name)) where deleted_at is null do nothing
            returning {COLUMNS}
        )
        select *, true as is_new from made
         union all
        select {COLUMNS}, false from labels where lower(name) = lower($1) and deleted_at is null
         limit 1
        """,
        name,
        colour,
    )
    return (LabelRow(*list(row)[:-1]), row["is_new"]) if row else None


async def update_label(db: Database, id: int, *, name: Line | None, colour: Colour | None) -> LabelRow | None:
    """Rename or recolour a label that is in use; one change that changes nothing counts as none.

    Raises:
        asyncpg.UniqueViolationError: Another one is called that.
    """
    row = await db.fetchrow(
        f"""
        with changed as (
            update labels set name = coalesce($2, name), colour = coalesce($3, colour)
             where id = $1 and deleted_at is null
               and (name, colour) is distinct from (coalesce($2, name), coalesce($3, colour))
            returning {COLUMNS}
        )
        select * from changed
         union all
        select {COLUMNS} from labels where id = $1 and deleted_at is null
         limit 1
        """,
        id,
        name,
        colour,
    )
    return LabelRow(*row) if row else None


async def move_label(db: Database, id: int, *, into: int | None) -> bool:
    """Merge a label into another, or end it; say whether there were such labels.

    Two transactions, so that no lock of a label is held while a conversation's is awaited; see
    migrations/functions/end_label.sql. Where a process dies between them, repeating it does the rest.
    """
    if not await db.fetchval("select end_label($1, $2)", id, into):
        return False
    await db.fetchval("select move_label($1, $2)", id, into)
    return True
