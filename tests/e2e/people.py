"""The people before the browsers: each with a context of their own, so that nobody shares a storage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, WebError

from app.people.provisioning.service import create_agent
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress
from tests.e2e.faces import Desk, Widget
from tests.e2e.site import Site
from tests.server.installation import Installation

PASSWORD = "a good long password"
NETWORK = ("Failed to load resource", "WebSocket connection to", "WebSocket is already in CLOSING")
"""The browser's words for events of the network, which are not always faults."""
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) =>
  console.error("policy violated:", violatedDirective, blockedURI));
"""


@dataclass
class Crowd:
    """Opens contexts, hears what goes wrong in them, and closes them."""

    browser: Browser
    troubles: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def context(self, **options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = await self.browser.new_context(**options)
        self._contexts.append(context)
        context.on("console", self._said)
        context.on("weberror", self._threw)
        await context.add_init_script(REPORT_VIOLATIONS)
        return context

    async def customer(self, site: Site, path: str = "/", **options: Any) -> Widget:
        """Visit the website as somebody new."""
        page = await (await self.context(**options)).new_page()
        await page.goto(site.origin + path)
        return Widget(page)

    async def agent(self, installation: Installation, url: str, name: str, **options: Any) -> Desk:
        """Make an agent and sign them in."""
        email = f"{name.lower()}@example.com"
        db = Database(PostgresAddress.read(installation.database_url), pool_size=1)
        await db.connect()
        try:
            await create_agent(db, email=email, name=name, password=PASSWORD, role="agent")
        finally:
            await db.disconnect()
        desk = Desk(await (await self.context(**options)).new_page())
        await desk.sign_in(url, email, PASSWORD)
        return desk

    async def leave(self) -> None:
        for context in self._contexts:
            await context.close()
        self._contexts.clear()

    def check(self) -> None:
        """Complain of uncaught errors, violated policies and whatever else the pages said was wrong."""
        troubles, self.troubles[:] = list(self.troubles), []
        assert not troubles, troubles

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NETWORK):
            self.troubles.append(f"{message.text} ({message.location['url']})")

    def _threw(self, error: WebError) -> None:
        self.troubles.append(str(error.error))
