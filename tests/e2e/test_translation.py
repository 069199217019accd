"""Both faces in a browser that translates the page: it swaps text nodes for elements of its own, whenever some come."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Frame, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.e2e.site import Site
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRANSLATE = """
() => {
  const translate = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    for (const node of found) {
      const {parentElement: parent, data} = node;
      if (!parent.translate || !data.trim() || parent.closest("font, textarea")) continue;
      const font = document.createElement("font");
      font.append(data.toUpperCase());
      node.replaceWith(font);
    }
  };
  translate();
  new MutationObserver(translate).observe(document.body, {subtree: true, childList: true, characterData: true});
}
"""
"""Translates into upper case what the attribute `translate` leaves to translators, as browsers do."""

EDIT = """
async ({inbox, seq, text}) => {
  const [token] = localStorage.getItem(`fireside.session.${inbox}`).split(" ");
  const headers = {"content-type": "application/json", authorization: `Bearer ${token}`};
  const answer = await fetch("/chat/sessions", {method: "POST", headers, body: JSON.stringify({inbox})});
  const {conversation_id} = await answer.json();
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws/widget`);
  const told = (type) => new Promise((resolve) => socket.addEventListener("message", ({data}) => {
    if (JSON.parse(data).type === type) resolve();
  }));
  const send = (frame) => socket.send(JSON.stringify(frame));
  await new Promise((resolve) => { socket.onopen = resolve; });
  const authenticated = told("authenticated");
  send({type: "authenticate", id: 1, token, v: 1});
  await authenticated;
  const acked = told("ack");
  send({type: "edit_message", id: 2, conversation_id, client_msg_id: crypto.randomUUID(), target_seq: seq,
    content: {type: "text", text}});
  await acked;
  socket.close();
}
"""


async def translate(page: Page | Frame) -> None:
    await page.evaluate(TRANSLATE)


async def open_translated(desk: Desk, text: str) -> None:
    await desk.row(text).click()
    await expect(desk.texts).to_have_text([text.upper()])
    # Rows stand still under the pointer.
    await desk.page.mouse.move(1000, 5)


async def test_translated_faces_show_what_is_true(
    visit: Visit, crowd: Crowd, installation: Installation, server: Server, site: Site
) -> None:
    grace = await crowd.agent(installation, server.url, "Grace")
    widget = await visit()
    await widget.open()
    await translate(widget.frame())
    await translate(grace.page)

    await widget.say("does it whistle?")
    await expect(widget.texts).to_have_text(["DOES IT WHISTLE?"])
    await open_translated(grace, "does it whistle?")
    await grace.field.press_sequentially("loudly")
    typing = widget.panel.get_by_text(re.compile("is typing$", re.IGNORECASE))
    await expect(typing).to_have_count(1)
    await grace.field.press("Enter")
    await expect(typing).to_have_count(0)
    await expect(widget.header).to_contain_text("Grace is here", ignore_case=True)
    await expect(widget.texts).to_have_text(["DOES IT WHISTLE?", "LOUDLY"])
    await expect(grace.texts).to_have_text(["DOES IT WHISTLE?", "LOUDLY"])

    await widget.frame().evaluate(
        EDIT, {"inbox": site.inbox, "seq": 1, "text": "see https://whistle.example, please"}
    )
    for texts in (widget.texts, grace.texts):
        await expect(texts.first).to_contain_text("SEE HTTPS://WHISTLE.EXAMPLE, PLEASE")
        await expect(texts.first).not_to_contain_text("DOES IT")

    other = await visit()
    await other.open()
    await other.say("mine is silent")
    await open_translated(grace, "mine is silent")
    await grace.page.get_by_role("button", name="Close", exact=True).click()
    await expect(other.panel.get_by_text("closed")).to_be_visible()
