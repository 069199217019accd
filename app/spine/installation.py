"""Values that the installation keeps for itself."""

from __future__ import annotations

from hashlib import sha256

import asyncpg
import structlog

from app.spine.db import Database

log = structlog.get_logger()

UNREADABLE = (asyncpg.UndefinedFunctionError, asyncpg.FeatureNotSupportedError)
"""Answers of a Postgres that keeps the number of its cluster to itself."""
MAY_READ = "select has_function_privilege('pg_control_system()', 'execute')"


async def insert_value(db: Database, name: str, value: str) -> str:
    """Keep `value` under `name` unless there is one already, and return the one that is kept.

    Processes that start together all get the same.
    """
    kept: str = await db.fetchval(
        """
        insert into installation as kept (name, value) values ($1, $2)
            on conflict (name) do update set value = kept.value
        returning value
        """,
        name,
        value,
    )
    return kept


async def insert_demo_mark(db: Database, inbox_name: str) -> bool:
    """Note which inbox is the demo's; tell whether it was noted.

    It is not when there was a demo before, or the database is in use.
    """
    noted = await db.fetchval(
        """
        insert into installation (name, value)
        select 'demo_inbox', $1
         where not exists (select from inboxes) and not exists (select from users where role = 'agent')
            on conflict (name) do nothing
        returning name
        """,
        inbox_name,
    )
    return noted is not None


async def select_namespace(db: Database, installation_id: str) -> str:
    """Return what keeps this database's processes apart from all others on a shared Redis.

    The installation's id alone is part of every dump, so a copy restored beside production would hear production
    and be heard by it. The cluster's own number and the database's oid are not in a dump. Some providers let nobody
    read the number; there the oid has to do.
    """
    database = await db.fetchval("select oid::text from pg_database where datname = current_database()")
    cluster = ""
    try:
        # Asked first: a statement without the right to it is a fault that another try may find mended.
        if await db.fetchval(MAY_READ):
            cluster = await db.fetchval("select system_identifier::text from pg_control_system()")
        else:
            log.info("cluster_unknown", reason="the role may not execute pg_control_system()")
    except UNREADABLE as error:
        log.info("cluster_unknown", reason=str(error))
    return sha256(f"{installation_id}:{cluster}:{database}".encode()).hexdigest()[:12]
