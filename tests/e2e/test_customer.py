"""The customer beside the conversation: what is known of them, by whose word, and what the team notes down."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


async def test_what_one_agent_sets_right_and_notes_down_a_colleague_reads_at_once(
    crowd: Crowd, visit: Visit, ada: Desk, installation: Installation, server: Server
) -> None:
    grace = await crowd.agent(installation, server.url, "Grace")
    widget = await visit()
    await widget.open()
    await widget.say("Where is my parcel?")
    for desk in (grace, ada):
        await desk.open("Where is my parcel?")
    ours, theirs = (
        desk.page.get_by_role("complementary", name="Customer", exact=True) for desk in (ada, grace)
    )
    await expect(theirs.get_by_text("Chrome", exact=True)).to_be_visible()
    # The browser has told its time zone.
    await expect(theirs.get_by_text("Local time")).to_be_visible()

    await ours.get_by_role("button", name="Change name, e-mail or phone").click()
    form = ours.get_by_role("form", name="Name, e-mail and phone")
    await form.get_by_role("textbox", name="Name").fill("Karla Novak")
    await form.get_by_role("textbox", name="E-mail").fill("nobody")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("alert")).to_contain_text("The email is no address.")
    await form.get_by_role("textbox", name="E-mail").fill("karla@example.com")
    await form.get_by_role("textbox", name="Phone").fill("+49 30 123")
    await form.get_by_role("button", name="Save").click()
    await expect(form).not_to_be_attached()
    for pane in (ours, theirs):
        await expect(pane.get_by_role("link", name="karla@example.com")).to_be_visible()
        await expect(pane.get_by_role("heading", name="Karla Novak")).to_be_visible()
        await expect(pane.get_by_text("Written by an agent")).to_have_count(3)
    await expect(grace.conversation).to_contain_text("Ada changed the customer's name from Visitor")

    await ours.get_by_role("button", name="Add a note").click()
    await ours.get_by_role("textbox", name="Note").fill("Prefers the phone.")
    await ours.get_by_role("button", name="Save note").click()
    notes = theirs.get_by_role("list", name="Notes about the person")
    await expect(notes.get_by_role("listitem")).to_contain_text("Prefers the phone.")
    # It is Ada's.
    await expect(notes.get_by_role("button")).to_have_count(0)
    await ours.get_by_role("button", name="Delete the note of Ada").click()
    await ours.get_by_role("button", name="Delete for good?").click()
    await expect(notes.get_by_role("listitem")).to_have_count(0)
    await expect(widget.panel.get_by_text("Prefers the phone.")).to_have_count(0)


@THEMES
async def test_axe_finds_nothing_serious_beside_the_conversation(theme: Any, visit: Visit, ada: Desk) -> None:
    await ada.page.emulate_media(color_scheme=theme)
    widget = await visit()
    await widget.open()
    await widget.say(f"Good morning from a {theme} page")
    await ada.open(f"Good morning from a {theme} page")
    pane = ada.page.get_by_role("complementary", name="Customer", exact=True)
    await pane.get_by_role("button", name="Add a note").click()
    await pane.get_by_role("textbox", name="Note").fill("Likes tea")
    await pane.get_by_role("button", name="Save note").click()
    await expect(pane.get_by_text("Likes tea")).to_be_visible()
    await pane.get_by_role("button", name="Change the note of Ada").click()
    await pane.get_by_role("button", name="Change name, e-mail or phone").click()
    await expect(pane.get_by_role("textbox", name="E-mail")).to_be_visible()
    assert await violations(ada.page) == []
