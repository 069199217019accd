"""Canned replies: made in the settings, put in by a slash, and never sent half filled in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import PASSWORD, Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(crowd: Crowd, installation: Installation, server: Server) -> AsyncIterator[Desk]:
    yield await crowd.agent(installation, server.url, "Grace")


async def test_a_reply_is_made_put_in_and_sent_by_keyboard_alone(
    desk: Desk, visit: Visit, unique: Unique, server: Server
) -> None:
    page, keyboard = desk.page, desk.page.keyboard
    question, title = unique("When does it come?"), unique("Delivery")
    shortcut = unique("when").replace(" ", "-")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await expect(desk.row(question)).to_be_visible()
    await keyboard.press("Control+k")
    await keyboard.type("canned")
    await expect(page.get_by_role("option").first).to_contain_text("Canned replies")
    await keyboard.press("Enter")
    await page.get_by_role("button", name="New reply").press("Enter")
    await expect(page.get_by_role("textbox", name="Title")).to_be_focused()
    await keyboard.type(title)
    await keyboard.press("Tab")
    await keyboard.type("Hi {{customer.first_name|there}}, on Friday. We write to {{customer.email}}.")
    await page.get_by_role("textbox", name="Shortcut").fill(shortcut)
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_role("article", name=title)).to_be_visible()
    await keyboard.press("g")
    await keyboard.press("i")
    await desk.open(question)
    await desk.field.press_sequentially(f"So: /{shortcut}")
    await expect(page.get_by_role("option", name=title)).to_have_attribute("aria-selected", "true")
    await keyboard.press("Enter")
    # The name has a fallback. The address has none, so nobody is sent it as it stands.
    await expect(desk.field).to_have_value("So: Hi there, on Friday. We write to {{customer.email}}.")
    await expect(page.get_by_role("button", name="Send")).to_be_disabled()
    await expect(page.get_by_text("{{customer.email}} is not known here.")).to_be_visible()
    await keyboard.press("Enter")
    await keyboard.type("you")
    await keyboard.press("Enter")
    await expect(widget.texts).to_have_text([question, "So: Hi there, on Friday. We write to you."])


async def test_one_that_a_colleague_makes_is_there_at_once(
    desk: Desk, ada: Desk, visit: Visit, unique: Unique, server: Server
) -> None:
    question, title = unique("Is it open?"), unique("Hours")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await desk.open(question)
    async with httpx2.AsyncClient(base_url=server.url) as http:
        login = await http.post("/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
        http.headers["Authorization"] = f"Bearer {login.raise_for_status().json()['access_token']}"
        made = await http.post("/chat/canned", json={"title": title, "text": "From nine.", "is_shared": True})
        made.raise_for_status()
    option = desk.page.get_by_role("option", name=title)
    await desk.field.press_sequentially(f"/{title.partition(' ')[0]}")
    await expect(option).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(option).to_have_count(0)
    await expect(desk.field).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious_in_canned_replies(
    theme: Any, desk: Desk, visit: Visit, unique: Unique, server: Server
) -> None:
    page = desk.page
    await page.emulate_media(color_scheme=theme)
    question, title = unique("Anything wrong?"), unique(f"Nothing {theme}")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await expect(desk.row(question)).to_be_visible()
    await page.goto(f"{server.url}/admin/settings/canned-replies")
    await page.get_by_role("button", name="New reply").click()
    await page.get_by_role("textbox", name="Title").fill(title)
    await page.get_by_role("textbox", name="Text").fill("All is well.")
    assert await violations(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("article", name=title)).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("link", name="Inbox").click()
    await desk.open(question)
    await desk.field.press_sequentially(f"/{title.rpartition(' ')[2]}")
    await expect(page.get_by_role("option", name=title)).to_be_visible()
    assert await violations(page) == []
