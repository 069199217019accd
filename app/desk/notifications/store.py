"""Causes in the log, those whom they concern, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from msgspec import UNSET, json

from app.desk.notifications.cause import Cause, Meant
from app.desk.notifications.choices import read_choices
from app.desk.notifications.deciding import Candidate
from app.protocol import Notification, NotificationKind, Verdict
from app.spine.db import Database
from app.spine.log.entry import Lane

Key = tuple[UUID, int, int]
"""Conversation, lane and seq."""
MOST_CALLED = 500
"""Agents who are called for one waiting customer; with more than that at work somebody comes anyway."""
PREVIEW_CHARS = 140
LISTED = 50
"""Notifications that are shown, the newest."""

CAUSE = """
    e.type, e.lane = 0 as is_public, e.body::text as body, e.created_at, e.sender_id, s.role as sender_role,
    case e.type when 'message_edited' then e.target_seq else e.seq end as seq,
    c.inbox_id, c.assignee_id, c.team_id, c.status = 'open' as is_open, h.waiting_since,
    c.bot_active and x.bot <> 'none' as has_bot
"""
SHOWN = f"""
    n.id, n.user_id, n.kind, n.verdict, n.conversation_id, n.lane, n.seq, c.inbox_id, b.name as customer,
    s.name as by, n.created_at, n.seen_at is not null as is_seen,
    case when e.type = 'message_received' then left(e.body ->> 'text', {PREVIEW_CHARS}) end as text,
    c.status = 'closed' or case n.kind
        when 'mentioned' then false
        when 'assigned' then c.assignee_id is distinct from n.user_id
        when 'replied' then c.assignee_id is distinct from n.user_id or h.waiting_since is null
        else c.assignee_id is not null or h.waiting_since is null
    end as is_over
"""
BESIDE = """
      join conversation_heads h on h.conversation_id = c.id
      join entries e on e.conversation_id = n.conversation_id and e.lane = n.lane and e.seq = n.seq
      join users s on s.id = e.sender_id
      join users b on b.id = c.customer_id
"""


async def select_worth(db: Database, keys: Sequence[Key], *, is_waiting: bool) -> set[Key]:
    """Return those of some entries that may concern somebody: most messages concern nobody who is not there."""
    rows = await db.fetch(
        """
        select k.conversation_id, k.lane, k.seq
          from unnest($1::uuid[], $2::smallint[], $3::bigint[]) k (conversation_id, lane, seq)
          join entries e on e.conversation_id = k.conversation_id and e.lane = k.lane and e.seq = k.seq
          join visible('system', 0) c on c.id = k.conversation_id
          join conversation_heads h on h.conversation_id = k.conversation_id
          join users s on s.id = e.sender_id
         where (e.type = 'message_received' and e.lane = 0 and s.role = 'customer'
                and (h.waiting_since = e.created_at or c.assignee_id is not null) and (not $4 or c.assignee_id is null))
            or (not $4 and e.lane = 1 and e.body ? 'mentions')
            or (not $4 and e.type = 'conversation_event'
                and e.body ->> 'event' in ('assigned', 'team_changed', 'bot_handover'))
        """,
        [conversation_id for conversation_id, _, _ in keys],
        [lane for _, lane, _ in keys],
        [seq for _, _, seq in keys],
        is_waiting,
    )
    return {(row["conversation_id"], row["lane"], row["seq"]) for row in rows}


async def select_cause(db: Database, key: Key) -> tuple[Cause, int] | None:
    """Return an entry with its conversation as it is now, and the inbox; None for one that is gone."""
    row = await db.fetchrow(
        f"""
        select {CAUSE}
          from entries e
          join visible('system', 0) c on c.id = e.conversation_id
          join conversation_heads h on h.conversation_id = c.id
          join inboxes x on x.id = c.inbox_id
          join users s on s.id = e.sender_id
         where e.conversation_id = $1 and e.lane = $2 and e.seq = $3
        """,
        *key,
    )
    if row is None:
        return None
    fields = dict(row)
    inbox_id: int = fields.pop("inbox_id")
    return Cause(**{**fields, "body": json.decode(fields["body"])}), inbox_id


async def select_candidates(
    db: Database, conversation_id: UUID, cause: Cause, meant: Meant
) -> list[Candidate]:
    """Return those of the people meant who may see the conversation, but for whoever did it themselves."""
    rows = await db.fetch(
        f"""
        select u.id, $5 and coalesce(m.read_seq >= $6, false) as has_read,
               coalesce(p.status = 'busy', false) as is_busy, coalesce(v.chosen::text, '{{}}') as chosen
          from users u
          join lateral visible('agent', u.id) c on c.id = $1
          left join marks m on m.conversation_id = $1 and m.user_id = u.id
          left join user_presence p on p.user_id = u.id
          left join user_preferences v on v.user_id = u.id
         where u.role = 'agent' and u.disabled_at is null and u.id <> $2
           and (u.id = any ($3::integer[])
                or u.id in (select t.user_id from team_members t where t.team_id = any ($4::integer[]))
                or ($7 and p.status <> 'offline'))
         order by u.id
         limit {MOST_CALLED}
        """,
        conversation_id,
        cause.sender_id,
        meant.users,
        meant.teams,
        cause.is_public,
        cause.seq,
        meant.everybody,
    )
    return [
        Candidate(
            user_id=row["id"],
            has_read=row["has_read"],
            is_busy=row["is_busy"],
            choices=read_choices(json.decode(row["chosen"])),
        )
        for row in rows
    ]


async def insert_decisions(
    db: Database, key: Key, decisions: Sequence[tuple[int, NotificationKind, Verdict]]
) -> None:
    """Keep what was decided. What was decided before stands: the cause came again."""
    await db.execute(
        """
        insert into notifications (user_id, conversation_id, lane, seq, kind, verdict)
        select d.user_id, $1, $2, $3, d.kind, d.verdict
          from unnest($4::integer[], $5::text[], $6::text[]) d (user_id, kind, verdict)
         order by d.user_id
        on conflict do nothing
        """,
        *key,
        [user_id for user_id, _, _ in decisions],
        [kind for _, kind, _ in decisions],
        [verdict for _, _, verdict in decisions],
    )


async def select_decided(db: Database, key: Key) -> list[tuple[int, Notification]]:
    """Return what was decided of one cause, each with its agent."""
    rows = await db.fetch(
        f"""
        select {SHOWN}
          from notifications n
          join lateral visible('agent', n.user_id) c on c.id = n.conversation_id
          {BESIDE}
         where n.conversation_id = $1 and n.lane = $2 and n.seq = $3
         order by n.id
        """,
        *key,
    )
    return [(row["user_id"], _notification(row)) for row in rows]


async def select_latest(db: Database, user_id: int) -> list[Notification]:
    """Return an agent's latest, newest first, of what they may still see."""
    rows = await db.fetch(
        f"""
        select {SHOWN}
          from notifications n
          join visible('agent', $1) c on c.id = n.conversation_id
          {BESIDE}
         where n.user_id = $1
         order by n.id desc
         limit {LISTED}
        """,
        user_id,
    )
    return [_notification(row) for row in rows]


async def note_seen(db: Database, user_id: int, *, conversation_id: UUID | None, through: int) -> bool:
    """Note that an agent has seen theirs, of a conversation or of all; say whether any was news."""
    news: bool = await db.fetchval(
        """
        with seen as (
            update notifications n
               set seen_at = now()
             where n.user_id = $1 and n.seen_at is null and n.id <= $3
               and ($2::uuid is null or n.conversation_id = $2)
            returning 1
        )
        select exists (select from seen)
        """,
        user_id,
        conversation_id,
        through,
    )
    return news


async def note_rung(db: Database, user_id: int, notification_id: int) -> bool | None:
    """Note that a device rings, and say whether it is the first; None if it is no notification of this agent."""
    rung: bool | None = await db.fetchval(
        """
        with rung as (
            update notifications set rung_at = now()
             where id = $2 and user_id = $1 and rung_at is null and seen_at is null
            returning 1
        )
        select exists (select from rung) from notifications where id = $2 and user_id = $1
        """,
        user_id,
        notification_id,
    )
    return rung


def _notification(row: asyncpg.Record) -> Notification:
    fields = {name: value for name, value in row.items() if name != "user_id"}
    return Notification(**{**fields, "lane": "team" if row["lane"] == Lane.TEAM else UNSET})
