"""The people who take part: customers of two websites with a conversation each, and the agents who see all of them."""

from __future__ import annotations

from msgspec import Struct

from app.people.auth.service import Auth
from app.people.customers.service import Sessions
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.store import upsert_agent, upsert_inbox
from app.people.tokens import sign_access_token
from app.protocol import Surface
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress
from tests.faults.history import Place

INBOXES = ("Books", "Bicycles")
PUBLIC, TEAM = 0, 1
TOKEN_SECONDS = 24 * 3600


class Person(Struct, frozen=True):
    user_id: int
    surface: Surface
    token: str
    places: tuple[Place, ...]
    """The lanes that this person follows and writes in."""


class Cast(Struct):
    customers: list[Person]
    agents: list[Person]

    @property
    def conversations(self) -> list[str]:
        return [customer.places[0][0] for customer in self.customers]

    @property
    def visible(self) -> dict[int, set[Place]]:
        """The lanes that each user may see: a customer their own public one, an agent all."""
        everything = {(conversation, lane) for conversation in self.conversations for lane in (PUBLIC, TEAM)}
        return {
            **{customer.user_id: set(customer.places) for customer in self.customers},
            **{agent.user_id: everything for agent in self.agents},
        }


async def invite(database_url: str, secret: str, *, conversations: int, agents: int) -> Cast:
    """Make the people, spread over the inboxes; two agents, or all there are, follow each conversation."""
    db = Database(PostgresAddress.read(database_url), pool_size=2)
    await db.connect()
    try:
        inboxes = [await make_inbox(db, name) for name in INBOXES]
        sessions = Sessions(
            db, Auth(db, secret=secret, access_token_seconds=TOKEN_SECONDS), session_days=1, most_open=20
        )
        customers = [
            await make_customer(sessions, inboxes[number % len(inboxes)]) for number in range(conversations)
        ]
        followed: list[list[Place]] = [[] for _ in range(agents)]
        for number, customer in enumerate(customers):
            conversation_id = customer.places[0][0]
            for agent in {number % agents, (number // agents + number + 1) % agents}:
                followed[agent] += [(conversation_id, PUBLIC), (conversation_id, TEAM)]
        return Cast(customers, [await make_agent(db, secret, n, tuple(p)) for n, p in enumerate(followed)])
    finally:
        await db.disconnect()


async def make_inbox(db: Database, name: str) -> Inbox:
    return await upsert_inbox(
        db, name, key=name.lower(), identity_secret=name, origins=None, bot=None, welcome=None, colour=None
    )


async def make_customer(sessions: Sessions, inbox: Inbox) -> Person:
    session = await sessions.open(inbox.key, identity=None, token=None, origin=None)
    return Person(session.user_id, "widget", session.token, ((str(session.conversation_id), PUBLIC),))


async def make_agent(db: Database, secret: str, number: int, places: tuple[Place, ...]) -> Person:
    user_id, _ = await upsert_agent(
        db, email=f"agent{number}@example.com", name=f"Agent {number}", is_admin=False, password_hash="none"
    )
    access = sign_access_token(user_id, None, secret=secret, seconds=TOKEN_SECONDS)
    return Person(user_id, "admin", access.token, places)
