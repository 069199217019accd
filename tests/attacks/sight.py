"""`visible()` with something to hide: agents for whom a conversation does not exist."""

from __future__ import annotations

from app.operate.migrate.files import MIGRATIONS
from tests.server.installation import Installation, Person

RULE = "     where case reader_kind\n"
UNLESS_HIDDEN = """     where not exists (select from hidden x
                        where reader_kind = 'agent' and x.agent_id = reader_id and x.conversation_id = c.id)
       and case reader_kind
"""


async def make_hideable(installation: Installation) -> None:
    """Edit the function in this database, and nothing else anywhere."""
    text = (MIGRATIONS / "functions" / "visible.sql").read_text()
    assert text.count(RULE) == 1
    await installation.sql(
        "create table if not exists hidden"
        " (agent_id integer, conversation_id uuid, primary key (agent_id, conversation_id))"
    )
    await installation.sql(text.replace(RULE, UNLESS_HIDDEN))


async def hide(installation: Installation, conversation_id: str, agent: Person) -> None:
    """From now on the agent may not see the conversation."""
    await installation.sql(
        "insert into hidden values ($1, $2::text::uuid) on conflict do nothing", agent.id, conversation_id
    )
