"""A customer and an agent talk, each in a browser of their own."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk, Widget, keep_writing
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
ENVIRONMENT = {"PRESENCE_GRACE_SECONDS": "1"}


async def test_customer_and_agent_read_each_other(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Does it whistle?")
    await expect(widget.state).to_have_text("Sent")
    await ada.open("Does it whistle?")
    await expect(widget.state).to_have_text("Seen")
    await ada.say("Loudly.")
    await expect(widget.texts).to_have_text(["Does it whistle?", "Loudly."])
    await expect(ada.texts).to_have_text(["Does it whistle?", "Loudly."])
    await expect(ada.conversation.locator(".delivery")).to_have_text("Seen")


async def test_a_message_written_before_the_chat_is_open_is_sent(visit: Visit) -> None:
    widget = await visit()
    may_go_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_go_on.wait()
        await route.continue_()

    await widget.page.route("**/chat/sessions", hold)
    await widget.launcher.click()
    await widget.say("I could not wait")
    may_go_on.set()
    await expect(widget.texts).to_have_text(["I could not wait"])
    await expect(widget.state).to_have_text("Sent")


async def test_typing_shows_on_the_other_side_and_goes_with_the_message(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Is anyone there?")
    await ada.open("Is anyone there?")

    await keep_writing(ada.field, until=widget.typing.filter(has_text="Ada is typing"))
    await ada.field.fill("Yes")
    await ada.field.press("Enter")
    await expect(widget.typing).to_have_count(0)
    await expect(widget.texts.last).to_have_text("Yes")

    await keep_writing(widget.field, until=ada.typing.filter(has_text=re.compile("^Visitor .* is typing…$")))
    await widget.field.press("Enter")
    await expect(ada.typing).to_be_empty()


async def test_typing_ends_when_one_stops_to_write(visit: Visit, ada: Desk, unique: Unique) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("A question comes"))
    await ada.open(unique("A question comes"))
    await keep_writing(widget.field, until=ada.row("typing…"))
    await expect(ada.typing).not_to_be_empty()
    await expect(ada.typing).to_be_empty()
    await expect(ada.row("typing…")).to_have_count(0)


async def test_an_agent_who_leaves_is_shown_as_gone(
    visit: Visit, crowd: Crowd, installation: Installation, server: Server
) -> None:
    grace = await crowd.agent(installation, server.url, "Grace")
    widget = await visit()
    await widget.open()
    await widget.say("Who is there?")
    await grace.open("Who is there?")
    await grace.say("Grace is.")
    await expect(widget.header).to_contain_text("Grace")
    await grace.page.close()
    await expect(widget.header).not_to_contain_text("Grace")


async def test_a_customer_who_leaves_is_shown_as_gone(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("I am off")
    await ada.open("I am off")
    await expect(ada.conversation).to_contain_text("Online now")
    await widget.page.close()
    await expect(ada.conversation).to_contain_text("Last seen just now")


async def test_two_tabs_of_a_customer_show_the_same(visit: Visit, ada: Desk) -> None:
    first = await visit()
    await first.open()
    await first.say("From the first tab")
    await expect(first.state).to_have_text("Sent")
    page = await first.page.context.new_page()
    await page.goto(first.page.url)
    second = Widget(page)
    await second.open()
    await expect(second.texts).to_have_text(["From the first tab"])
    await second.say("From the second tab")
    await ada.open("From the second tab")
    await ada.say("To both")
    for tab in (first, second):
        await expect(tab.texts).to_have_text(["From the first tab", "From the second tab", "To both"])


async def test_a_closed_conversation_is_followed_by_a_new_one(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("This is the first")
    await ada.open("This is the first")
    await ada.conversation.get_by_role("button", name="Close").click()
    await expect(widget.panel.get_by_text("This conversation was closed")).to_be_visible()
    await widget.panel.get_by_role("button", name="Start a new conversation").click()
    await expect(widget.texts).to_have_count(0)
    await widget.say("This is the second")
    await ada.open("This is the second")
    await expect(ada.texts).to_have_text(["This is the second"])


async def test_messages_that_come_while_the_panel_is_closed_are_counted(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Tell me later")
    await ada.open("Tell me later")
    await widget.launcher.click()
    await ada.say("Later")
    await ada.say("Is now")
    await expect(widget.launcher).to_have_accessible_name("Open chat, 2 unread")
    await expect(widget.launcher).to_have_text("2")
    await widget.page.reload()
    await expect(widget.launcher).to_have_accessible_name("Open chat, 2 unread")
    await widget.open()
    await expect(widget.texts).to_have_text(["Tell me later", "Later", "Is now"])
    await widget.launcher.click()
    await expect(widget.launcher).to_have_accessible_name("Open chat")


async def test_unread_messages_are_counted_in_list_and_title(visit: Visit, ada: Desk) -> None:
    other = await visit()
    await other.open()
    await other.say("Keep this one open")
    await ada.open("Keep this one open")
    widget = await visit()
    await widget.open()
    await widget.say("One of two")
    await widget.say("Two of two")
    row = ada.row("Two of two")
    await expect(row).to_contain_text("2 unread")
    await expect(ada.page).to_have_title(re.compile(r"^\(\d+\) "))
    await ada.open("Two of two")
    await expect(ada.row("Two of two")).not_to_contain_text("unread")


async def test_a_private_note_stays_with_the_team(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("What do you think of me?")
    await ada.open("What do you think of me?")
    await ada.page.get_by_role("radio", name="Note").click()
    await ada.note.fill("Friendly")
    await ada.note.press("Enter")
    await expect(ada.texts).to_have_text(["What do you think of me?", "Friendly"])
    await ada.page.get_by_role("radio", name="Reply").click()
    await ada.say("Only the best")
    await expect(widget.texts).to_have_text(["What do you think of me?", "Only the best"])
