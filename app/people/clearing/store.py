"""Rows that have ended and nobody needs, deleted a little at a time by one process at a time.

Each step is one statement. It takes an advisory lock that ends with it, so it needs no session of its own and works
through a pooler; whoever finds the lock taken does nothing.
"""

from __future__ import annotations

from app.spine.db import Database

LOCK = 4_711_002
"""The advisory lock of whoever clears."""
ABANDONED = "interval '30 days'"
"""Time after which nobody is expected to come back to something."""
UNDOABLE = "interval '14 days'"
"""Time for which an action on many conversations can be taken back, and its report be read."""
KEPT = "interval '1 day'"
"""Age up to which ended sessions and tokens are kept, so that their holders are told that they have ended."""


async def note_written(db: Database) -> int:
    """Mark conversations as written in that a process of an older version wrote in, and return how many.

    It was in the middle of the function when that was replaced.
    """
    count: int = await db.fetchval(
        """
        with noted as (
            update conversation_heads set has_entries = true
             where not has_entries and (last_seq > 0 or team_last_seq > 0)
            returning 1
        )
        select count(*) from noted
        """
    )
    return count


async def delete_visitors(db: Database, *, seconds: float, limit: int) -> int:
    """Delete customers gone for `seconds` who never wrote, with their empty conversation; return how many.

    A customer who has another conversation, or comes in at this moment, stays.
    """
    count: int = await db.fetchval(
        """
        with mine as materialized (
            select pg_try_advisory_xact_lock($1) as is_mine
        ), due as materialized (
            select h.conversation_id, u.id as user_id
              from conversation_heads h
              join conversations c on c.id = h.conversation_id
              join users u on u.id = c.customer_id and u.role = 'customer'
              left join user_presence p on p.user_id = u.id
             where (select is_mine from mine)
               and not h.has_entries and h.last_seq = 0 and h.team_last_seq = 0
               and h.active_at < now() - make_interval(secs => $2)
               and h.updated_at < now() - make_interval(secs => $2)
               and (p.user_id is null
                    or (p.status = 'offline' and p.last_seen < now() - make_interval(secs => $2)))
               and not exists (select from sessions s
                                where s.user_id = u.id and s.seen_at >= now() - make_interval(secs => $2))
               and not exists (select from conversations other
                                where other.customer_id = u.id and other.id <> c.id)
             order by h.active_at
             limit $3
               for update of h, u skip locked
        ), conversations_gone as (
            delete from conversations where id in (select conversation_id from due)
        ), users_gone as (
            delete from users where id in (select user_id from due) returning 1
        )
        select count(*) from users_gone
        """,
        LOCK,
        seconds,
        limit,
    )
    return count


async def delete_sessions(db: Database, *, limit: int) -> int:
    """Delete sessions of customers that have expired or were ended; return how many."""
    return await _delete(db, "sessions", "id", f"expires_at < now() - {KEPT}", limit) + await _delete(
        db, "sessions", "id", f"revoked_at < now() - {KEPT}", limit
    )


async def delete_refresh_tokens(db: Database, *, limit: int) -> int:
    """Delete refresh tokens of agents that have expired or were ended; return how many.

    A token that was used stays until it expires: if it comes again, it was stolen.
    """
    return await _delete(db, "refresh_tokens", "token_hash", "expires_at < now()", limit) + await _delete(
        db, "refresh_tokens", "token_hash", f"revoked_at < now() - {KEPT}", limit
    )


async def delete_bot_turns(db: Database, *, limit: int) -> int:
    """Delete how far bots have come in conversations where they no longer owe a reply; return how many."""
    return await _delete(db, "bot_turns", "conversation_id", f"claimed_until < now() - {KEPT}", limit)


async def delete_tail(db: Database, *, days: int, limit: int) -> int:
    """Delete the oldest rows of the tail, after `days`; return how many.

    What a reader has still to read stays, unless no process has read for that reader for a month.
    """
    count: int = await db.fetchval(
        f"""
        with mine as materialized (
            select pg_try_advisory_xact_lock($1) as is_mine
        ), slowest as materialized (
            select xact, n, place from readers
             where held_until > now() - {ABANDONED}
             order by xact, n, place
             limit 1
        ), oldest as materialized (
            select xact, n, cardinality(seqs) as last, at from tail order by xact, n limit $3
        ), gone as (
            delete from tail t
             using oldest o
             where (select is_mine from mine)
               and t.xact = o.xact and t.n = o.n and o.at < now() - make_interval(days => $2)
               and not exists (select from slowest s where (o.xact, o.n, o.last) > (s.xact, s.n, s.place))
            returning t.xact, t.n, o.last
        ), noted as (
            update tail_bounds b set cleared_xact = g.xact, cleared_n = g.n, cleared_place = g.last
              from (select xact, n, last from gone order by xact desc, n desc limit 1) g
        )
        select count(*) from gone
        """,
        LOCK,
        days,
        limit,
    )
    return count


async def delete_facet_changes(db: Database, *, limit: int) -> int:
    """Delete changes of facets that nobody counts by any longer, and return how many."""
    return await _delete(db, "facet_changes", "xact", "at < now() - interval '1 hour'", limit)


async def delete_drafts(db: Database, *, limit: int) -> int:
    """Delete what agents have begun and not touched for a month, and return how many."""
    return await _delete(
        db, "drafts", "(user_id, conversation_id, lane)", f"updated_at < now() - {ABANDONED}", limit
    )


async def delete_bulk_actions(db: Database, *, limit: int) -> int:
    """Delete actions that are too old to be taken back, or whose process died before they began; return how many."""
    condition = f"(created_at < now() - {UNDOABLE} or created_at < now() - interval '1 hour' and state = 'collecting')"
    return await _delete(db, "bulk_actions", "id", condition, limit)


async def delete_set_aside(db: Database, *, limit: int) -> int:
    """Delete changes that readers have set aside and nobody has put back for a month; return how many."""
    return await _delete(db, "set_aside", "(reader, id)", f"at < now() - {ABANDONED}", limit)


async def delete_notifications(db: Database, *, limit: int) -> int:
    """Delete what agents were told of two weeks ago; return how many."""
    return await _delete(db, "notifications", "id", "created_at < now() - interval '14 days'", limit)


async def _delete(db: Database, table: str, key: str, condition: str, limit: int) -> int:
    count: int = await db.fetchval(
        f"""
        with mine as materialized (
            select pg_try_advisory_xact_lock($1) as is_mine
        ), gone as (
            delete from {table}
             where {key} in (select {key.strip("()")} from {table}
                              where (select is_mine from mine) and {condition}
                              limit $2 for update skip locked)
            returning 1
        )
        select count(*) from gone
        """,
        LOCK,
        limit,
    )
    return count
