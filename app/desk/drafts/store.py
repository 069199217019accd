"""Drafts, each of one agent. One whose message is in the log does not exist, whether or not its row is gone already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET

from app.desk.drafts import Draft, DraftMark, Outcome
from app.protocol import Format, LaneName
from app.spine.db import Database
from app.spine.log.entry import Lane

UNSENT = """
       not exists (select from entries e
                    where e.conversation_id = d.conversation_id and e.sender_id = d.user_id
                      and e.client_msg_id = d.client_msg_id)
"""
MARK = "d.conversation_id, d.lane, d.version, d.client_msg_id, d.updated_at"
WHOLE = f"{MARK}, d.text, d.format, d.reply_to"


async def select_marks(db: Database, user_id: int) -> list[DraftMark]:
    """Return what an agent has begun where they may still write, newest first."""
    rows = await db.fetch(
        f"""
        select {MARK}
          from drafts d
          join visible('agent', $1) c on c.id = d.conversation_id
         where d.user_id = $1 and {UNSENT}
         order by d.updated_at desc
        """,
        user_id,
    )
    return [DraftMark(**_mark(row)) for row in rows]


async def select_drafts(db: Database, user_id: int, conversation_id: UUID) -> list[Draft] | None:
    """Return an agent's drafts of a conversation, the newest first; None if it does not exist for them."""
    rows = await db.fetch(
        f"""
        select {WHOLE}
          from visible('agent', $1) c
          left join drafts d on d.user_id = $1 and d.conversation_id = c.id and {UNSENT}
         where c.id = $2
         order by d.updated_at desc
        """,
        user_id,
        conversation_id,
    )
    if not rows:
        return None
    return [_draft(row) for row in rows if row["version"] is not None]


async def upsert_draft(
    db: Database,
    user_id: int,
    conversation_id: UUID,
    lane: LaneName,
    *,
    client_msg_id: UUID,
    text: str,
    format: Format,
    reply_to: int | None,
    since: int,
    most: int,
) -> int | None:
    """Keep a draft if the one that is kept is still the one that its author has seen; return its version.

    Where none is kept any more, nothing is overwritten: it is kept as well. The same text once more is the same
    draft, for the answer to the first may have been lost.
    """
    version: int | None = await db.fetchval(
        """
        with mine as materialized (select count(*) as n from drafts where user_id = $1)
        insert into drafts as d (user_id, conversation_id, lane, client_msg_id, text, format, reply_to)
        select $1, c.id, $3, $4, $5, $6, $7
          from visible('agent', $1) c
         where c.id = $2
           and not exists (select from entries e
                            where e.conversation_id = c.id and e.sender_id = $1 and e.client_msg_id = $4)
           and ((select n from mine) < $9
                or exists (select from drafts o where o.user_id = $1 and o.conversation_id = c.id and o.lane = $3))
        on conflict (user_id, conversation_id, lane) do update
           set client_msg_id = excluded.client_msg_id, text = excluded.text, format = excluded.format,
               reply_to = excluded.reply_to, version = excluded.version, updated_at = excluded.updated_at
         where d.version = $8
            or (d.client_msg_id = excluded.client_msg_id and d.text = excluded.text
                and d.reply_to is not distinct from excluded.reply_to)
            -- What is kept was sent, and only its row is still there.
            or exists (select from entries e
                        where e.conversation_id = d.conversation_id and e.sender_id = d.user_id
                          and e.client_msg_id = d.client_msg_id)
        returning version
        """,
        user_id,
        conversation_id,
        Lane.named(lane),
        client_msg_id,
        text,
        format,
        reply_to,
        since,
        most,
    )
    return version


async def delete_draft(
    db: Database, user_id: int, conversation_id: UUID, lane: LaneName, *, since: int
) -> int | None:
    """Empty a draft that is still the one that its author has seen; return the version of that, or None."""
    version: int | None = await db.fetchval(
        """
        delete from drafts
         where user_id = $1 and conversation_id = $2 and lane = $3 and version = $4
        returning nextval('draft_versions')
        """,
        user_id,
        conversation_id,
        Lane.named(lane),
        since,
    )
    return version


async def why_not_saved(
    db: Database, user_id: int, conversation_id: UUID, lane: LaneName, *, client_msg_id: UUID
) -> tuple[Outcome, Draft | None] | None:
    """Return why a draft was not kept, and what is kept instead; None if there is no such conversation for them."""
    row = await db.fetchrow(
        f"""
        select exists (select from entries e
                        where e.conversation_id = c.id and e.sender_id = $1 and e.client_msg_id = $4) as is_sent,
               {WHOLE}
          from visible('agent', $1) c
          left join drafts d on d.user_id = $1 and d.conversation_id = c.id and d.lane = $3 and {UNSENT}
         where c.id = $2
        """,
        user_id,
        conversation_id,
        Lane.named(lane),
        client_msg_id,
    )
    if row is None:
        return None
    return "sent" if row["is_sent"] else "conflict", _draft(row) if row["version"] is not None else None


async def delete_sent(db: Database, sent: Sequence[tuple[int, UUID, UUID]]) -> list[tuple[int, DraftMark]]:
    """Delete the drafts that became these messages, of (agent, conversation, client_msg_id); return whose they were."""
    rows = await db.fetch(
        """
        delete from drafts d
         using unnest($1::int[], $2::uuid[], $3::uuid[]) as s (user_id, conversation_id, client_msg_id)
         where d.user_id = s.user_id and d.conversation_id = s.conversation_id
           and d.client_msg_id = s.client_msg_id
        returning d.user_id, d.conversation_id, d.lane, nextval('draft_versions') as version, d.client_msg_id,
                  d.updated_at
        """,
        [user_id for user_id, _, _ in sent],
        [conversation_id for _, conversation_id, _ in sent],
        [client_msg_id for _, _, client_msg_id in sent],
    )
    return [(row["user_id"], DraftMark(**_mark(row))) for row in rows]


def _mark(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "conversation_id": row["conversation_id"],
        "lane": "team" if row["lane"] == Lane.TEAM else "public",
        "version": row["version"],
        "client_msg_id": row["client_msg_id"],
        "updated_at": row["updated_at"],
    }


def _draft(row: Mapping[str, Any]) -> Draft:
    return Draft(
        **_mark(row),
        text=row["text"],
        format=row["format"],
        reply_to=UNSET if row["reply_to"] is None else row["reply_to"],
    )
