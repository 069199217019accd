"""The person before the widget: somebody the page vouches for, the next one, or nobody known."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import pytest_asyncio
from playwright.async_api import ConsoleMessage, expect

from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Widget
from tests.e2e.people import Crowd
from tests.e2e.site import Site
from tests.server.installation import Installation

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRET = "the inbox's secret, 32 bytes or more"
AWAIT_LOGOUT = "() => { window.out = new Promise((done) => Fireside.on('logout', done)); }"
ENDED = """
select count(*) from sessions s join users u on u.id = s.user_id
 where u.external_id = $1 and s.revoked_at is not null
"""
SENT = "select count(*) from entries where body ->> 'text' = $1"


def identity(name: str, **claims: Any) -> str:
    usual = {"sub": name.lower(), "name": name, "exp": int(time.time()) + 60}
    return jwt.encode({**usual, **claims}, SECRET, algorithm="HS256")


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _secret(installation: Installation, site: Site) -> None:
    await installation.sql("update inboxes set identity_secret = $1 where key = $2", SECRET, site.inbox)


async def vouch(widget: Widget, name: str) -> None:
    """Say on a page that is there who this is, and open the chat."""
    await expect(widget.launcher).to_be_visible()
    await widget.page.evaluate("token => Fireside.identify(token)", identity(name))
    await widget.open()


async def next_page(widget: Widget, name: str = "") -> None:
    """Go to another page of the website, which vouches for somebody or for nobody."""
    await widget.page.reload()
    await expect(widget.launcher).to_be_visible()
    if name:
        await vouch(widget, name)
    else:
        await widget.open()


def says(reason: str) -> Callable[[ConsoleMessage], bool]:
    return lambda said: reason in said.text


async def another_tab(widget: Widget) -> Widget:
    page = await widget.page.context.new_page()
    await page.goto(widget.page.url)
    other = Widget(page)
    await expect(other.launcher).to_be_visible()
    return other


async def test_a_page_that_vouches_for_nobody_shows_nothing_of_the_person_before(
    visit: Visit, unique: Unique
) -> None:
    widget = await visit()
    await vouch(widget, unique("Anna"))
    await widget.say("Between us")
    await expect(widget.state).to_have_text("Sent")
    await next_page(widget)
    await expect(widget.texts).to_have_count(0)
    await widget.say("Somebody else")
    await expect(widget.state).to_have_text("Sent")
    await next_page(widget, unique("Anna"))
    await expect(widget.texts).to_have_text(["Between us"])


async def test_a_text_that_somebody_has_begun_is_theirs(visit: Visit, unique: Unique) -> None:
    widget = await visit()
    await vouch(widget, unique("Alice"))
    await widget.field.fill("Half a thought")
    await next_page(widget, unique("Bob"))
    await expect(widget.field).to_have_value("")
    await widget.field.fill("Another one's")
    await next_page(widget)
    await expect(widget.field).to_have_value("")
    await next_page(widget, unique("Alice"))
    await expect(widget.field).to_have_value("Half a thought")
    # On one page, too.
    await widget.page.evaluate("token => Fireside.identify(token)", identity(unique("Bob")))
    await expect(widget.field).to_have_value("Another one's")


async def test_a_message_that_waits_leaves_as_nobody_elses(
    visit: Visit, installation: Installation, unique: Unique
) -> None:
    text = unique("Written in a tunnel")
    widget = await visit()
    await vouch(widget, unique("Carla"))
    await widget.say("Hello")
    await expect(widget.state).to_have_text("Sent")
    await widget.page.context.set_offline(True)
    await widget.say(text)
    await expect(widget.texts).to_have_count(2)
    waiting = await widget.frame().evaluate(
        "Object.entries(localStorage).find(([key]) => key.startsWith('fireside.outbox'))"
    )
    # The page is left before it can go out; what was kept is there on the next.
    await widget.page.route("**/widget.js", lambda route: route.abort())
    await widget.page.context.set_offline(False)
    await widget.page.reload()
    before = await installation.sql(SENT, text)
    await widget.page.unroute("**/widget.js")
    await next_page(widget, unique("Dora"))
    if not before:
        await widget.frame().evaluate("([key, item]) => localStorage.setItem(key, item)", waiting)
    await widget.page.reload()
    await vouch(widget, unique("Dora"))
    await widget.say("Mine")
    await expect(widget.state).to_have_text("Sent")
    await expect(widget.texts).to_have_text(["Mine"])
    await next_page(widget, unique("Carla"))
    await expect(widget.texts).to_have_text(["Hello", text])
    await expect(widget.state).to_have_text("Sent")
    assert await installation.sql(SENT, text) == 1


async def test_signing_out_leaves_nothing_in_any_tab_nor_on_the_server(
    visit: Visit, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await vouch(widget, unique("Erika"))
    await widget.say("Between us")
    await expect(widget.state).to_have_text("Sent")
    await widget.field.fill("And another thing")
    other = await another_tab(widget)
    await vouch(other, unique("Erika"))
    await expect(other.texts).to_have_text(["Between us"])
    for page in (widget.page, other.page):
        await page.evaluate(AWAIT_LOGOUT)
    await widget.page.evaluate("Fireside.logout()")
    for tab in (widget, other):
        await tab.page.evaluate("out")
        await expect(tab.launcher).to_have_accessible_name("Open chat")
        await tab.open()
        await expect(tab.texts).to_have_count(0)
        await expect(tab.field).to_have_value("")
    alive = ENDED.replace("is not null", "is null")
    assert await installation.sql(alive, unique("erika")) == 0
    kept = await widget.frame().evaluate("Object.keys(localStorage).join()")
    assert "person" not in kept
    assert "draft" not in kept


async def test_signing_out_with_an_open_panel_is_told_once(visit: Visit) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Good-bye")
    await expect(widget.state).to_have_text("Sent")
    await widget.page.evaluate(
        """() => new Promise((told) => {
          window.times = 0;
          Fireside.on("logout", () => { window.times++; told(); });
          Fireside.logout();
        })"""
    )
    await widget.open()
    await expect(widget.texts).to_have_count(0)
    assert await widget.page.evaluate("window.times") == 1


async def test_a_page_that_signs_out_whenever_somebody_was_signed_out_hears_it_once_for_each(
    visit: Visit, unique: Unique
) -> None:
    widget = await visit()
    await expect(widget.launcher).to_be_visible()
    await widget.page.evaluate(
        """() => {
          window.times = 0;
          Fireside.on("logout", async () => {
            window.times++;
            Fireside.logout();
            await null;
            Fireside.identify(null);
            Fireside.logout();
          });
        }"""
    )
    for times, name in enumerate(["Jana", "Karl"], start=1):
        await vouch(widget, unique(name))
        await widget.say("Good-bye")
        await expect(widget.state).to_have_text("Sent")
        await widget.page.evaluate("Fireside.logout()")
        await expect(widget.launcher).to_have_accessible_name("Open chat")
        # Whatever the page has said since reaches the panel before this.
        await widget.open()
        await expect(widget.texts).to_have_count(0)
        assert await widget.page.evaluate("window.times") == times
        await widget.page.evaluate("Fireside.close()")


async def test_the_next_person_may_be_named_right_after_signing_out(visit: Visit, unique: Unique) -> None:
    widget = await visit()
    await vouch(widget, unique("Frida"))
    await widget.say("Between us")
    await expect(widget.state).to_have_text("Sent")
    await widget.page.evaluate(
        """token => new Promise((done) => {
             Fireside.on("logout", done);
             Fireside.logout();
             Fireside.identify(token);
           })""",
        identity(unique("Gina")),
    )
    await widget.open()
    await widget.say("Hello from Gina")
    await expect(widget.state).to_have_text("Sent")
    await expect(widget.texts).to_have_text(["Hello from Gina"])
    await next_page(widget, unique("Gina"))
    await expect(widget.texts).to_have_text(["Hello from Gina"])


async def test_a_visitor_who_is_identified_goes_on_in_both_tabs_under_a_new_token(
    visit: Visit, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Who am I?")
    await expect(widget.state).to_have_text("Sent")
    other = await another_tab(widget)
    await other.open()
    await expect(other.texts).to_have_text(["Who am I?"])
    await widget.page.evaluate("token => Fireside.identify(token)", identity(unique("Hanna")))
    await widget.say("Hanna, it seems")
    await other.say("In both tabs")
    for tab in (widget, other):
        await expect(tab.texts).to_have_count(3)
        await expect(tab.state).to_have_text("Sent")
    assert await installation.sql(ENDED, unique("hanna")) == 1


async def test_a_page_learns_why_its_word_is_refused_and_is_believed_as_soon_as_it_is_right(
    visit: Visit, crowd: Crowd, unique: Unique
) -> None:
    widget = await visit()
    await expect(widget.launcher).to_be_visible()
    for empty in ("''", "null", "undefined", ""):
        await widget.page.evaluate(f"Fireside.identify({empty})")
    wrong = {
        identity(unique("Ines"), exp=1): "expired",
        identity(unique("Ines"), sub=42): "sub must be a string",
        "made.up.token": "not a JWT",
        "x" * 5000: "too long",
    }
    await widget.page.evaluate("token => Fireside.identify(token)", next(iter(wrong)))
    async with widget.page.expect_console_message(says("expired")):
        await widget.launcher.click()
    stranger = widget.panel.get_by_text("We could not confirm who you are.")
    await expect(stranger).to_be_visible()
    for token, reason in list(wrong.items())[1:]:
        async with widget.page.expect_console_message(says(reason)):
            await widget.page.evaluate("token => Fireside.identify(token)", token)
        await expect(stranger).to_be_visible()
    await widget.page.evaluate("token => Fireside.identify(token)", identity(unique("Ines")))
    await expect(widget.heading).not_to_be_empty()
    await expect(stranger).to_have_count(0)
    await widget.say("There you are")
    await expect(widget.state).to_have_text("Sent")
    assert all("ChatError" in trouble for trouble in crowd.troubles)
    crowd.troubles.clear()


async def test_an_empty_identity_is_none(visit: Visit) -> None:
    widget = await visit()
    await expect(widget.launcher).to_be_visible()
    await widget.page.evaluate("Fireside.identify('')")
    await widget.open()
    await widget.say("Only a visitor")
    await expect(widget.state).to_have_text("Sent")
