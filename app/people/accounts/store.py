"""Agents: people with a password."""

from __future__ import annotations

from uuid import UUID

from app.people.agent import Agent, agent_of
from app.spine.db import Database


async def select_login(db: Database, email: str) -> tuple[Agent, str] | None:
    """Return the agent who signs in with this address, and the hash of the password."""
    row = await db.fetchrow(
        """
        select id, name, email, is_admin, password_hash
          from users
         where role = 'agent' and email = $1 and disabled_at is null and password_hash is not null
        """,
        email,
    )
    return (agent_of(row), row["password_hash"]) if row else None


async def select_agent(db: Database, user_id: int) -> Agent | None:
    row = await db.fetchrow(
        """
        select id, name, email, is_admin from users
         where id = $1 and role = 'agent' and disabled_at is null
        """,
        user_id,
    )
    return agent_of(row) if row else None


async def select_agents(db: Database) -> list[Agent]:
    rows = await db.fetch(
        """
        select id, name, email, is_admin from users
         where role = 'agent' and disabled_at is null
         order by lower(name), id
        """
    )
    return [agent_of(row) for row in rows]


async def select_agents_online(db: Database) -> bool:
    """Tell whether any agent is here to answer."""
    online: bool = await db.fetchval(
        """
        select exists (select from user_presence p join users u on u.id = p.user_id
                        where u.role = 'agent' and u.disabled_at is null and p.status in ('online', 'busy'))
        """
    )
    return online


async def update_password_hash(db: Database, user_id: int, old: str, new: str) -> None:
    """Replace a hash by one of the same password under today's parameters, unless it changed meanwhile."""
    await db.execute(
        "update users set password_hash = $3 where id = $1 and password_hash = $2", user_id, old, new
    )


async def update_name(db: Database, user_id: int, name: str) -> Agent | None:
    """Rename an agent; the rows of the list that show the name get a new version by themselves."""
    row = await db.fetchrow(
        """
        update users set name = $2
         where id = $1 and role = 'agent' and disabled_at is null
        returning id, name, email, is_admin
        """,
        user_id,
        name,
    )
    return agent_of(row) if row else None


async def replace_password(
    db: Database, user_id: int, old: str, new: str, *, keep_family: UUID | None
) -> bool:
    """Replace a hash by that of a new password and end all other sign-ins; False if it changed meanwhile."""
    done: bool = await db.fetchval(
        """
        with changed as (
            update users set password_hash = $3 where id = $1 and password_hash = $2 returning id
        ), ended as (
            update refresh_tokens set revoked_at = now()
             where user_id in (select id from changed) and revoked_at is null
               and family is distinct from $4
        )
        select exists (select from changed)
        """,
        user_id,
        old,
        new,
        keep_family,
    )
    return done
