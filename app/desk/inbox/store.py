"""The changes of the list since it was last looked at, and the followers for whom they do not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from msgspec import Struct, json

from app.desk.views.facets import Facets
from app.protocol import ReadState
from app.spine.db import Database
from app.spine.log.epochs import EPOCH

decode_facets = json.Decoder(Facets).decode


class Changes(Struct, kw_only=True):
    """Rows and presences that were committed between two snapshots."""

    epoch: str
    """The log that they were read from."""
    snapshot: str
    """The one to go on from."""
    is_void: bool
    """True if the one given is of transactions that are still to come, so of another cluster."""
    conversations: list[tuple[UUID, int]]
    """With their versions."""
    users: list[tuple[int, int]]
    """Users whose presence has changed, with its version."""
    read_states: list[tuple[int, ReadState]]
    """Read states that have changed, with whose they are."""

    def __bool__(self) -> bool:
        return bool(self.conversations or self.users or self.read_states)


async def select_changes(
    db: Database, since: str | None, *, limit: int | None = None, agent_id: int | None = None
) -> Changes:
    """Return what was committed since a snapshot, at most `limit` of each kind. None stands for this moment.

    With `agent_id`, of read states only theirs.

    Whatever commits late is in the first snapshot that sees it, so nothing is missed and nothing comes twice: the
    comparison is of transactions, not of clocks.
    """
    rows = await db.fetch(
        f"""
        with now as materialized (select pg_current_snapshot() as snapshot)
        select snapshot::text, {EPOCH} as epoch,
               pg_snapshot_xmax($1::text::pg_snapshot) > pg_snapshot_xmax(snapshot) as is_void,
               null::uuid as conversation_id, null::integer as user_id, null::bigint as version,
               null::bigint as read_seq, null::bigint as team_read_seq, null::bigint as unread_from
          from now
         union all
        (select null, null, null, h.conversation_id, null, h.version, null, null, null
           from conversation_heads h
          where h.changed_block >= change_block(pg_snapshot_xmin($1::text::pg_snapshot))
            and h.changed_block <= change_block(pg_snapshot_xmax(pg_current_snapshot()))
            and not pg_visible_in_snapshot(h.changed_in, $1::text::pg_snapshot)
            -- A dump keeps the numbers of the transactions of where it was made; they mean nothing here.
            and pg_visible_in_snapshot(h.changed_in, (select snapshot from now))
          limit $2)
         union all
        (select null, null, null, null, p.user_id, (extract(epoch from p.updated_at) * 1000)::bigint,
                null, null, null
           from user_presence p
          where p.changed_block >= change_block(pg_snapshot_xmin($1::text::pg_snapshot))
            and p.changed_block <= change_block(pg_snapshot_xmax(pg_current_snapshot()))
            and not pg_visible_in_snapshot(p.changed_in, $1::text::pg_snapshot)
            and pg_visible_in_snapshot(p.changed_in, (select snapshot from now))
          limit $2)
         union all
        (select null, null, null, m.conversation_id, m.user_id, m.version, m.read_seq, m.team_read_seq, m.unread_from
           from marks m
          where m.changed_block >= change_block(pg_snapshot_xmin($1::text::pg_snapshot))
            and m.changed_block <= change_block(pg_snapshot_xmax(pg_current_snapshot()))
            and m.changed_block >= 0
            and ($3::integer is null or m.user_id = $3)
            and not pg_visible_in_snapshot(m.changed_in, $1::text::pg_snapshot)
            and pg_visible_in_snapshot(m.changed_in, (select snapshot from now))
            and exists (select from visible('agent', m.user_id) c where c.id = m.conversation_id)
          limit $2)
        """,
        since,
        limit,
        agent_id,
    )
    [now] = [row for row in rows if row["snapshot"]]
    return Changes(
        epoch=now["epoch"] or "",
        snapshot=now["snapshot"],
        is_void=bool(now["is_void"]),
        conversations=[
            (row["conversation_id"], row["version"])
            for row in rows
            if row["conversation_id"] and row["user_id"] is None
        ],
        users=[
            (row["user_id"], row["version"])
            for row in rows
            if row["user_id"] is not None and row["conversation_id"] is None
        ],
        read_states=[
            (
                row["user_id"],
                ReadState(
                    conversation_id=row["conversation_id"],
                    read_seq=row["read_seq"],
                    team_read_seq=row["team_read_seq"],
                    unread_from=row["unread_from"],
                    version=row["version"],
                ),
            )
            for row in rows
            if row["conversation_id"] and row["user_id"] is not None
        ],
    )


async def select_facets_before(
    db: Database, conversation_ids: Iterable[UUID], *, since: str
) -> Mapping[UUID, list[Facets]]:
    """Return what these conversations were before each change of their facets that was committed after a snapshot."""
    rows = await db.fetch(
        """
        select f.conversation_id, f.before
          from facet_changes f
         where f.xact >= pg_snapshot_xmin($2::text::pg_snapshot)
           and f.conversation_id = any ($1::uuid[])
           and f.before is not null
        """,
        list(conversation_ids),
        since,
    )
    found: defaultdict[UUID, list[Facets]] = defaultdict(list)
    for row in rows:
        found[row["conversation_id"]].append(decode_facets(row["before"]))
    return found


async def select_sees_others(db: Database, agent_id: int, since: str) -> bool:
    """Say whether an agent sees other conversations than at a snapshot, whatever became of those."""
    sees_others: bool = await db.fetchval(
        """
        select exists (select from sight_changes
                        where user_id = $1 and not pg_visible_in_snapshot(changed_in, $2::text::pg_snapshot))
        """,
        agent_id,
        since,
    )
    return sees_others


async def select_hidden_conversations(
    db: Database, conversation_ids: Collection[UUID], agent_ids: Collection[int]
) -> set[tuple[UUID, int]]:
    """Return each (conversation, agent) where the agent may not see the conversation."""
    # By inbox: asked for each pair, 500 followers and 200 conversations are 100,000 questions.
    rows = await db.fetch(
        """
        with here as materialized (
            select w.id, c.inbox_id from unnest($1::uuid[]) as w (id) left join visible('system', 0) c on c.id = w.id
        ), hidden as materialized (
            select * from hidden_inboxes($2) where inbox_id in (select inbox_id from here)
        )
        select h.agent_id, here.id from here join hidden h on h.inbox_id = here.inbox_id
         union all
        select r.id, here.id from here, unnest($2::integer[]) as r (id) where here.inbox_id is null
        """,
        list(conversation_ids),
        list(agent_ids),
    )
    return {(row["id"], row["agent_id"]) for row in rows}


async def select_hidden_customers(
    db: Database, customer_ids: Collection[int], agent_ids: Collection[int]
) -> set[tuple[int, int]]:
    """Return each (customer, agent) where the agent may see none of the customer's conversations."""
    rows = await db.fetch(
        """
        with here as materialized (
            select distinct w.id, c.inbox_id
              from unnest($1::integer[]) as w (id)
              left join visible('system', 0) c on c.customer_id = w.id
        ), hidden as materialized (
            select * from hidden_inboxes($2) where inbox_id in (select inbox_id from here)
        )
        select h.agent_id, here.id
          from (select *, count(*) over (partition by id) as inboxes from here) here
          join hidden h on h.inbox_id = here.inbox_id
         group by h.agent_id, here.id, here.inboxes
        having count(*) = here.inboxes
         union all
        select r.id, here.id from here, unnest($2::integer[]) as r (id) where here.inbox_id is null
        """,
        list(customer_ids),
        list(agent_ids),
    )
    return {(row["id"], row["agent_id"]) for row in rows}
