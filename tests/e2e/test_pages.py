"""The pages of the server itself, as a newcomer meets them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Response, expect

from tests.e2e.faces import Desk, Widget
from tests.e2e.people import PASSWORD, Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def look(crowd: Crowd, url: str) -> tuple[Page, list[str]]:
    """Open a page, and collect what it could not get."""
    page = await (await crowd.context()).new_page()
    missing: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 400:
            missing.append(f"{response.status} {response.url}")

    page.on("response", note)
    await page.goto(url)
    return page, missing


async def test_the_landing_page_leads_to_demo_and_admin(crowd: Crowd, server: Server) -> None:
    page, missing = await look(crowd, f"{server.url}/")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Live chat that loses nothing")
    await page.get_by_role("link", name="Visit the demo shop").click()
    await expect(page).to_have_url(f"{server.url}/demo")
    await page.go_back()
    await page.get_by_role("link", name="Answer as an agent").click()
    await expect(page.get_by_label("Password")).to_be_visible()
    assert [line for line in missing if "/demo/config.json" not in line and "/auth/refresh" not in line] == []


async def test_the_demo_shop_says_what_to_do_without_an_inbox(crowd: Crowd, server: Server) -> None:
    page, _ = await look(crowd, f"{server.url}/demo")
    await expect(page.get_by_text("python -m app create-inbox --name")).to_be_visible()


async def test_the_demo_shop_has_a_chat(
    crowd: Crowd, server: Server, installation: Installation, ada: Desk
) -> None:
    await installation.sql(
        "insert into inboxes (key, name, identity_secret, bot) values ('demo', 'Demo shop', 'secret', 'echo')"
    )
    page, missing = await look(crowd, f"{server.url}/demo")
    widget = Widget(page)
    await expect(widget.launcher).to_be_visible()
    await page.get_by_role("button", name="Ask us anything").click()
    await expect(widget.heading).to_have_text("Demo shop")
    await expect(widget.log).to_have_text("Hello! How can we help?")
    await widget.say("Is it dishwasher safe?")
    await expect(widget.texts).to_have_count(2)
    await ada.open("Is it dishwasher safe?")
    await ada.say("It is")
    await expect(widget.texts.last).to_have_text("It is")
    assert missing == []


async def test_the_api_is_described_and_can_be_tried(crowd: Crowd, server: Server) -> None:
    page, missing = await look(crowd, f"{server.url}/docs")
    operation = page.locator(".opblock-post", has_text=re.compile("/chat/sessions"))
    await operation.get_by_role("button").first.click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.locator("textarea").fill('{"inbox": "none of them"}')
    await operation.get_by_role("button", name="Execute").click()
    await expect(operation.get_by_text("There is no inbox").first).to_be_visible()
    assert [line for line in missing if "/chat/sessions" not in line] == []


async def test_a_wrong_password_is_told_and_a_sign_in_lasts(
    crowd: Crowd, server: Server, installation: Installation
) -> None:
    desk = await crowd.agent(installation, server.url, "Grace")
    await desk.page.reload()
    await expect(desk.page.get_by_role("heading", name="Fireside", exact=True)).to_be_visible()
    await desk.page.get_by_role("button", name=re.compile("^Grace, you are online")).click()
    await desk.page.get_by_role("menuitem", name="Sign out").click()
    await desk.page.get_by_label("E-mail").fill("grace@example.com")
    await desk.page.get_by_label("Password").fill(PASSWORD + "!")
    await desk.page.get_by_role("button", name="Sign in").click()
    await expect(desk.page.get_by_role("alert")).to_contain_text("don't belong together")
    await desk.page.reload()
    await expect(desk.page.get_by_label("Password")).to_be_visible()
