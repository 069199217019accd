"""Those whom a note mentions: whether they are there, and may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from app.protocol import Mention
from app.spine.db import Database


class Sight(NamedTuple):
    """A person or a team that cannot be mentioned in a conversation, and whether it is for not being there."""

    kind: Literal["user", "team"]
    id: int
    is_there: bool


async def select_blind(
    db: Database,
    mentions: Sequence[Mention],
    *,
    conversation_id: UUID,
    sender_id: int,
    client_msg_id: UUID,
) -> list[Sight]:
    """Return those who are not there or may not see the conversation.

    None for a note that is stored: whoever comes again with it gets the answer of the first time, whatever became of
    a team since.
    """
    rows = await db.fetch(
        """
        select m.kind, m.id, m.is_there
          from (select w.kind, w.id,
                       case w.kind
                           when 'user' then exists (select from users u
                                                     where u.id = w.id and u.role = 'agent' and u.disabled_at is null)
                           else exists (select from teams t where t.id = w.id and t.deleted_at is null)
                       end as is_there,
                       case w.kind
                           when 'user' then exists (select from visible('agent', w.id) c where c.id = $3)
                           else exists (select from visible_to_team(w.id) c where c.id = $3)
                       end as may_see
                  from unnest($1::text[], $2::integer[]) w (kind, id)) m
         where not (m.is_there and m.may_see)
           and not exists (select from entries e
                            where e.conversation_id = $3 and e.sender_id = $4 and e.client_msg_id = $5)
        """,
        [mention.kind for mention in mentions],
        [mention.id for mention in mentions],
        conversation_id,
        sender_id,
        client_msg_id,
    )
    return [Sight(*row) for row in rows]
