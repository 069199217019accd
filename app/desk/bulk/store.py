"""Bulk actions and their conversations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from app.desk.bulk.action import STEP, Job, Outcome, Waiting, Why
from app.desk.conversations.changing import ConversationChange
from app.desk.views.predicates import binding, sql
from app.protocol import BulkAction, TeamName
from app.protocol.views import Predicate
from app.spine.db import Database
from app.spine.identity import Identity
from app.spine.log.entry import Draft
from app.values.uuid7 import uuid7

COLLECT = 10_000
"""Conversations noted in one statement."""
COLLECTING_MINUTES = 5
"""Minutes in which an action has its conversations; one that has not begun by then never will."""
LEASE_SECONDS = 10
"""Seconds after which another process goes on with what one that died was doing."""
COLUMNS = """
       a.id, a.state, a.version, a.total, a.changed, a.skipped, a.undone, a.kept, a.created_at
"""
JOB = f"{COLUMNS}, a.user_id, a.change::text as change, a.predicate::text as predicate"
decode_change = msgspec.json.Decoder(ConversationChange).decode
decode_predicate = msgspec.json.Decoder(Predicate).decode


class Left(Struct, frozen=True):
    """A conversation that a bulk action, or the way back from it, has left alone."""

    conversation_id: UUID
    customer_name: str
    why: Why


def encoded(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


async def insert_action(
    db: Database, user_id: int, change: ConversationChange, predicate: Predicate | None, *, unfinished: int
) -> UUID | None:
    """Note an action that is about nothing yet; None if this agent has as many under way as one may have."""
    action_id: UUID | None = await db.fetchval(
        f"""
        insert into bulk_actions (id, user_id, change, predicate)
        select $1, $2, $3::text::jsonb, $4::text::jsonb
         where (select count(*) from bulk_actions a
                 where a.user_id = $2 and a.created_at > now() - interval '1 day'
                   and (a.state in ('running', 'undoing')
                        -- Whoever was collecting it for longer has died, and nobody will let it begin.
                        or (a.state = 'collecting'
                            and a.created_at > now() - interval '{COLLECTING_MINUTES} minutes'))) < $5
        returning id
        """,
        uuid7(),
        user_id,
        encoded(change),
        encoded(predicate),
        unfinished,
    )
    return action_id


async def insert_chosen(
    db: Database, agent: Identity, action_id: UUID, conversation_ids: Collection[UUID]
) -> int:
    """Note conversations that were chosen; return how many of them there are for this agent."""
    rows = await db.fetch(
        """
        insert into bulk_items (bulk_id, conversation_id)
        select distinct $3::uuid, c.id from visible($1, $2) c where c.id = any ($4::uuid[])
        returning conversation_id
        """,
        agent.kind,
        agent.id,
        action_id,
        list(conversation_ids),
    )
    return len(rows)


async def insert_matching(
    db: Database, agent: Identity, action_id: UUID, predicate: Predicate, *, after: UUID
) -> tuple[int, UUID | None]:
    """Note some of what belongs to a view, in the order of ids; return how many, and the last if more may come."""
    arguments: list[Any] = [agent.kind, agent.id, action_id, after]
    condition = sql(predicate, binding(arguments))
    row = await db.fetchrow(
        f"""
        with noted as (
            insert into bulk_items (bulk_id, conversation_id)
            select $3, h.conversation_id
              from conversation_heads h
              join visible($1, $2) c on c.id = h.conversation_id
             where h.has_entries and h.conversation_id > $4 and {condition}
             order by h.conversation_id
             limit {COLLECT}
            returning conversation_id
        )
        select count(*) as count, (array_agg(conversation_id order by conversation_id desc))[1] as last from noted
        """,
        *arguments,
    )
    assert row is not None, "it counts"  # noqa: S101
    return row["count"], row["last"] if row["count"] == COLLECT else None


async def start_action(db: Database, action_id: UUID, total: int) -> BulkAction:
    """Let an action begin."""
    row = await db.fetchrow(
        f"""
        update bulk_actions a
           set total = $2::integer,
               -- It may be cancelled already.
               state = case when a.state <> 'collecting' then a.state
                            when $2::integer = 0 then 'done' else 'running' end,
               version = a.version + 1
         where a.id = $1
        returning {COLUMNS}
        """,
        action_id,
        total,
    )
    assert row is not None, "it was made by whoever starts it"  # noqa: S101
    return BulkAction(**row)


async def delete_action(db: Database, action_id: UUID) -> None:
    await db.execute("delete from bulk_actions where id = $1", action_id)


async def select_action(db: Database, user_id: int, action_id: UUID) -> BulkAction | None:
    row = await db.fetchrow(
        f"select {COLUMNS} from bulk_actions a where a.id = $1 and a.user_id = $2", action_id, user_id
    )
    return BulkAction(**row) if row else None


async def select_actions(db: Database, user_id: int, *, limit: int) -> list[BulkAction]:
    """Return the latest actions of an agent, newest first."""
    rows = await db.fetch(
        f"select {COLUMNS} from bulk_actions a where a.user_id = $1 order by a.created_at desc limit $2",
        user_id,
        limit,
    )
    return [BulkAction(**row) for row in rows]


async def select_left(
    db: Database, agent: Identity, action_id: UUID, *, state: str, limit: int, after: UUID
) -> list[Left]:
    """Return conversations that were left alone, as far as this agent sees them."""
    rows = await db.fetch(
        """
        select b.conversation_id, u.name as customer_name, b.why
          from bulk_items b
          join visible($1, $2) c on c.id = b.conversation_id
          join users u on u.id = c.customer_id
         where b.bulk_id = $3 and b.state = $4 and b.conversation_id > $5
         order by b.conversation_id
         limit $6
        """,
        agent.kind,
        agent.id,
        action_id,
        state,
        after,
        limit,
    )
    return [Left(**row) for row in rows]


async def move_action(
    db: Database, user_id: int, action_id: UUID, *, of: Sequence[str], to: str
) -> BulkAction | None:
    """Cancel an action, or begin to take it back; None if it is in none of these states."""
    row = await db.fetchrow(
        f"""
        update bulk_actions a
           set state = $4, version = a.version + 1, leased_until = now()
         where a.id = $1 and a.user_id = $2 and a.state = any ($3::text[])
        returning {COLUMNS}
        """,
        action_id,
        user_id,
        list(of),
        to,
    )
    return BulkAction(**row) if row else None


async def take_job(db: Database) -> Job | None:
    """Take the one that has waited longest for its turn; no other process does while the lease holds."""
    row = await db.fetchrow(
        f"""
        update bulk_actions a
           set leased_until = now() + interval '{LEASE_SECONDS} seconds'
         where a.id = (select d.id from bulk_actions d
                        where d.state in ('running', 'undoing') and d.leased_until <= now()
                        order by d.leased_until
                        limit 1
                          for update skip locked)
        returning {JOB}
        """
    )
    return _job(row) if row else None


async def yield_job(db: Database, action_id: UUID) -> BulkAction | None:
    """Let the others have their turn; an action that has nothing left to do is at its end."""
    row = await db.fetchrow(
        f"""
        update bulk_actions a
           set leased_until = now(),
               state = case when exists (select from bulk_items b
                                          where b.bulk_id = a.id
                                            and b.state = case a.state when 'undoing' then 'changed' else 'waiting' end)
                            then a.state
                            else case a.state when 'undoing' then 'undone' else 'done' end end,
               version = a.version + 1
         where a.id = $1 and a.state in ('running', 'undoing')
        returning {COLUMNS}
        """,
        action_id,
    )
    return BulkAction(**row) if row else None


async def select_waiting(db: Database, job: Job) -> list[Waiting]:
    """Return the conversations whose turn it is, as they are for the agent now."""
    arguments: list[Any] = ["agent", job.user_id, job.action.id, "changed" if job.is_undo else "waiting"]
    belongs = "true"
    if job.predicate is not None and not job.is_undo:
        belongs = f"({sql(job.predicate, binding(arguments))}) is true"
    rows = await db.fetch(
        f"""
        select b.conversation_id, h.version, coalesce({belongs}, false) as belongs, b.back::text as back,
               array(select e.body ->> 'event'
                       from entries e
                      where e.conversation_id = b.conversation_id and e.type = 'conversation_event'
                        and ((e.lane = 0 and e.seq > b.last_seq) or (e.lane = 1 and e.seq > b.team_last_seq)))
                   as since
          from (select * from bulk_items b
                 where b.bulk_id = $3 and b.state = $4
                 order by b.conversation_id
                 limit {STEP}) b
          left join lateral (select h.*
                               from visible($1, $2) c
                               join conversation_heads h on h.conversation_id = c.id
                              where c.id = b.conversation_id) h on true
        """,
        *arguments,
    )
    return [
        Waiting(
            id=row["conversation_id"],
            version=row["version"],
            belongs=row["belongs"],
            back=decode_change(row["back"]) if row["back"] else None,
            since=frozenset(row["since"]),
        )
        for row in rows
    ]


async def select_team_names(db: Database, team_ids: Collection[int]) -> dict[int, TeamName]:
    rows = await db.fetch(
        "select id, name from teams where id = any ($1::integer[]) and deleted_at is null", list(team_ids)
    )
    return {row["id"]: TeamName(row["id"], row["name"]) for row in rows}


async def select_unseen(db: Database, wanted: Collection[tuple[UUID, int | None, int | None]]) -> set[UUID]:
    """Return those of (conversation, assignee, team) whose assignee or team may not see the conversation."""
    rows = await db.fetch(
        """
        select w.id
          from unnest($1::uuid[], $2::integer[], $3::integer[]) as w (id, assignee_id, team_id)
         where (w.assignee_id is not null
                and not exists (select from visible('agent', w.assignee_id) c where c.id = w.id))
            or (w.team_id is not null
                and not exists (select from visible_to_team(w.team_id) c where c.id = w.id))
        """,
        [conversation_id for conversation_id, _, _ in wanted],
        [assignee_id for _, assignee_id, _ in wanted],
        [team_id for _, _, team_id in wanted],
    )
    return {row["id"] for row in rows}


async def append_bulk(
    db: Database, job: Job, outcomes: Sequence[Outcome], drafts: Sequence[Draft]
) -> set[UUID] | None:
    """Append the entries of a step and note what became of each; see the function of this name."""
    settled = await db.fetchval(
        "select append_bulk($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        job.action.id,
        job.is_undo,
        [outcome.id for outcome in outcomes],
        [outcome.version for outcome in outcomes],
        [outcome.state for outcome in outcomes],
        [outcome.why for outcome in outcomes],
        [encoded(outcome.back) for outcome in outcomes],
        [draft.conversation_id for draft in drafts],
        [draft.lane for draft in drafts],
        [draft.sender.id for draft in drafts],
        [draft.client_msg_id for draft in drafts],
        [uuid4() for _ in drafts],
        [draft.body.decode() for draft in drafts],
    )
    return None if settled is None else set(settled)


def _job(row: Mapping[str, Any]) -> Job:
    fields = dict(row)
    user_id, change, predicate = fields.pop("user_id"), fields.pop("change"), fields.pop("predicate")
    return Job(
        action=BulkAction(**fields),
        user_id=user_id,
        change=decode_change(change),
        predicate=None if predicate is None else decode_predicate(predicate),
    )
