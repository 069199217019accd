"""An agent's status: chosen in one tab, seen in all of theirs, by colleagues, and as far as they may by customers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def own(desk: Desk) -> Locator:
    return desk.page.get_by_role("button", name="Status and account")


async def choose(desk: Desk, item: str) -> None:
    await own(desk).click()
    role: Any = (
        "menuitemradio" if item in {"Automatic", "Online", "Away", "Busy", "Invisible"} else "menuitem"
    )
    await desk.page.get_by_role(role, name=item).click()


def colleague(desk: Desk, name: str) -> Locator:
    return desk.page.get_by_role("list", name="Your team").get_by_role("listitem").filter(has_text=name)


async def test_a_status_is_seen_by_all_who_may_and_ends_when_it_is_cleared(
    crowd: Crowd, visit: Visit, ada: Desk, installation: Installation, server: Server
) -> None:
    grace = await crowd.agent(installation, server.url, "Grace")
    second = Desk(await ada.page.context.new_page())
    await second.page.goto(f"{server.url}/admin")
    widget = await visit()
    await widget.open()
    await widget.say("Is anybody there?")
    await expect(widget.header).to_contain_text("We're here")
    await grace.open("Is anybody there?")
    await ada.open("Is anybody there?")
    await ada.say("I am")
    await expect(widget.header).to_contain_text("Ada is here")
    await expect(ada.conversation.get_by_text("Read by Grace")).to_be_attached()

    await choose(ada, "Set a status…")
    dialog = ada.page.get_by_role("dialog", name="Your status")
    await dialog.get_by_role("button", name="Lunch").click()
    await expect(dialog.get_by_role("textbox", name="What is up?")).to_have_value("Lunch")
    assert await violations(ada.page) == []
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).not_to_be_visible()
    await expect(colleague(grace, "Ada")).to_contain_text("🍜 Lunch")
    await expect(colleague(grace, "Ada")).to_contain_text("Away")
    await expect(own(second)).to_have_accessible_name("Ada, you are away. Status and account")
    # Grace is there; of Ada the customer sees no more than that she is not.
    await expect(widget.header).to_contain_text("We're here")
    await expect(widget.header).not_to_contain_text("Lunch")

    await choose(ada, "Invisible")
    await expect(colleague(grace, "Ada")).to_contain_text("Offline")
    await expect(colleague(grace, "Ada")).not_to_contain_text("Lunch")
    await expect(own(second)).to_have_accessible_name("Ada, you are invisible. Status and account")
    await choose(second, "Clear your status")
    await expect(colleague(grace, "Ada")).to_contain_text("Online")
    await expect(own(ada)).to_have_accessible_name("Ada, you are online. Status and account")
    await expect(widget.header).to_contain_text("Ada is here")
    await second.page.close()


@THEMES
async def test_axe_finds_nothing_serious_in_the_status(theme: Any, ada: Desk) -> None:
    await ada.page.emulate_media(color_scheme=theme)
    await own(ada).click()
    assert await violations(ada.page) == []
    await ada.page.get_by_role("menuitem", name="Set a status…").click()
    dialog = ada.page.get_by_role("dialog", name="Your status")
    await dialog.get_by_text("At…").click()
    await expect(dialog.get_by_label("Ends at")).to_be_visible()
    assert await violations(ada.page) == []
    await dialog.get_by_label("Ends at").fill("2020-01-01T12:00")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Choose a time that is still to come.")
    await ada.page.keyboard.press("Escape")
    await expect(dialog).not_to_be_visible()
