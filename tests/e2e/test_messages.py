"""Replies, reactions, edits, deletions and Markdown, as both sides see them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


def message(desk: Desk, text: str) -> Locator:
    return desk.conversation.locator(".message").filter(has=desk.page.locator(".bubble", has_text=text))


async def choose(desk: Desk, text: str, action: str) -> None:
    """Open the menu of a message by keyboard, and choose from it."""
    await message(desk, text).last.get_by_role("button", name=re.compile("^Actions for")).press("Enter")
    await desk.page.get_by_role("menuitem", name=action).click()


async def test_an_agent_replies_edits_reacts_and_deletes(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Which size fits?")
    await ada.open("Which size fits?")

    # A reply, taken back by Escape, begun again, kept over a reload, and sent.
    await choose(ada, "Which size fits?", "Reply")
    await expect(ada.conversation.get_by_text("Replying to Visitor")).to_be_visible()
    await ada.field.press("Escape")
    await expect(ada.conversation.get_by_text("Replying to Visitor")).to_have_count(0)
    await choose(ada, "Which size fits?", "Reply")
    await ada.field.fill("The **small** one, see:\n- `M`\n- [all](https://example.com/sizes)")
    await ada.page.reload()
    await expect(ada.conversation.get_by_text("Replying to Visitor")).to_be_visible()
    await expect(ada.conversation.get_by_role("group", name="As it will look")).to_contain_text("small one")
    await ada.field.press("Enter")
    answer = message(ada, "small one")
    await expect(answer.get_by_role("strong")).to_have_text("small")
    await expect(answer.get_by_role("link", name="all")).to_have_attribute(
        "href", "https://example.com/sizes"
    )
    await expect(
        answer.get_by_role("button", name=re.compile("^Reply to Visitor.*Which size fits"))
    ).to_be_visible()

    # A reaction, told to whoever looks for it.
    await choose(ada, "Which size fits?", "React")
    await ada.page.get_by_role("button", name="React with 🎉").click()
    chip = ada.conversation.get_by_role("button", name="🎉 1 by You")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_count(0)

    # The newest message in its place, from the empty composer.
    await ada.field.press("ArrowUp")
    editor = ada.conversation.get_by_role("textbox", name="Edit the message")
    await expect(editor).to_be_focused()
    assert await violations(ada.page) == []
    await editor.fill("The medium one")
    await editor.press("Enter")
    await expect(message(ada, "The medium one")).to_contain_text("edited")
    await expect(ada.field).to_be_focused()
    await choose(ada, "The medium one", "Former texts")
    former = ada.page.get_by_role("dialog", name="What it read before")
    await expect(former).to_contain_text("The small one")
    await ada.page.keyboard.press("Escape")

    # A deletion takes quotes with it.
    await ada.say("Anything else?")
    await choose(ada, "The medium one", "Reply")
    await ada.say("I meant the large one")
    quote = message(ada, "I meant the large one").get_by_role("button", name=re.compile("^Reply to"))
    await expect(quote).to_contain_text("The medium one")
    await ada.conversation.get_by_role("button", name=re.compile("^Actions for")).nth(1).press("Enter")
    # What floats has a name of its own, or a screen reader says "dialog" and no more.
    await expect(ada.page.get_by_role("dialog", name=re.compile("^Actions for"))).to_be_visible()
    await ada.page.get_by_role("menuitem", name="Delete…").click()
    await ada.page.get_by_role("button", name="Delete", exact=True).click()
    await expect(quote).not_to_contain_text("medium")
    await expect(ada.page.get_by_text("The medium one")).to_have_count(0)


async def test_a_customer_replies_reacts_edits_and_deletes(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Is the kettle loud?")
    await ada.open("Is the kettle loud?")
    await ada.say("**Very.** See [the manual](https://example.com/manual)")
    log = widget.log
    await expect(log.get_by_role("link", name="the manual")).to_have_attribute(
        "href", "https://example.com/manual"
    )
    await expect(log.get_by_role("strong")).to_have_text("Very.")

    # A reply, taken back by Escape, which does not close the panel; begun again, kept over a reload, and sent.
    theirs = log.get_by_role("button", name=re.compile("^Actions for “Very"))
    await theirs.click()
    await log.get_by_role("button", name="Reply", exact=True).click()
    replying = widget.panel.get_by_text("Replying to Ada")
    await expect(replying).to_be_visible()
    await widget.field.press("Escape")
    await expect(replying).to_have_count(0)
    await theirs.click()
    await log.get_by_role("button", name="Reply", exact=True).click()
    await widget.field.fill("Good, I sleep deepl")
    await widget.page.reload()
    await widget.open()
    await expect(widget.panel.get_by_text("Replying to Ada")).to_be_visible()
    await widget.field.press("Enter")
    quote = log.get_by_role("button", name=re.compile("^Reply to Ada: Very"))
    await expect(quote).to_be_visible()
    await expect(widget.panel.get_by_text("Replying to Ada")).to_have_count(0)

    await theirs.click()
    await log.get_by_role("button", name="React with 👍").click()
    await expect(log.get_by_role("button", name="👍 1 by You")).to_have_attribute("aria-pressed", "true")
    await expect(ada.conversation.get_by_role("button", name=re.compile("^👍 1 by Visitor"))).to_be_visible()

    mine = log.get_by_role("button", name=re.compile("^Actions for “Good, I sleep"))
    await mine.click()
    await log.get_by_role("button", name="Edit", exact=True).click()
    editor = log.get_by_role("textbox", name="Edit your message")
    await expect(editor).to_be_focused()
    assert await violations(widget.frame()) == []
    await editor.fill("Good, I sleep deeply")
    await editor.press("Enter")
    await expect(message(ada, "I sleep deeply")).to_contain_text("edited")

    await mine.click()
    await log.get_by_role("button", name="Delete", exact=True).click()
    await log.get_by_role("button", name="Delete for everyone").click()
    await expect(log.get_by_text("This message was deleted")).to_be_visible()
    await expect(ada.page.get_by_text("I sleep deeply")).to_have_count(0)
