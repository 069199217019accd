"""The widget as a guest: what docs/embedding.md promises to the page that embeds it."""

from __future__ import annotations

import re
import time

import jwt
import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk, Widget
from tests.e2e.people import Crowd
from tests.e2e.site import Site, open_site
from tests.server.installation import Installation

pytestmark = pytest.mark.asyncio(loop_scope="session")
LISTEN = """() => {
  window.heard = [];
  for (const event of ["open", "close", "unread", "message"])
    Fireside.on(event, (detail) => heard.push([event, detail ?? null]));
}"""
SECRET = "the inbox's secret, 32 bytes or more"


def identity(name: str) -> str:
    claims = {"sub": name.lower(), "name": name, "email": f"{name.lower()}@example.com"}
    return jwt.encode({**claims, "exp": int(time.time()) + 60}, SECRET, algorithm="HS256")


async def test_a_page_opens_closes_and_listens(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await expect(widget.launcher).to_be_visible()
    await widget.page.evaluate(LISTEN)
    await widget.page.evaluate("Fireside.open()")
    await expect(widget.field).to_be_focused()
    await expect(widget.heading).not_to_be_empty()
    await widget.say("From the page")
    await widget.page.evaluate("Fireside.toggle()")
    await expect(widget.launcher).to_have_accessible_name("Open chat")
    await ada.open("From the page")
    await ada.say("To the page")
    await expect(widget.launcher).to_have_accessible_name("Open chat, 1 unread")
    heard = await widget.page.evaluate("heard")
    assert heard[:2] == [["open", None], ["close", None]]
    assert ["message", {"text": "To the page", "from": "Ada"}] in heard
    assert ["unread", 1] in heard


async def test_destroy_leaves_nothing_and_the_script_may_come_again(visit: Visit, site: Site) -> None:
    widget = await visit()
    await widget.open()
    await widget.page.evaluate("Fireside.destroy()")
    await expect(widget.launcher).to_have_count(0)
    assert await widget.page.evaluate("typeof Fireside") == "undefined"
    for _ in range(2):
        await widget.page.evaluate(
            """([src, inbox]) => new Promise((resolve) => {
                 const script = document.createElement("script");
                 Object.assign(script, {src, onload: resolve});
                 script.dataset.inbox = inbox;
                 document.body.append(script);
               })""",
            [f"{site.chat}/widget.js", site.inbox],
        )
    await expect(widget.launcher).to_have_count(1)
    await widget.open()


async def test_a_page_vouches_for_its_customer(
    visit: Visit, ada: Desk, site: Site, installation: Installation
) -> None:
    await installation.sql("update inboxes set identity_secret = $1 where key = $2", SECRET, site.inbox)
    widget = await visit()
    await expect(widget.launcher).to_be_visible()
    await widget.page.evaluate("token => Fireside.identify(token)", identity("Lovelace"))
    await widget.open()
    await widget.say("It is me")
    await ada.open("It is me")
    await expect(ada.conversation.get_by_role("heading", name="Lovelace")).to_be_visible()
    await expect(ada.page.get_by_role("link", name="lovelace@example.com")).to_be_visible()


async def test_a_site_that_is_not_listed_cannot_embed_it(crowd: Crowd, site: Site) -> None:
    with open_site() as other:
        other.add("/", f'<iframe title="Chat" src="{site.chat}/widget/panel?inbox={site.inbox}"></iframe>')
        widget = await crowd.customer(other)
        await expect(widget.field).to_have_count(0)
    assert any("frame-ancestors" in trouble for trouble in crowd.troubles)
    crowd.troubles.clear()


async def test_nothing_but_the_loader_and_its_leave_is_fetched_before_the_chat_is_wanted(
    visit: Visit, site: Site
) -> None:
    widget = await visit("/")
    asked: list[str] = []
    widget.page.on("request", lambda request: asked.append(request.url))
    await widget.page.reload()
    await expect(widget.launcher).to_be_visible()
    assert [url.removeprefix(site.chat) for url in asked if url.startswith(site.chat)] == [
        "/widget.js",
        f"/widget/inbox.js?inbox={site.inbox}",
    ]
    await widget.open()


async def test_the_host_page_keeps_its_scroll_and_its_focus(visit: Visit) -> None:
    widget = await visit()
    await expect(widget.launcher).to_be_visible()
    await widget.page.mouse.move(200, 300)
    await widget.page.mouse.wheel(0, 500)
    await widget.page.wait_for_function("scrollY === 500")
    await widget.open()
    await widget.log.hover()
    await widget.page.mouse.wheel(0, 500)
    assert await widget.page.evaluate("scrollY") == 500
    await widget.page.get_by_role("link", name="All of them").focus()
    await widget.page.evaluate("Fireside.close()")
    await expect(widget.page.get_by_role("link", name="All of them")).to_be_focused()


async def test_a_badge_in_the_title_only_while_the_page_is_hidden(visit: Visit, ada: Desk) -> None:
    widget: Widget = await visit()
    await widget.open()
    await widget.say("Call me")
    await ada.open("Call me")
    await widget.launcher.click()
    await ada.say("Ring")
    await expect(widget.launcher).to_have_accessible_name(re.compile("1 unread"))
    assert await widget.page.title() == "Kettles"


HIDE = """state => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => state === "hidden"});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_only_what_we_added_is_taken_from_the_title(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    page = widget.page
    await widget.open()
    await widget.say("Count on me")
    await ada.open("Count on me")
    await widget.launcher.click()
    await ada.say("One")
    await expect(widget.launcher).to_have_accessible_name(re.compile("1 unread"))
    await page.evaluate("document.title = '(500) Days of Summer'")
    for _ in range(2):
        await page.evaluate(HIDE, "hidden")
        assert await page.title() == "(1) (500) Days of Summer"
        await page.evaluate(HIDE, "visible")
        assert await page.title() == "(500) Days of Summer"
    await page.evaluate(HIDE, "hidden")
    # Words of the page meanwhile are the page's, even if they look like ours.
    await page.evaluate("document.title = '(1) Winter'")
    await ada.say("Two")
    await expect(page).to_have_title("(2) (1) Winter")
    await page.evaluate("Fireside.destroy()")
    assert await page.title() == "(1) Winter"


GREET = """([panel, theme]) => {
  const {port1, port2} = new MessageChannel();
  const hello = {fireside: 1, theme, open: true};
  (panel ?? window).postMessage(hello, "*", [port2]);
}"""


async def test_only_the_page_around_it_is_listened_to(visit: Visit, site: Site) -> None:
    widget = await visit()
    async with widget.page.expect_popup() as opened:
        opener = await widget.page.evaluate_handle(
            "(url) => window.open(url)", f"{site.chat}/widget/panel?inbox={site.inbox}"
        )
    panel = await opened.value
    await panel.wait_for_load_state()
    await widget.page.evaluate(GREET, [opener, "dark"])
    # In a tab of its own it is its own parent, and the first greeting that counts is the only one.
    await panel.evaluate(GREET, [None, "light"])
    await expect(panel.locator("html")).to_have_attribute("data-theme", "light")
