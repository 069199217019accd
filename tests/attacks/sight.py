"""Conversations that some agents may not see, by the rule as it is: an inbox for each, which belongs to a team."""

from __future__ import annotations

from collections.abc import Collection

from tests.server.installation import Installation, Person


async def restrict(installation: Installation, conversation_id: str, members: Collection[Person]) -> int:
    """Put a conversation into an inbox of its own, and give that to a team of these agents; return the team.

    Nobody who is there has seen it, so nobody is told of a change.
    """
    name = f"Inbox of {conversation_id}"
    await installation.inbox(name)
    team_id: int = await installation.sql(
        "with x as (select id from inboxes where name = $2),"
        " t as (insert into teams (name) values (gen_random_uuid()::text) returning id),"
        " i as (insert into team_inboxes (inbox_id, team_id) select x.id, t.id from x, t),"
        " m as (insert into team_members (user_id, team_id) select unnest($3::integer[]), t.id from t)"
        " update conversations set inbox_id = x.id from x, t where conversations.id = $1::text::uuid"
        " returning t.id",
        conversation_id,
        name,
        [person.id for person in members],
    )
    return team_id
