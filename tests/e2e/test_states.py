"""Conversations are put aside, ranked and labelled by key, with a way back; their customers see none of it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def line(desk: Desk, text: str) -> Locator:
    """A quiet line between the messages."""
    return desk.conversation.locator(".notice-line").filter(has_text=text)


async def take_back(desk: Desk, said: str) -> None:
    """Undo what was done to this conversation, once it can be: a step before it may still be shown as the last."""
    name = await desk.conversation.get_by_role("heading", level=2).inner_text()
    await expect(desk.page.get_by_text(f"{said} {name}")).to_be_visible()
    await desk.page.keyboard.press("Control+z")


async def test_a_snoozed_conversation_comes_back_when_its_customer_writes(
    visit: Visit, ada: Desk, unique: Unique
) -> None:
    asked = unique("Any news of my kettle?")
    widget = await visit()
    await widget.open()
    await widget.say(asked)
    await ada.open(asked)
    await ada.page.keyboard.press("z")
    await dialog(ada.page).get_by_role("menuitem", name="Until the customer writes").click()
    await expect(ada.conversation.get_by_text("Snoozed until the customer writes")).to_be_visible()
    await expect(line(ada, "You snoozed this until the customer writes")).to_be_visible()
    await expect(ada.row(asked).get_by_title("Snoozed until the customer writes")).to_be_visible()
    # Nobody has closed it.
    await expect(widget.panel.get_by_text("closed")).to_have_count(0)
    await widget.say("Hello?")
    await expect(line(ada, "Back from snooze: the customer wrote")).to_be_visible()
    await expect(ada.row("Hello?").get_by_title(re.compile("^Snoozed"))).to_have_count(0)


async def test_a_snooze_ends_by_key_or_is_taken_back(visit: Visit, ada: Desk, unique: Unique) -> None:
    asked = unique("And tomorrow?")
    widget = await visit()
    await widget.open()
    await widget.say(asked)
    await ada.open(asked)
    page = ada.page
    await page.keyboard.press("z")
    await expect(dialog(page).get_by_role("menuitem").first).to_be_focused()
    assert await violations(page) == []
    await dialog(page).get_by_role("menuitem", name=re.compile("^Tomorrow")).click()
    await expect(ada.conversation.get_by_text(re.compile("^Snoozed until .*9:00"))).to_be_visible()
    await take_back(ada, "Snoozed the conversation with")
    await expect(ada.conversation.get_by_text(re.compile("^Snoozed until"))).to_have_count(0)
    # A time that is over is no time to come back.
    await page.keyboard.press("z")
    own = dialog(page).get_by_label("Another time")
    await own.fill("2020-01-01T09:00")
    await dialog(page).get_by_role("button", name="Snooze").click()
    await expect(dialog(page).get_by_role("alert")).to_have_text("Choose a time that is still to come.")
    await page.keyboard.press("Escape")
    await expect(dialog(page)).to_have_count(0)


async def test_a_closed_conversation_goes_on_when_its_customer_writes(
    visit: Visit, ada: Desk, unique: Unique
) -> None:
    asked, again = unique("Is it descaled?"), unique("And the filter?")
    widget = await visit()
    await widget.open()
    await widget.say(asked)
    await ada.open(asked)
    await ada.conversation.get_by_role("button", name="Close").click()
    await expect(widget.panel.get_by_text("This conversation was closed")).to_be_visible()
    # As whoever comes back a day later does.
    await widget.page.reload()
    await widget.open()
    await expect(widget.texts).to_have_text([asked])
    await widget.say(again)
    await expect(widget.panel.get_by_text("This conversation was opened again")).to_be_visible()
    await expect(line(ada, "Open again: the customer wrote")).to_be_visible()
    await expect(ada.texts).to_have_text([asked, again])


async def test_a_priority_and_labels_are_set_by_key_and_shown_in_the_list(
    visit: Visit, ada: Desk, unique: Unique
) -> None:
    asked, name = unique("Where is my refund?"), unique("Refund")
    widget = await visit()
    await widget.open()
    await widget.say(asked)
    await ada.open(asked)
    page = ada.page
    await page.keyboard.press("p")
    await expect(dialog(page).get_by_role("menuitemradio", name="Normal")).to_be_focused()
    await page.keyboard.press("u")
    await page.keyboard.press("Enter")
    await expect(line(ada, "You set the priority to urgent")).to_be_visible()
    await expect(ada.row(asked).get_by_title("Priority: urgent")).to_be_visible()
    await page.keyboard.press("l")
    await expect(dialog(page).get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(dialog(page).get_by_role("menuitemcheckbox", name=name)).to_be_checked()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(line(ada, f"You added the label “{name}”")).to_be_visible()
    await expect(ada.row(asked).get_by_title(f"Labels: {name}")).to_be_visible()
    await take_back(ada, "Changed the labels of the conversation with")
    await expect(line(ada, f"You removed the label “{name}”")).to_be_visible()
    await expect(widget.panel.get_by_text(name)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_labels_are_kept_in_the_settings(
    theme: str, crowd: Crowd, installation: Installation, server: Server, unique: Unique
) -> None:
    desk = await crowd.agent(installation, server.url, "Grace", color_scheme=theme)
    page = desk.page
    first, other = unique("Billing"), unique("Invoices")
    await page.goto(f"{server.url}/admin/settings/labels")
    for name in (first, other):
        await page.get_by_role("button", name="New label").click()
        await dialog(page).get_by_label("Name").fill(name)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    await page.get_by_role("button", name=f"Change {first}").click()
    await dialog(page).get_by_label("Name").fill(other)
    assert await violations(page) == []
    await dialog(page).get_by_role("button", name="Save").click()
    await expect(dialog(page).get_by_role("alert")).to_contain_text("Another label has this name")
    await dialog(page).get_by_label("Name").fill(unique("Bills"))
    await dialog(page).get_by_text("Teal").click()
    await dialog(page).get_by_role("button", name="Save").click()
    await expect(page.get_by_role("listitem").filter(has_text=unique("Bills"))).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text=first)).to_have_count(0)
    assert await violations(page) == []
