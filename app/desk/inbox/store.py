"""The followers of the list for whom something in it does not exist."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from app.spine.db import Database


async def select_hidden_conversations(
    db: Database, conversation_ids: Collection[UUID], agent_ids: Collection[int]
) -> set[tuple[UUID, int]]:
    """Return each (conversation, agent) where the agent may not see the conversation."""
    # An array for each agent: joined as a whole, the planner might compare with every conversation there is.
    rows = await db.fetch(
        """
        select r.id as agent_id,
               unnest(array(select w.id
                              from unnest($1::uuid[]) as w (id)
                             where not exists (select from visible('agent', r.id) c where c.id = w.id))) as id
          from unnest($2::integer[]) as r (id)
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
        select r.id as agent_id,
               unnest(array(select w.id
                              from unnest($1::integer[]) as w (id)
                             where not exists (select from visible('agent', r.id) c
                                                where c.customer_id = w.id))) as id
          from unnest($2::integer[]) as r (id)
        """,
        list(customer_ids),
        list(agent_ids),
    )
    return {(row["id"], row["agent_id"]) for row in rows}
