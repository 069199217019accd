"""The frame of the admin app: places with addresses, all of it by keyboard, and what was done taken back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import PASSWORD, Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest_asyncio.fixture(loop_scope="session")
async def desk(crowd: Crowd, installation: Installation, server: Server) -> AsyncIterator[Desk]:
    yield await crowd.agent(installation, server.url, "Grace")


def palette(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find anything, do anything")


async def test_everything_is_reached_by_its_name_and_by_its_keys(
    desk: Desk, visit: Visit, unique: Unique
) -> None:
    page, keyboard = desk.page, desk.page.keyboard
    question = unique("Do you ship to Bergen?")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await expect(desk.row(question)).to_be_visible()
    # A customer by what they said.
    await keyboard.press("Control+k")
    await expect(palette(page)).to_be_focused()
    await keyboard.type(question)
    await expect(page.get_by_role("option").first).to_contain_text(question)
    await keyboard.press("Enter")
    await expect(desk.texts).to_have_text([question])
    address = page.url
    # A setting by its name, a conversation again by its address.
    await keyboard.press("Control+k")
    await keyboard.type("keyboard")
    await expect(page.get_by_role("option", name="Keyboard Settings")).to_have_attribute(
        "aria-selected", "true"
    )
    await keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Keyboard", level=1)).to_be_visible()
    assert page.url.endswith("/admin/settings/keyboard")
    await page.reload()
    await expect(page.get_by_role("heading", name="Keyboard", level=1)).to_be_visible()
    await page.goto(address)
    await expect(desk.texts).to_have_text([question])
    # Keys one after the other; the palette closes as it opened, and gives the focus back.
    await keyboard.press("r")
    await expect(desk.field).to_be_focused()
    await keyboard.press("Escape")
    await expect(desk.conversation).to_be_focused()
    await keyboard.press("Control+k")
    await expect(palette(page)).to_be_focused()
    await keyboard.press("Escape")
    await expect(desk.conversation).to_be_focused()
    await keyboard.press("g")
    await keyboard.press("s")
    await expect(page.get_by_role("navigation", name="Settings")).to_be_visible()
    await keyboard.press("g")
    await keyboard.press("i")
    await expect(desk.list).to_be_visible()


async def test_what_was_done_is_shown_and_taken_back_once(
    desk: Desk, visit: Visit, unique: Unique, ada: Desk
) -> None:
    page, keyboard = desk.page, desk.page.keyboard
    question = unique("May I send it back?")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await desk.open(question)
    changes = page.get_by_role("region", name="Changes")
    await keyboard.press("Shift+A")
    await expect(changes).to_contain_text("Assigned the conversation")
    await keyboard.press("e")
    await expect(page.get_by_text("This conversation is closed.")).to_be_visible()
    await expect(changes).to_contain_text("Closed the conversation")
    await changes.get_by_role("button", name="Undo").click()
    await expect(changes).to_contain_text("Undone: Closed the conversation")
    await expect(page.get_by_text("This conversation is closed.")).to_have_count(0)
    await expect(page.get_by_role("button", name="Unassign")).to_be_visible()
    # A colleague takes it: what was assigned before is not taken from them.
    await ada.open(question)
    await ada.page.get_by_role("button", name="Take over").click()
    await expect(page.get_by_role("button", name="Take over")).to_be_visible()
    await keyboard.press("Control+z")
    await expect(changes).to_contain_text("Not undone: Assigned the conversation")
    await expect(changes).to_contain_text("It was changed again since.")
    await expect(page.get_by_role("button", name="Take over")).to_be_visible()


async def test_keys_are_chosen_by_keys_and_are_the_same_in_another_browser(
    desk: Desk, crowd: Crowd, server: Server
) -> None:
    page, keyboard = desk.page, desk.page.keyboard
    storage: Any = await page.context.storage_state()
    await page.goto(f"{server.url}/admin/settings/keyboard")
    other = Desk(await (await crowd.context(storage_state=storage)).new_page())
    button = page.get_by_role("button", name="Change the keys of “Show the keys”")
    await button.focus()
    await keyboard.press("Enter")
    field = page.get_by_role("textbox", name="New keys for “Show the keys”")
    await expect(field).to_be_focused()
    await keyboard.press("j")
    await expect(page.get_by_text("“Next conversation” has these.")).to_be_visible()
    await keyboard.press("Backspace")
    await keyboard.press("g")
    await keyboard.press("h")
    await keyboard.press("Enter")
    await expect(button).to_contain_text("GH")
    await page.reload()
    await expect(page.get_by_role("button", name="Reset the keys of “Show the keys”")).to_be_visible()
    # The session's cookie came along, the browser's own storage did not matter.
    await other.page.goto(f"{server.url}/admin/settings/keyboard")
    await expect(other.page.get_by_role("button", name="Change the keys of “Show the keys”")).to_contain_text(
        "GH"
    )
    await other.page.get_by_role("button", name="Reset the keys of “Show the keys”").click()
    await expect(button).to_contain_text("?")
    await keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await keyboard.press("Escape")


async def test_the_list_is_made_wider_by_keys_and_stays_so(desk: Desk) -> None:
    edge = desk.page.get_by_role("separator", name="Width of the list")
    await edge.focus()
    await desk.page.keyboard.press("ArrowRight")
    await expect(edge).to_have_attribute("aria-valuenow", "336")
    await desk.page.reload()
    await expect(edge).to_have_attribute("aria-valuenow", "336")
    await edge.dblclick()
    await expect(edge).to_have_attribute("aria-valuenow", "320")


@THEMES
async def test_axe_finds_nothing_serious_in_the_frame(theme: Any, ada: Desk, server: Server) -> None:
    page = ada.page
    await page.emulate_media(color_scheme=theme)
    await page.goto(f"{server.url}/admin/settings/keyboard")
    await expect(page.get_by_role("heading", name="Keyboard", level=1)).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name=re.compile("^Change the keys of “Close")).click()
    await page.keyboard.press("a")
    await expect(page.get_by_text("“Assign to a person or a team” has these.")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(palette(page)).to_be_focused()
    assert await violations(page) == []
    await page.keyboard.type("qqqq")
    await expect(page.get_by_text("Nothing is called")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")


async def test_an_agent_changes_their_name_and_password(desk: Desk, ada: Desk, server: Server) -> None:
    page = desk.page
    await page.goto(f"{server.url}/admin/settings/profile")
    name = page.get_by_role("form", name="Your name")
    await name.get_by_role("textbox", name="Name").fill("Grace Hopper")
    await name.get_by_role("button", name="Save").press("Enter")
    await expect(name.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Grace Hopper, you are"))).to_be_visible()
    password = page.get_by_role("form", name="Your password")
    await password.get_by_label("Present password").fill("not this one")
    await password.get_by_label("New password").fill("a longer, better horse")
    await password.get_by_role("button", name="Change password").press("Enter")
    await expect(password.get_by_text("That is not your present password.")).to_be_visible()
    assert await violations(page) == []
    await password.get_by_label("Present password").fill(PASSWORD)
    await password.get_by_role("button", name="Change password").press("Enter")
    await expect(password.get_by_text("Your password is changed.")).to_be_visible()
    # Here one stays signed in, with the new name.
    await page.reload()
    await expect(page.get_by_role("textbox", name="Name")).to_have_value("Grace Hopper")
