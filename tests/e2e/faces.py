"""The two faces as people meet them: found by role and name, waited for and never slept for."""

from __future__ import annotations

import re

from playwright.async_api import Frame, FrameLocator, Locator, Page, expect


class Widget:
    """The widget on a page that embeds it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.get_by_role("button", name=re.compile("^(Open|Close) chat"))
        self.panel: FrameLocator = page.frame_locator("iframe[title=Chat]")
        self.field = self.panel.get_by_role("textbox", name="Message")
        self.header = self.panel.locator("header")
        self.heading = self.header.get_by_role("heading")
        self.log = self.panel.get_by_role("region", name="Conversation")
        self.typing = self.panel.get_by_text(re.compile("is typing$"))

    async def open(self) -> None:
        await self.launcher.click()
        await expect(self.field).to_be_focused()
        # From now on it knows its conversation.
        await expect(self.heading).not_to_be_empty()

    async def say(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")

    @property
    def texts(self) -> Locator:
        """The texts of all messages, top to bottom."""
        return self.log.locator(".text:not(.bubble)")

    @property
    def state(self) -> Locator:
        """Return the state of the latest own message."""
        return self.log.locator(".under").last

    def frame(self) -> Frame:
        """Return the panel's own page."""
        return next(frame for frame in self.page.frames if "/widget/panel" in frame.url)


class Desk:
    """The admin app."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.list = page.get_by_role("navigation", name=re.compile("conversations$"))
        self.field = page.get_by_role("textbox", name=re.compile("^Reply to"))
        self.note = page.get_by_role("textbox", name=re.compile("^Private note"))
        self.conversation = page.locator("#conversation")
        self.typing = page.locator(".typing-line")

    async def sign_in(self, url: str, email: str, password: str) -> None:
        await self.page.goto(f"{url}/admin")
        await self.page.get_by_label("E-mail").fill(email)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("heading", name="Fireside", exact=True)).to_be_visible()

    def row(self, text: str) -> Locator:
        """Return the row of the list with this text in it."""
        return self.list.get_by_role("link").filter(has_text=text)

    async def open(self, text: str) -> None:
        """Open the conversation whose last message says this."""
        await self.row(text).click()
        await expect(self.texts.filter(has_text=text).last).to_be_visible()
        # Rows stand still under the pointer, and later ones are to be seen.
        await self.page.mouse.move(1000, 5)

    async def say(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")

    @property
    def texts(self) -> Locator:
        """The texts of the messages on the screen, top to bottom."""
        return self.conversation.locator(".message .bubble")


async def keep_writing(field: Locator, until: Locator) -> None:
    """Press keys until something is shown, as a person does: signals are sent at most once, and again every two
    seconds while somebody writes."""
    while not await until.count():
        await field.press("o")
