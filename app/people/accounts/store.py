"""Agents: people with a password."""

from __future__ import annotations

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
