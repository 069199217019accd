"""Canned replies, and how often whom has used which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import asyncpg

from app.desk.canned import CannedReply, Draft
from app.spine.db import Database

HALF_LIFE_DAYS = 30
"""Days after which a use counts half."""
OWN_WEIGHT = 3
"""Colleagues' uses that one of one's own counts for."""
DECAYED = f"""
(n.score * power(0.5::float8, extract(epoch from now() - n.scored_at)::float8 / ({HALF_LIFE_DAYS} * 86400)))
"""
SEEN = f"""
    select r.id, r.owner_id, u.name as owner_name, r.is_shared, r.shortcut, r.title, r.body as text,
           coalesce(sum(n.uses) filter (where n.user_id = $1), 0)::bigint as uses,
           coalesce(sum(n.uses), 0)::bigint as team_uses,
           coalesce(sum({DECAYED} * case when n.user_id = $1 then {OWN_WEIGHT} else 1 end), 0) as rank
      from canned_replies r
      join users u on u.id = r.owner_id
      left join canned_reply_uses n on n.reply_id = r.id
     where (r.is_shared or r.owner_id = $1)
"""


def _reply(row: Mapping[str, Any]) -> CannedReply:
    return CannedReply(**{field: row[field] for field in CannedReply.__struct_fields__})


async def select_canned(db: Database, user_id: int) -> list[CannedReply]:
    """Return those that are shared, and the agent's own."""
    rows = await db.fetch(f"{SEEN} group by r.id, u.name order by lower(r.title), r.id", user_id)
    return [_reply(row) for row in rows]


async def select_one_canned(db: Database, user_id: int, reply_id: int) -> CannedReply | None:
    row = await db.fetchrow(f"{SEEN} and r.id = $2 group by r.id, u.name", user_id, reply_id)
    return _reply(row) if row else None


async def insert_canned(
    db: Database, user_id: int, draft: Draft, *, most_shared: int, most_own: int
) -> int | Literal["taken", "full"]:
    """Make one and return its id; or say that its shortcut is taken, or that there are as many as may be."""
    try:
        reply_id: int | None = await db.fetchval(
            """
            insert into canned_replies (owner_id, is_shared, shortcut, title, body)
            select $1, $2, $3, $4, $5
             where (select count(*) from canned_replies o
                     where o.is_shared = $2 and (o.is_shared or o.owner_id = $1))
                   < case when $2 then $6::int else $7::int end
            returning id
            """,
            user_id,
            draft.is_shared,
            draft.shortcut,
            draft.title,
            draft.text,
            most_shared,
            most_own,
        )
    except asyncpg.UniqueViolationError:
        return "taken"
    return "full" if reply_id is None else reply_id


async def update_canned(db: Database, reply_id: int, draft: Draft) -> bool:
    """Change one; False if its shortcut is taken."""
    try:
        await db.execute(
            """
            update canned_replies
               set is_shared = $2, shortcut = $3, title = $4, body = $5, updated_at = now()
             where id = $1
            """,
            reply_id,
            draft.is_shared,
            draft.shortcut,
            draft.title,
            draft.text,
        )
    except asyncpg.UniqueViolationError:
        return False
    return True


async def delete_canned(db: Database, reply_id: int) -> None:
    await db.execute("delete from canned_replies where id = $1", reply_id)


async def count_use(db: Database, user_id: int, reply_id: int) -> bool:
    """Count one use by this agent; False if there is none for them."""
    counted: int | None = await db.fetchval(
        f"""
        insert into canned_reply_uses as n (reply_id, user_id, score)
        select id, $1, 1 from canned_replies where id = $2 and (is_shared or owner_id = $1)
        on conflict (reply_id, user_id) do update
           set uses = n.uses + 1, score = {DECAYED} + 1, scored_at = now()
        returning 1
        """,
        user_id,
        reply_id,
    )
    return counted is not None
