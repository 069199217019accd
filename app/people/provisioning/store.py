"""Keys of backends, known by their hashes."""

from __future__ import annotations

from app.people.inboxes.inbox import Inbox, inbox_of
from app.spine.db import Database
from app.values.origin import Origin


async def insert_api_key(db: Database, name: str, key_hash: bytes) -> int | None:
    """Keep a key and return its id, or None when the name is taken."""
    key_id: int | None = await db.fetchval(
        "insert into api_keys (name, key_hash) values ($1, $2) on conflict (name) do nothing returning id",
        name,
        key_hash,
    )
    return key_id


async def upsert_api_key(db: Database, name: str, key_hash: bytes) -> int:
    """Keep a key under this name, in the place of an older one, which is good no longer."""
    key_id: int = await db.fetchval(
        """
        insert into api_keys (name, key_hash) values ($1, $2)
            on conflict (name) do update
           set key_hash = excluded.key_hash, revoked_at = null, created_at = now()
        returning id
        """,
        name,
        key_hash,
    )
    return key_id


async def upsert_agent(
    db: Database, *, email: str, name: str, is_admin: bool | None, password_hash: str | None
) -> tuple[int, bool]:
    """Create the agent with this address or update them; return the id and whether they are new.

    None leaves what is there as it is; a new hash ends all sign-ins of the agent.
    """
    (row,) = await db.fetch(
        """
        with agent as (
            insert into users as u (role, email, name, is_admin, password_hash)
            values ('agent', $1, $2, coalesce($3, false), $4)
                on conflict (email) where role = 'agent' do update
               set name = excluded.name, is_admin = coalesce($3, u.is_admin), disabled_at = null,
                   password_hash = coalesce(excluded.password_hash, u.password_hash)
            returning id, xmax = 0 as created
        ), ended as (
            update refresh_tokens t set revoked_at = now()
              from agent
             where t.user_id = agent.id and t.revoked_at is null and $4::text is not null
        )
        select id, created from agent
        """,
        email,
        name,
        is_admin,
        password_hash,
    )
    return row["id"], row["created"]


async def select_agent_exists(db: Database, email: str) -> bool:
    """Tell whether there is an agent with this address, disabled or not."""
    found: bool = await db.fetchval(
        """
        select exists (select from users where role = 'agent' and email = $1)
        """,
        email,
    )
    return found


async def upsert_inbox(
    db: Database,
    name: str,
    *,
    key: str,
    identity_secret: str,
    origins: list[Origin] | None,
    bot: str | None,
    welcome: str | None,
    colour: str | None,
    reopen_days: int | None = None,
) -> Inbox:
    """Create the inbox of this name or update what is given; an existing one keeps its key and its secret."""
    (row,) = await db.fetch(
        """
        insert into inboxes as i (name, key, identity_secret, origins, bot, welcome, colour, reopen_days)
        values ($1, $2, $3, coalesce($4::text[], '{}'), coalesce($5, 'none'), coalesce($6, ''), $7, coalesce($8, 7))
            on conflict (name) do update
           set origins = coalesce($4::text[], i.origins), bot = coalesce($5, i.bot),
               welcome = coalesce($6, i.welcome), colour = coalesce($7, i.colour),
               reopen_days = coalesce($8, i.reopen_days)
        returning *
        """,
        name,
        key,
        identity_secret,
        origins,
        bot,
        welcome,
        colour,
        reopen_days,
    )
    return inbox_of(row)
