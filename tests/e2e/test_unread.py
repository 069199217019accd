"""What an agent has yet to read: their own dot on the rows, the same in all of their tabs, and put back at will."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNREAD = "Unread by you"


async def test_unread_is_each_agents_own_and_the_same_in_their_tabs(
    visit: Visit, ada: Desk, crowd: Crowd, installation: Installation, server: Server, unique: Unique
) -> None:
    grace = await crowd.agent(installation, server.url, "Grace")
    tab = Desk(await ada.page.context.new_page())
    await tab.page.goto(ada.page.url)
    text = unique("Is anybody there?")
    widget = await visit()
    await widget.open()
    await widget.say(text)
    for desk in (ada, tab, grace):
        await expect(desk.row(text)).to_contain_text(UNREAD)
    await ada.page.bring_to_front()
    await ada.open(text)
    for desk in (ada, tab):
        await expect(desk.row(text)).not_to_contain_text(UNREAD)
    await expect(grace.row(text)).to_contain_text(UNREAD)
    await ada.page.get_by_role("button", name="Assign to me").click()
    # What was done last is what is undone, and that counts from the answer.
    await expect(ada.page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()
    mine = tab.page.get_by_role("navigation", name="Views").get_by_role("link", name=re.compile("^For me"))
    await expect(mine).not_to_contain_text("unread")
    await ada.page.get_by_role("region", name="Messages").focus()
    await ada.page.keyboard.press("u")
    await expect(ada.page.get_by_role("status").get_by_text("as unread")).to_be_visible()
    for desk in (ada, tab):
        await expect(desk.row(text)).to_contain_text(UNREAD)
    await expect(mine).to_contain_text("1 unread by you")
    assert await violations(ada.page) == []
    # It stays so over a reload, and until it is opened again.
    await tab.page.reload()
    await expect(tab.row(text)).to_contain_text(UNREAD)
    await ada.page.get_by_role("button", name="Undo").click()
    for desk in (ada, tab):
        await expect(desk.row(text)).not_to_contain_text(UNREAD)
    await ada.page.get_by_role("button", name=re.compile("^Actions for the message")).first.click()
    await ada.page.get_by_role("menuitem", name="Mark as unread from here").click()
    await expect(tab.row(text)).to_contain_text(UNREAD)
    await tab.page.bring_to_front()
    await tab.open(text)
    for desk in (ada, tab):
        await expect(desk.row(text)).not_to_contain_text(UNREAD)
