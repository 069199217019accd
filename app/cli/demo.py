"""Something to look at on the first run: an inbox and an agent, with a password told only once."""

from __future__ import annotations

from msgspec import Struct

from app.people.provisioning.service import create_agent, create_inbox
from app.spine.db import Database
from app.spine.installation import insert_demo_mark
from app.values.postgres_address import PostgresAddress

EMAIL = "demo@fireside.local"
INBOX = "Demo shop"
WELCOME = "Hello! An echo answers here until a person does. Ask away."


class Demo(Struct, frozen=True):
    email: str
    password: str


async def create_demo(database: PostgresAddress) -> Demo | None:
    """Create the demo on a database with neither agent nor inbox; None if it is in use, or has had its demo.

    Of processes that start together, one does it. The echo shows a newcomer at once that messages arrive, and
    falls silent when the agent writes, which is the other thing to see.
    """
    db = Database(database, pool_size=1)
    try:
        await db.connect()
        if not await insert_demo_mark(db, INBOX):
            return None
        await create_inbox(db, name=INBOX, bot="echo", welcome=WELCOME)
        agent = await create_agent(db, email=EMAIL, name="Ada", password=None, role="admin")
    finally:
        await db.disconnect()
    return Demo(EMAIL, agent.generated_password or "")
