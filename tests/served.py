"""A served app on real engines, and people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from app.factory import Fireside, create_app
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.service import create_agent, create_api_key, create_inbox
from app.settings import Settings
from tests.rest_people import PASSWORD, Client, Person, come_in_to


@pytest_asyncio.fixture
async def app(settings: Settings) -> AsyncIterator[Fireside]:
    app = create_app(settings)
    async with app.test_app():
        yield app


@pytest.fixture
def client(app: Fireside) -> Client:
    return app.test_client()


@pytest_asyncio.fixture
async def inbox(app: Fireside) -> Inbox:
    return await create_inbox(app.areas.spine.db, name="Shop", welcome="Hello!", colour="#c2410c")


@pytest.fixture
def come_in(client: Client, inbox: Inbox) -> Callable[[], Awaitable[Person]]:
    """A customer's first session."""

    return lambda: come_in_to(client, inbox)


@pytest_asyncio.fixture
async def customer(come_in: Callable[[], Awaitable[Person]]) -> Person:
    return await come_in()


@pytest_asyncio.fixture
async def agent(app: Fireside, client: Client) -> Person:
    made = await create_agent(
        app.areas.spine.db, email="ada@example.com", name="Ada", password=PASSWORD, role="agent"
    )
    response = await client.post("/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
    return Person(client, (await response.get_json())["access_token"], made.id)


@pytest_asyncio.fixture
async def backend(app: Fireside, client: Client) -> Person:
    return Person(client, await create_api_key(app.areas.spine.db, name="shop backend", rotate=False))
