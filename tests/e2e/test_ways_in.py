"""Roundabout ways onto a page: a tag manager, hashes, frames in a sandbox, and beside modal dialogs."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.people import Crowd
from tests.e2e.site import Site
from tests.e2e.test_installing import HTML, come

pytestmark = pytest.mark.asyncio(loop_scope="session")
GUIDE = Path(__file__).parents[2] / "docs" / "embedding.md"
MANAGER = """<template>{tag}</template><script>
  // As a tag manager does: of a script it keeps the text and the address, and drops attributes that it does not know.
  for (const given of document.querySelector("template").content.querySelectorAll("script")) {{
    const made = document.createElement("script");
    if (given.src) made.src = given.src;
    made.text = given.text;
    document.body.append(made);
  }}
</script>"""
FRAME = '<iframe width="1000" height="700" sandbox="{flags}" src="/framed"></iframe>'


def snippet(site: Site) -> str:
    """Return what the guide gives to a tag manager, for this site."""
    found = re.search(r"```html\n(<script>\n.*?</script>)\n```", GUIDE.read_text(), re.DOTALL)
    assert found is not None
    return found[1].replace("https://chat.example", site.chat).replace("4ad755597df8880e", site.inbox)


async def test_the_snippet_for_a_tag_manager_works(visit: Visit, site: Site) -> None:
    body = MANAGER.format(tag=snippet(site))
    widget = await visit(site.add("/managed", HTML.format(head="", body=body)))
    await widget.open()


async def test_the_plain_tag_in_a_tag_manager_says_what_it_has_lost(crowd: Crowd, site: Site) -> None:
    path = site.add("/lost", HTML.format(head="", body=MANAGER.format(tag=site.tag)))
    visited = await come(crowd)
    async with visited.page.expect_console_message(lambda said: "no data-inbox" in said.text):
        await visited.page.goto(site.origin + path)
    await visited.end(crowd)


async def test_the_snippet_works_under_a_policy_of_hashes(visit: Visit, site: Site) -> None:
    tag = snippet(site)
    text = tag.removeprefix("<script>").removesuffix("</script>")
    digest = b64encode(sha256(text.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}' 'strict-dynamic'; frame-src {site.chat}"
    widget = await visit(site.add("/hashed", HTML.format(head=tag, body=""), Content_Security_Policy=policy))
    await widget.open()


async def test_a_frame_in_a_sandbox_with_an_origin_is_a_page_like_any_other(crowd: Crowd, site: Site) -> None:
    site.add("/framed", HTML.format(head=site.tag, body=""))
    body = FRAME.format(flags="allow-scripts allow-same-origin")
    visited = await come(crowd)
    await visited.page.goto(site.origin + site.add("/sandbox", HTML.format(head="", body=body)))
    frame = visited.page.frame_locator("iframe")
    await frame.get_by_role("button", name="Open chat").click()
    await expect(frame.frame_locator("iframe").get_by_role("textbox", name="Message")).to_be_focused()
    # The browser warns of a sandbox that is none against pages of its own site.
    assert await visited.end(crowd) == []


async def test_a_frame_in_a_sandbox_without_an_origin_is_told_and_shows_nothing(
    crowd: Crowd, site: Site
) -> None:
    site.add("/framed", HTML.format(head=site.tag, body=""))
    path = site.add("/sandbox", HTML.format(head="", body=FRAME.format(flags="allow-scripts")))
    visited = await come(crowd)
    async with visited.page.expect_console_message(lambda said: "or a sandboxed frame" in said.text):
        await visited.page.goto(site.origin + path)
    await expect(visited.page.frame_locator("iframe").get_by_role("button")).to_have_count(0)
    assert len(await visited.end(crowd)) == 1


async def test_a_modal_dialog_comes_first_and_gives_the_chat_back(visit: Visit, site: Site) -> None:
    dialog = "<dialog><button autofocus onclick='this.parentNode.close()'>Done</button></dialog>"
    widget = await visit(site.add("/modal", HTML.format(head=site.tag, body=dialog)))
    await widget.open()
    await widget.field.fill("Half a sen")
    await widget.page.evaluate("document.querySelector('dialog').showModal()")
    # Inert, like all of the page that is not in the dialog: no click and no key comes through.
    place = await widget.page.locator("fireside-chat button").bounding_box()
    assert place is not None
    await widget.page.mouse.click(place["x"] + 28, place["y"] + 28)
    await expect(widget.field).to_be_visible()
    await widget.page.keyboard.type("x")
    await widget.page.get_by_role("button", name="Done").click()
    await expect(widget.field).to_have_value("Half a sen")
    await widget.launcher.click()
    await expect(widget.field).to_be_hidden()
