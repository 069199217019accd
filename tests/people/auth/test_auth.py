"""Authentication of many sockets and requests at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.errors import AuthFailed, RateLimited
from app.people.accounts.passwords import WAITING, Passwords
from app.people.accounts.store import select_agents
from app.people.agent import Agent
from app.people.auth.service import Auth
from app.people.customers.store import insert_visitor
from app.people.provisioning.service import create_agent, create_inbox
from app.people.tokens import SESSION_PREFIX, hash_token, make_token
from app.settings import Settings
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress

SECRET = "a secret that is long enough for HS256"


class CountingDatabase(Database):
    """Counts the statements that are sent."""

    statements = 0

    async def fetch(self, sql: str, *arguments: object) -> list[object]:
        self.statements += 1
        return await super().fetch(sql, *arguments)


@pytest_asyncio.fixture
async def db(settings: Settings) -> AsyncIterator[CountingDatabase]:
    db = CountingDatabase(PostgresAddress.read(settings.database_url), pool_size=2)
    await db.connect()
    yield db
    await db.disconnect()


@pytest.fixture
def auth(db: CountingDatabase) -> Auth:
    return Auth(db, secret=SECRET, access_token_seconds=900)


async def new_agent(db: Database) -> Agent:
    await create_agent(db, email="ada@example.com", name="Ada", password="correct horse", role=None)
    (agent,) = await select_agents(db)
    return agent


async def test_a_storm_of_customers_costs_a_few_statements(db: CountingDatabase, auth: Auth) -> None:
    inbox = await create_inbox(db, name="Shop")
    tokens = [make_token(SESSION_PREFIX) for _ in range(300)]
    made = [await insert_visitor(db, hash_token(token), inbox_id=inbox.id, days=1) for token in tokens]
    db.statements = 0
    identities = await asyncio.gather(*(auth.customer(token) for token in tokens))
    assert db.statements <= 3
    assert [identity.user_id for identity in identities] == [user_id for _, user_id, _ in made]
    assert all(identity.role == "customer" and identity.session_id for identity in identities)


async def test_a_storm_of_agents_costs_a_few_statements(db: CountingDatabase, auth: Auth) -> None:
    token = auth.issue_access_token(await new_agent(db)).token
    db.statements = 0
    identities = await asyncio.gather(*(auth.agent(token) for _ in range(300)))
    assert db.statements <= 3
    assert len(set(identities)) == 1


async def test_one_bad_token_in_a_storm_harms_only_itself(db: CountingDatabase, auth: Auth) -> None:
    inbox = await create_inbox(db, name="Shop")
    token = make_token(SESSION_PREFIX)
    await insert_visitor(db, hash_token(token), inbox_id=inbox.id, days=1)
    good, bad = await asyncio.gather(auth.customer(token), auth.customer("fss_bad"), return_exceptions=True)
    assert not isinstance(good, BaseException)
    assert isinstance(bad, AuthFailed)


async def test_all_revocations_are_found_in_one_statement(db: CountingDatabase, auth: Auth) -> None:
    inbox = await create_inbox(db, name="Shop")
    tokens = [make_token(SESSION_PREFIX) for _ in range(4)]
    for token in tokens:
        await insert_visitor(db, hash_token(token), inbox_id=inbox.id, days=1)
    kept, revoked, expired, disabled = [await auth.customer(token) for token in tokens]
    await db.execute("update sessions set revoked_at = now() where id = $1", revoked.session_id)
    await db.execute("update sessions set expires_at = now() where id = $1", expired.session_id)
    await db.execute("update users set disabled_at = now() where id = $1", disabled.user_id)
    db.statements = 0
    assert await auth.revoked([kept, revoked, expired, disabled]) == {revoked, expired, disabled}
    assert db.statements == 1
    assert await auth.revoked([]) == set()


async def test_processes_that_start_together_share_one_generated_secret(db: CountingDatabase) -> None:
    auths = [Auth(db, secret="", access_token_seconds=900) for _ in range(4)]
    await asyncio.gather(*(auth.start() for auth in auths))
    token = auths[0].issue_access_token(await new_agent(db)).token
    for auth in auths:
        await auth.agent(token)


async def test_a_password_is_checked_and_an_unknown_one_takes_as_much_work() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert await passwords.verify(hashed, "correct horse")
    assert not await passwords.verify(hashed, "wrong horse")
    assert not await passwords.verify(None, "a password that nobody has")
    assert not await passwords.verify("no hash at all", "correct horse")
    assert not passwords.is_outdated(hashed)
    assert passwords.is_outdated(hashed.replace("t=3", "t=1"))


async def test_a_crowd_at_the_door_does_not_grow_without_end() -> None:
    passwords = Passwords()
    outcomes = await asyncio.gather(
        *(passwords.hash("correct horse") for _ in range(WAITING + 5)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, RateLimited)]
    assert len(refused) == 5
    assert await passwords.hash("correct horse")
