"""Two agents at one desk: they answer what they have seen, give work to each other, and see what their teams have."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

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
async def grace(team: Crowd, installation: Installation, server: Server) -> AsyncIterator[Desk]:
    yield await team.agent(installation, server.url, "Grace")


def missed(desk: Desk) -> Locator:
    return desk.page.get_by_role("status").filter(has_text="wrote while you were writing")


async def test_an_answer_that_crosses_a_colleagues_comes_back_with_what_was_missed(
    visit: Visit, unique: Unique, ada: Desk, grace: Desk
) -> None:
    question, ours, theirs = unique("Is it in stock?"), unique("No, sold out"), unique("Yes, five left")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    for desk in (ada, grace):
        await desk.open(question)
    await ada.page.context.set_offline(True)
    await ada.say(ours)
    await expect(ada.texts).to_have_text([question, ours])
    await grace.say(theirs)
    await expect(widget.texts).to_have_text([question, theirs])
    await ada.page.context.set_offline(False)
    # It stands in the composer again, below what Grace said; the customer has one answer.
    await expect(missed(ada)).to_contain_text(theirs)
    await expect(ada.field).to_have_value(ours)
    await expect(ada.texts).to_have_text([question, theirs])
    assert await violations(ada.page) == []
    await expect(widget.texts).to_have_text([question, theirs])
    # Enter sends it all the same, now that it was seen.
    await ada.field.press("Enter")
    await expect(widget.texts).to_have_text([question, theirs, ours])
    await expect(missed(ada)).to_have_count(0)
    await expect(ada.field).to_have_value("")


async def test_a_conversation_is_given_to_a_colleague_by_keys_alone_and_to_a_team(
    visit: Visit, unique: Unique, ada: Desk, grace: Desk, installation: Installation
) -> None:
    question, name = unique("Where is my parcel?"), unique("Parcels")
    await installation.sql("select change_team(null, $1, '{}', '{}', false)", name)
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await ada.open(question)
    keyboard = ada.page.keyboard
    await keyboard.press("a")
    search = ada.page.get_by_role("searchbox", name="Find a person or a team")
    await expect(search).to_be_focused()
    assert await violations(ada.page) == []
    await keyboard.type("gra")
    await expect(ada.page.get_by_role("menuitem")).to_have_text(["GRGrace"])
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await expect(search).to_have_count(0)
    await expect(grace.row(question).get_by_text("Assigned to Grace")).to_be_attached()
    await keyboard.press("a")
    await keyboard.type(name)
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await expect(grace.row(question).get_by_text(f"Team {name}")).to_be_attached()
    await expect(ada.conversation.get_by_text(f"gave this to {name}")).to_be_visible()


async def test_colleagues_see_who_looks_and_who_replies_above_it_and_in_its_row(
    visit: Visit, unique: Unique, ada: Desk, grace: Desk
) -> None:
    question = unique("Are you open on Sunday?")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await ada.open(question)
    await expect(grace.row(question).get_by_text("Ada is viewing this")).to_be_attached()
    await grace.open(question)
    await expect(grace.conversation.get_by_text("Ada is viewing this")).to_be_attached()
    await expect(ada.conversation.get_by_text("Grace is viewing this")).to_be_attached()
    await ada.field.fill("Yes, from ten")
    await expect(grace.conversation.get_by_text("Ada is replying")).to_be_attached()
    await ada.field.fill("")
    await ada.page.get_by_role("radio", name="Note").click()
    await ada.note.fill("We may be closed")
    await expect(grace.row(question).get_by_text("Ada is writing a note")).to_be_attached()
    assert await violations(grace.page) == []
    await ada.note.fill("")
    await ada.page.get_by_role("link", name="Inbox").first.click()
    await expect(grace.conversation.get_by_text(re.compile("^Ada is"))).to_have_count(0)


async def test_an_inbox_that_is_given_to_a_team_leaves_the_desk_of_everybody_else_at_once(
    visit: Visit, unique: Unique, ada: Desk, crowd: Crowd, installation: Installation, server: Server
) -> None:
    question, name = unique("Is this private?"), unique("Kettles")
    root = await crowd.agent(installation, server.url, "Root")
    await installation.sql("update users set is_admin = true where email = 'root@example.com'")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await ada.open(question)
    page = root.page
    await page.goto(f"{server.url}/admin/settings/teams")
    await page.get_by_role("button", name="New team").click()
    form = page.get_by_role("form", name="New team")
    await form.get_by_label("Name").fill(name)
    await form.get_by_label("Kettles").check(force=True)
    assert await violations(page) == []
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    # Ada is not in it: the conversation she has open, and its row, are gone.
    await expect(ada.row(question)).to_have_count(0)
    await expect(ada.texts).to_have_count(0)
    again = unique("Hello?")
    await widget.say(again)
    await root.page.goto(f"{server.url}/admin")
    await expect(root.row(again)).to_be_visible()
    await expect(ada.row(again)).to_have_count(0)
    # In it, she sees it again without doing anything.
    await page.goto(f"{server.url}/admin/settings/teams")
    await page.get_by_role("button", name=f"Edit {name}").click()
    form = page.get_by_role("form", name=f"Edit {name}")
    await form.get_by_label("Ada").check(force=True)
    await form.get_by_role("button", name="Save").click()
    await expect(ada.row(again)).to_be_visible()
