"""Identities that may no longer be here."""

from __future__ import annotations

from collections.abc import Sequence

from app.db import Database
from app.identity import Identity


async def select_revoked(db: Database, identities: Sequence[Identity]) -> list[int]:
    """Return the indexes of those whose user is disabled, or whose session or sign-in has ended."""
    rows = await db.fetch(
        """
        select i.ord - 1 as index
          from unnest($1::integer[], $2::bigint[], $3::uuid[]) with ordinality
            as i (user_id, session_id, family, ord)
         where not exists (select from users u where u.id = i.user_id and u.disabled_at is null)
            or (i.session_id is not null
                and not exists (select from sessions s
                                 where s.id = i.session_id and s.revoked_at is null and s.expires_at > now()))
            or (i.family is not null
                and not exists (select from refresh_tokens t
                                 where t.family = i.family and t.revoked_at is null))
        """,
        [identity.user_id for identity in identities],
        [identity.session_id for identity in identities],
        [identity.family for identity in identities],
    )
    return [row["index"] for row in rows]
