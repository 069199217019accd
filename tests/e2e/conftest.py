"""One browser for all browser tests; a server, a website and an agent for each module."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.faces import Desk, Widget
from tests.e2e.people import Crowd
from tests.e2e.site import Site, open_site
from tests.server.installation import Installation
from tests.server.processes import Server

PATIENCE_MS = 20_000
FEATURES = "--disable-features=HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding"
"""Instead of Playwright's own list, which switches off what gives a frame of another site its storage."""
Visit = Callable[..., Awaitable[Widget]]
Unique = Callable[[str], str]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: dict[str, Any]) -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium | {"args": [*chromium["args"], FEATURES]})
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(installation: Installation, server: Server) -> AsyncIterator[Site]:
    """A website with an inbox that only it may embed."""
    with open_site() as site:
        site.chat = server.url
        site.inbox = await installation.inbox("Kettles", origins=(site.origin,))
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def team(browser: Browser) -> AsyncIterator[Crowd]:
    crowd = Crowd(browser)
    yield crowd
    await crowd.leave()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ada(team: Crowd, installation: Installation, server: Server) -> Desk:
    """Ada, who sits at her desk for the whole module."""
    return await team.agent(installation, server.url, "Ada")


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(browser: Browser) -> AsyncIterator[Crowd]:
    """The people of one test, in whose browsers nothing may have gone wrong."""
    crowd = Crowd(browser)
    yield crowd
    await crowd.leave()
    crowd.check()


@pytest.fixture(autouse=True)
def _calm(team: Crowd) -> Iterator[None]:
    yield
    team.check()


@pytest.fixture
def visit(crowd: Crowd, site: Site) -> Visit:
    """Visit the website as somebody new."""

    async def visit(path: str = "/", **options: Any) -> Widget:
        return await crowd.customer(site, path, **options)

    return visit


@pytest.fixture
def unique() -> Unique:
    """Make a text or name one that no other test has used, nor another run of the same."""
    mark = secrets.token_hex(3)
    return lambda text: f"{text} {mark}"
