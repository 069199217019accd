"""The numbers of conversations in views, and how they have changed, all as of one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from app.desk.views.facets import STATUSES, Bind, Facets
from app.desk.views.predicates import binding, one_of, sql, statuses_of
from app.protocol.views import Predicate
from app.spine.db import Database

CAP = 1_000
"""Conversations beyond which a view is counted no further."""
GROUPED_STATUSES = one_of(status for status in STATUSES if status != "closed")
"""The statuses that one scan counts; closed conversations are many and only become more."""
decode = msgspec.json.Decoder(Facets | None).decode


class Look(Struct, kw_only=True):
    """The answer of one statement."""

    snapshot: str
    changes: list[tuple[Facets | None, Facets | None]]
    """Each facet change since the last look, before and after."""
    changed: set[str]
    """Other things that have changed: `views`, or `sights`, the inboxes that somebody may see."""
    groups: list[tuple[Facets, int]]
    """All listed conversations that are not closed, by their facets."""
    counts: list[int]
    """Those of each view that was asked for singly, up to the cap."""


async def select_snapshot(db: Database) -> str:
    """Return this moment, for a look to begin from."""
    snapshot: str = await db.fetchval("select pg_current_snapshot()::text")
    return snapshot


async def select_look(
    db: Database,
    since: str | None,
    *,
    grouped: bool,
    single: Sequence[tuple[Predicate, frozenset[int]]],
) -> Look:
    """Return the changes since a snapshot and the counts that are asked for, of this moment.

    One statement has one snapshot, so a change is either told or counted, and never both. `single` are views, resolved,
    with the inboxes in which their reader sees conversations: what `visible()` says by inbox, said once for many.
    """
    arguments: list[Any] = [since, grouped]
    bind = binding(arguments)
    singles = "".join(
        f" union all select 'count', {place}::text, null, null, ({_counted(predicate, sight, bind)})"
        for place, (predicate, sight) in enumerate(single)
    )
    rows = await db.fetch(
        f"""
        with now as materialized (select pg_current_snapshot() as snapshot)
        select 'now' as kind, snapshot::text as text, null::jsonb as before, null::jsonb as after,
               null::bigint as count
          from now
         union all
        (select 'change', null, f.before, f.after, null
           from facet_changes f
          where f.xact >= pg_snapshot_xmin($1::text::pg_snapshot)
            and f.xact < (select pg_snapshot_xmax(snapshot) from now)
            and not pg_visible_in_snapshot(f.xact, $1::text::pg_snapshot)
            and pg_visible_in_snapshot(f.xact, (select snapshot from now)))
         union all
        select 'changed', d.what, null, null, null
          from desk_changes d
         where not pg_visible_in_snapshot(d.changed_in, $1::text::pg_snapshot)
         union all
        select 'group', null, null,
               jsonb_build_object('status', g.status, 'inbox_id', g.inbox_id, 'assignee_id', g.assignee_id,
                                  'team_id', g.team_id, 'waiting', g.waiting,
                                  'priority', (array['low', 'normal', 'high', 'urgent'])[g.priority + 2]), g.count
          from (select h.status, h.inbox_id, h.assignee_id, h.team_id, h.priority,
                       h.waiting_since is not null as waiting, count(*)
                  from conversation_heads h
                 where h.has_entries and h.status in ({GROUPED_STATUSES}) and $2
                 group by 1, 2, 3, 4, 5, 6) g
        {singles}
        """,
        *arguments,
    )
    [now] = [row["text"] for row in rows if row["kind"] == "now"]
    counts = {int(row["text"]): row["count"] for row in rows if row["kind"] == "count"}
    return Look(
        snapshot=now,
        changes=[(facets(row["before"]), facets(row["after"])) for row in rows if row["kind"] == "change"],
        changed={row["text"] for row in rows if row["kind"] == "changed"},
        groups=[
            (group, row["count"])
            for row in rows
            if row["kind"] == "group" and (group := facets(row["after"])) is not None
        ],
        counts=[counts[place] for place in range(len(single))],
    )


def _counted(predicate: Predicate, sight: frozenset[int], bind: Bind) -> str:
    """Return a statement that counts a view up to the cap, each status along the list's own index."""
    condition, inbox_ids = sql(predicate, bind), bind(list(sight))
    walks = " union all ".join(
        f"""
        (select
           from conversation_heads h
          where h.has_entries and h.status = {one_of([status])} and h.inbox_id = any ({inbox_ids}::integer[])
            and {condition}
          order by h.active_at desc
          limit {CAP})
        """
        for status in statuses_of(predicate)
    )
    return (
        f"select count(*) from (select from ({walks}) each limit {CAP}) found"
        if walks
        else "select 0::bigint"
    )


def facets(text: str | None) -> Facets | None:
    return None if text is None else decode(text)
