"""Everybody can use it: axe finds nothing serious, the keyboard is enough, a phone is large enough."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from app.values.uuid7 import uuid7
from tests.e2e.axe import violations
from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk, Widget, keep_writing
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


async def scrolls_sideways(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest_asyncio.fixture(loop_scope="session")
async def desk(crowd: Crowd, installation: Installation, server: Server) -> AsyncIterator[Desk]:
    yield await crowd.agent(installation, server.url, "Grace")


@THEMES
@pytest.mark.parametrize("path", ["/", "/demo", "/admin"])
async def test_axe_finds_nothing_serious_on_public_pages(
    path: str, theme: str, crowd: Crowd, server: Server
) -> None:
    page = await (await crowd.context(color_scheme=theme)).new_page()
    await page.goto(server.url + path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await violations(page) == []


@THEMES
async def test_axe_finds_nothing_serious_in_the_widget(theme: str, visit: Visit, ada: Desk) -> None:
    widget = await visit(color_scheme=theme)
    await expect(widget.launcher).to_be_visible()
    assert await violations(widget.page) == []
    await widget.open()
    assert await violations(widget.frame()) == []
    await widget.say(f"Is it {theme}?")
    await ada.open(f"Is it {theme}?")
    await ada.say("See https://example.com")
    await expect(widget.texts).to_have_count(2)
    await keep_writing(ada.field, until=widget.typing)
    assert await violations(widget.page) == []
    assert await violations(widget.frame()) == []


@THEMES
async def test_axe_finds_nothing_serious_in_the_admin(theme: Any, visit: Visit, ada: Desk) -> None:
    await ada.page.emulate_media(color_scheme=theme)
    widget = await visit()
    await widget.open()
    await widget.say(f"A {theme} question")
    await expect(ada.row(f"A {theme} question")).to_contain_text("unread")
    assert await violations(ada.page) == []
    await ada.open(f"A {theme} question")
    await ada.say("An answer")
    await ada.page.get_by_role("radio", name="Note").click()
    await ada.note.fill("A note")
    await ada.note.press("Enter")
    await expect(ada.texts).to_have_count(3)
    await ada.note.fill("Another no")
    assert await violations(ada.page) == []
    await ada.page.get_by_role("button", name="Status and account").click()
    await ada.page.get_by_role("menuitem", name="Keyboard shortcuts").click()
    await expect(ada.page.get_by_role("dialog")).to_be_visible()
    assert await violations(ada.page) == []
    await ada.page.keyboard.press("Escape")
    # The menu opened over the list, whose rows stand still under the pointer.
    await ada.page.mouse.move(1000, 5)


async def test_a_customer_needs_only_the_keyboard(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    keyboard = widget.page.keyboard
    await expect(widget.launcher).to_be_visible()
    await keyboard.press("Tab")
    await expect(widget.page.get_by_role("link", name="All of them")).to_be_focused()
    await keyboard.press("Tab")
    await expect(widget.launcher).to_be_focused()
    await keyboard.press("Enter")
    await expect(widget.field).to_be_focused()
    # The panel is a page of another process, which the browser gives the keyboard a moment later.
    await widget.frame().wait_for_function("document.hasFocus()")
    await keyboard.type("No mouse here")
    await keyboard.press("Enter")
    await expect(widget.texts).to_have_text(["No mouse here"])
    await keyboard.press("Escape")
    await expect(widget.launcher).to_have_accessible_name("Open chat")
    await expect(widget.launcher).to_be_focused()
    await keyboard.press("Space")
    await expect(widget.field).to_be_focused()
    await expect(widget.texts).to_have_text(["No mouse here"])


async def test_an_agent_needs_only_the_keyboard(visit: Visit, desk: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Can you reach me?")
    await expect(desk.row("Can you reach me?")).to_be_visible()
    keyboard = desk.page.keyboard
    await keyboard.press("j")
    await expect(desk.texts).to_have_text(["Can you reach me?"])
    await keyboard.press("r")
    await expect(desk.field).to_be_focused()
    await keyboard.type("Easily")
    await keyboard.press("Enter")
    await expect(widget.texts).to_have_text(["Can you reach me?", "Easily"])
    await keyboard.press("Escape")
    await expect(desk.field).not_to_be_focused()
    await keyboard.press("Shift+A")
    await expect(desk.page.get_by_role("button", name="Unassign")).to_be_visible()
    await keyboard.press("e")
    await expect(desk.page.get_by_text("This conversation is closed.")).to_be_visible()


async def test_a_screen_reader_hears_new_messages_and_not_old_ones(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Say it aloud")
    await ada.open("Say it aloud")
    await ada.say("This is old by then")
    await expect(widget.texts).to_have_count(2)
    await widget.page.reload()
    await widget.open()
    await expect(widget.texts).to_have_count(2)
    spoken = widget.panel.get_by_role("log")
    await expect(spoken).to_be_empty()
    await ada.say("This is new")
    await expect(spoken).to_have_text("Ada: This is new")
    await widget.say("Heard")
    await expect(ada.page.get_by_role("log").filter(has_text=re.compile("Heard$"))).to_have_count(1)


async def test_the_widget_fills_a_phone(visit: Visit, ada: Desk) -> None:
    # Of another language than the words, which are all of one.
    widget = await visit(**PHONE, locale="de-DE")
    await widget.launcher.tap()
    await expect(widget.heading).not_to_be_empty()
    frame = await widget.page.locator("iframe").bounding_box()
    assert frame == {"x": 0, "y": 0, "width": 375, "height": 667}
    await widget.say("On the tram")
    await ada.open("On the tram")
    await ada.say("Mind the doors")
    await expect(widget.texts).to_have_text(["On the tram", "Mind the doors"])
    await expect(widget.log.locator(".day")).to_have_text("Today")
    assert not await widget.frame().evaluate("document.documentElement.scrollWidth > innerWidth")
    await widget.panel.get_by_role("button", name="Close chat").tap()
    await expect(widget.field).not_to_be_visible()


async def test_an_agent_answers_from_a_phone(
    visit: Visit, crowd: Crowd, installation: Installation, server: Server
) -> None:
    desk = await crowd.agent(installation, server.url, "Mary", **PHONE)
    widget: Widget = await visit()
    question, answer = f"Are you on the move? {uuid7()}", f"Always {uuid7()}"
    await widget.open()
    await widget.say(question)
    assert not await scrolls_sideways(desk.page)
    await desk.row(question).tap()
    await expect(desk.list).not_to_be_visible()
    name = desk.page.get_by_role("heading", name=re.compile("^Visitor"))
    assert not await name.evaluate("heading => heading.scrollWidth > heading.clientWidth")
    await desk.say(answer)
    await expect(widget.texts).to_have_text([question, answer])
    assert not await scrolls_sideways(desk.page)
    await desk.page.get_by_role("link", name="Back to the list").tap()
    await expect(desk.row(answer)).to_be_visible()
