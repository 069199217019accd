"""Several conversations of one visitor: a list where there are more than one, one badge over all, and nothing twice."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Route, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk, Widget
from tests.e2e.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
BLOCKED = "WebSocket = class { constructor() { throw new Error('blocked'); } }"


def switch(widget: Widget) -> Locator:
    return widget.header.get_by_role("button", name=re.compile("^Your conversations"))


def entries(widget: Widget) -> Locator:
    return widget.panel.get_by_role("navigation", name="Your conversations").get_by_role("listitem")


def start_new(widget: Widget) -> Locator:
    return widget.panel.get_by_role("button", name="Start a new conversation", exact=True)


async def close(desk: Desk, text: str) -> None:
    await desk.open(text)
    await desk.page.get_by_role("button", name="Close", exact=True).click()


async def begin_two(widget: Widget, ada: Desk, first: str, second: str) -> None:
    """Leave two conversations, of which the first was closed."""
    await widget.open()
    await widget.say(first)
    await expect(widget.state).to_have_text(re.compile("Sent|Delivered|Seen"))
    await expect(switch(widget)).to_have_count(0)
    await close(ada, first)
    await start_new(widget).click()
    await expect(widget.texts).to_have_count(0)
    await widget.say(second)
    await expect(widget.state).to_have_text(re.compile("Sent|Delivered|Seen"))
    await expect(switch(widget)).to_be_visible()


async def test_a_list_appears_with_the_second_and_survives_reloads_and_tabs(
    visit: Visit, site: Site, ada: Desk, unique: Unique
) -> None:
    first, second, third = unique("My order"), unique("My invoice"), unique("A refund")
    again = unique("That one again")
    widget = await visit()
    await begin_two(widget, ada, first, second)
    await switch(widget).click()
    await expect(entries(widget)).to_have_count(2)
    await expect(entries(widget).nth(0)).to_contain_text(second)
    await expect(entries(widget).nth(1)).to_contain_text(re.compile(f"{first}.*Closed"))
    assert await violations(widget.frame()) == []
    # By keyboard alone: from the one that is open to the end, and back out.
    await expect(entries(widget).nth(0).get_by_role("button")).to_be_focused()
    await widget.page.keyboard.press("Escape")
    await expect(widget.field).to_be_focused()
    await switch(widget).click()
    await start_new(widget).click()
    await widget.say(third)
    await expect(widget.state).to_have_text(re.compile("Sent|Delivered|Seen"))

    await widget.field.fill("half a thought")
    await ada.open(second)
    await ada.say("It is on its way")
    badge = widget.header.get_by_role("button", name="Your conversations, 1 unread elsewhere")
    await expect(badge).to_be_visible()
    tab = Widget(await widget.page.context.new_page())
    await tab.page.goto(site.origin)
    await expect(tab.page.get_by_role("button", name="Open chat, 1 unread")).to_be_visible()
    await tab.launcher.click()
    await expect(tab.texts).to_have_text([third])
    await expect(tab.field).to_have_value("half a thought")
    await switch(tab).click()
    await entries(tab).filter(has_text="It is on its way").get_by_role("button").click()
    await expect(tab.texts).to_have_text([second, "It is on its way"])
    await expect(tab.field).to_have_value("")
    # What one tab has read is read in the other.
    await expect(widget.header.get_by_role("button", name="Your conversations", exact=True)).to_be_visible()
    await expect(widget.texts).to_have_text([third])

    await tab.page.reload()
    await tab.launcher.click()
    await expect(tab.texts).to_have_text([second, "It is on its way"])
    await switch(tab).click()
    await expect(entries(tab)).to_have_count(3)
    await tab.page.reload()
    await tab.launcher.click()
    await expect(entries(tab)).to_have_count(3)
    await entries(tab).filter(has_text=first).get_by_role("button").click()
    await expect(tab.texts).to_have_text([first])
    await tab.say(again)
    await expect(tab.log.get_by_text("This conversation was opened again")).to_be_visible()
    await ada.open(again)
    await expect(ada.texts.first).to_have_text(first)


async def test_a_beginning_whose_answer_is_lost_is_made_once(visit: Visit, ada: Desk, unique: Unique) -> None:
    first, second, third = unique("A kettle"), unique("A lid"), unique("A spout")
    widget = await visit()
    await begin_two(widget, ada, first, second)
    begun: list[str] = []

    async def lose(route: Route) -> None:
        answer = await route.fetch()
        begun.append((await answer.json())["conversation_id"])
        await route.abort()

    await widget.page.route("**/chat/conversations", lose)
    await switch(widget).click()
    await start_new(widget).click()
    await expect(widget.panel.get_by_text("That did not work. Try again.")).to_be_visible()
    await widget.page.unroute("**/chat/conversations")
    async with widget.page.expect_response("**/chat/conversations") as response:
        await start_new(widget).click()
    assert [(await (await response.value).json())["conversation_id"]] == begun
    await widget.say(third)
    await expect(widget.texts).to_have_text([third])
    await switch(widget).click()
    await expect(entries(widget)).to_have_count(3)


async def test_what_is_unread_elsewhere_is_told_where_websockets_are_blocked(
    visit: Visit, ada: Desk, unique: Unique
) -> None:
    first, second = unique("A saucer"), unique("A spoon")
    widget = await visit()
    await widget.page.context.add_init_script(BLOCKED)
    await widget.page.reload()
    await begin_two(widget, ada, first, second)
    await ada.page.get_by_role("navigation", name="Views").get_by_role("link", name="Closed").click()
    await ada.open(first)
    await ada.page.get_by_role("button", name="Reopen", exact=True).first.click()
    await ada.say("One more thing")
    # As whoever comes next has it.
    await ada.page.get_by_role("navigation", name="Views").get_by_role("link", name="All open").click()
    await expect(
        widget.header.get_by_role("button", name="Your conversations, 1 unread elsewhere")
    ).to_be_visible()
