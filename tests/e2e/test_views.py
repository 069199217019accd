"""Views beside the list: their counts live, lists narrowed, saved and shared, and rows that stand still."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def grace(team: Crowd, installation: Installation, server: Server) -> Desk:
    """Ada's colleague."""
    return await team.agent(installation, server.url, "Grace")


def view(desk: Desk, name: str, count: int | None = None) -> Locator:
    """Return a view beside the list, with this count if one is given: 0 is not shown."""
    views = desk.page.get_by_role("navigation", name="Views")
    if count is None:
        return views.get_by_role("link", name=re.compile(f"^{re.escape(name)}( |$)"))
    return views.get_by_role("link", name=f"{name} {count} conversations" if count else name, exact=True)


async def test_counts_follow_and_a_row_that_leaves_stays_while_it_is_open(
    visit: Visit, ada: Desk, grace: Desk, unique: Unique
) -> None:
    text = unique("Who takes this?")
    widget = await visit()
    await widget.open()
    await widget.say(text)
    for desk in (ada, grace):
        await expect(view(desk, "Unassigned", 1)).to_be_visible()
        await expect(view(desk, "All open", 1)).to_be_visible()
    await view(ada, "Unassigned").click()
    await expect(view(ada, "Unassigned")).to_have_attribute("aria-current", "page")
    await ada.open(text)
    await ada.page.get_by_role("button", name="Assign to me").click()
    await expect(view(ada, "For me", 1)).to_be_visible()
    # It is nobody's no longer, and stands where it was until Ada goes on.
    await expect(ada.row(text)).to_contain_text("No longer in this view")
    for desk in (ada, grace):
        await expect(view(desk, "Unassigned", 0)).to_be_visible()
    await expect(view(grace, "For me", 0)).to_be_visible()
    await view(ada, "For me").click()
    await expect(ada.row(text)).to_have_count(1)
    await expect(ada.row(text)).not_to_contain_text("No longer in this view")
    await view(ada, "Unassigned").click()
    await expect(ada.page.get_by_text("Nothing in this view")).to_be_visible()
    # A link to a colleague opens the same.
    await view(ada, "All open").click()
    await view(ada, "Closed").click()
    await grace.page.goto(ada.page.url)
    await expect(view(grace, "Closed")).to_have_attribute("aria-current", "page")


async def test_a_list_is_narrowed_saved_and_shared(
    visit: Visit, ada: Desk, grace: Desk, unique: Unique
) -> None:
    asked, answered, name = unique("Anyone?"), unique("A question"), unique("Waiting")
    for text in (asked, answered):
        widget = await visit()
        await widget.open()
        await widget.say(text)
        await expect(widget.state).to_have_text("Sent")
    await view(ada, "All open").click()
    await ada.open(answered)
    await ada.say(unique("An answer"))
    await ada.page.get_by_role("button", name="Filter", exact=True).click()
    await ada.page.get_by_role("menuitemcheckbox", name="Waiting for an answer").click()
    await ada.page.keyboard.press("Escape")
    await expect(ada.row(asked)).to_have_count(1)
    await ada.page.get_by_role("button", name="Order").click()
    await ada.page.get_by_role("menuitemradio", name="Longest waiting first").click()
    await ada.page.get_by_role("button", name="Save as a view").click()
    await ada.page.get_by_label("Name").fill(name)
    await ada.page.get_by_role("dialog").get_by_text("Share with the team").click()
    await ada.page.get_by_role("button", name="Save", exact=True).click()
    await expect(view(ada, name)).to_have_attribute("aria-current", "page")
    # What is open and waits is in it, and nothing else.
    await expect(ada.row(asked)).to_have_count(1)
    await expect(ada.row(answered)).to_have_count(0)
    await view(grace, name).click()
    await expect(grace.row(asked)).to_have_count(1)
    await expect(grace.page.get_by_role("button", name=f"Change the view {name}")).to_have_count(0)
    await view(ada, name).hover()
    await ada.page.get_by_role("button", name=f"Change the view {name}").click()
    await ada.page.get_by_role("menuitem", name="Delete").click()
    await expect(view(grace, name)).to_have_count(0)
    await expect(view(ada, "All open")).to_have_attribute("aria-current", "page")


async def rank(desk: Desk, before: str, after: str) -> None:
    """Set the priority of the open conversation."""
    await desk.page.get_by_role("button", name=f"Priority: {before.lower()}").click()
    await desk.page.get_by_role("menuitemradio", name=after).click()
    await expect(desk.page.get_by_role("button", name=f"Priority: {after.lower()}")).to_be_visible()


async def test_filters_stand_in_the_address_and_say_which_of_them_hides_everything(
    visit: Visit, ada: Desk, grace: Desk, unique: Unique
) -> None:
    text = unique("Rank me")
    widget = await visit()
    await widget.open()
    await widget.say(text)
    await view(ada, "All open").click()
    await ada.page.get_by_role("button", name="Filter", exact=True).click()
    found = ada.page.get_by_role("searchbox", name="Find a filter")
    await found.fill("urg")
    await ada.page.get_by_role("menuitemcheckbox", name="Urgent").click()
    await found.fill("")
    await ada.page.get_by_role("menuitemcheckbox", name="High", exact=True).click()
    await ada.page.keyboard.press("Escape")
    hidden = ada.page.get_by_text("“Priority: Urgent or High” hides everything here")
    await expect(hidden).to_be_visible()
    assert await violations(ada.page) == []
    await ada.page.reload()
    await expect(hidden).to_be_visible()
    # Rows come and go as they change.
    await view(grace, "All open").click()
    await grace.open(text)
    await rank(grace, "Normal", "Urgent")
    await expect(ada.row(text)).to_have_count(1)
    await rank(grace, "Urgent", "Normal")
    await expect(hidden).to_be_visible()
    chip = ada.page.get_by_role("grid", name="Filters").get_by_role("row")
    await expect(chip).to_have_accessible_name("Priority: Urgent or High")
    await chip.press("Backspace")
    await expect(chip).to_have_count(0)
    await expect(ada.row(text)).to_have_count(1)
    await ada.page.go_back()
    await expect(hidden).to_be_visible()
    await ada.page.get_by_role("button", name="Remove “Priority: Urgent or High”").click()
    await expect(ada.row(text)).to_have_count(1)
    await expect(chip).to_have_count(0)


async def test_on_a_phone_a_view_is_chosen_above_the_list(
    crowd: Crowd, installation: Installation, server: Server
) -> None:
    viewport = {"width": 390, "height": 844}
    phone = await crowd.agent(installation, server.url, "Pia", viewport=viewport, has_touch=True)
    await phone.page.get_by_role("button", name="View: All open").click()
    await phone.page.get_by_role("menuitemradio", name="Closed").click()
    await expect(phone.page).to_have_url(re.compile("view=closed"))
    await expect(phone.page.get_by_role("navigation", name="Views")).to_have_count(0)
    assert await violations(phone.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_views(theme: str, ada: Desk) -> None:
    await ada.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await ada.page.get_by_role("button", name="Filter", exact=True).click()
    await expect(ada.page.get_by_role("menuitemcheckbox", name="Nobody")).to_be_visible()
    assert await violations(ada.page) == []
    await ada.page.keyboard.press("Escape")
    assert await violations(ada.page) == []
