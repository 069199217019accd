"""Long conversations: the newest part first, older ones as one scrolls up, and nothing jumps."""

from __future__ import annotations

import httpx2
import pytest
from playwright.async_api import Locator, expect

from app.uuid7 import uuid7
from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk, Widget
from tests.e2e.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
COUNT = 130


async def write_much(widget: Widget, site: Site) -> None:
    """Let the customer write `Message 1` and so on, by REST."""
    token = await widget.frame().evaluate(
        "key => localStorage.getItem(`fireside.session.${key}`)", site.inbox
    )
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=site.chat, headers=headers) as http:
        session = (await http.post("/chat/sessions", json={"inbox": site.inbox})).json()
        path = f"/chat/conversations/{session['conversation_id']}/messages"
        for number in range(1, COUNT + 1):
            content = {"type": "text", "text": f"Message {number}."}
            response = await http.post(path, json={"client_msg_id": str(uuid7()), "content": content})
            assert response.status_code == 201, response.text


async def top(locator: Locator) -> float:
    return float(await locator.evaluate("element => element.getBoundingClientRect().top"))


async def wheel_up(widget_or_desk: Widget | Desk, over: Locator, until: Locator) -> None:
    """Turn the wheel over the log until this is there."""
    await over.hover()
    while not await until.count():
        await widget_or_desk.page.mouse.wheel(0, -400)
        # A frame, in which what was asked for may come.
        await over.evaluate("() => new Promise(requestAnimationFrame)")


async def test_history_pages_upwards_in_the_widget(visit: Visit, site: Site) -> None:
    widget = await visit()
    await widget.open()
    await write_much(widget, site)
    await expect(widget.texts.last).to_have_text(f"Message {COUNT}.")
    await widget.page.reload()
    await widget.open()
    newest = widget.log.get_by_text(f"Message {COUNT}.", exact=True)
    await expect(newest).to_be_in_viewport()
    await expect(widget.log.get_by_text("Message 1.", exact=True)).to_have_count(0)
    await wheel_up(widget, widget.log, widget.log.get_by_text("Message 1.", exact=True))
    await expect(widget.texts).to_have_text([f"Message {number}." for number in range(1, COUNT + 1)])


async def test_history_that_comes_does_not_move_what_is_read_in_the_widget(visit: Visit, site: Site) -> None:
    widget = await visit()
    await widget.open()
    await write_much(widget, site)
    await widget.page.reload()
    await widget.open()
    oldest = await widget.texts.first.text_content()
    assert oldest is not None
    read = widget.log.get_by_text(oldest, exact=True)
    # Answers wait until it is known where the eye rests.
    frame = widget.frame()
    await frame.evaluate("() => document.querySelector('.scroll').scrollTo(0, 40)")
    before = await top(read)
    await expect(widget.texts.first).not_to_have_text(oldest)
    assert abs(await top(read) - before) < 60


async def test_an_agent_reads_back_to_the_beginning_without_jumps(
    visit: Visit, site: Site, ada: Desk
) -> None:
    widget = await visit()
    await widget.open()
    await write_much(widget, site)
    await widget.say("Read all of it")
    await ada.open("Read all of it")
    messages = ada.conversation.get_by_role("region", name="Messages")
    await wheel_up(ada, messages, messages.get_by_text("Message 1.", exact=True))
    await expect(messages.get_by_text("The conversation begins here")).to_be_visible()

    # One who reads the past is not torn away from it, and told that there is more.
    await widget.say("Are you still reading?")
    news = ada.page.get_by_role("button", name="1 new message")
    await expect(news).to_be_visible()
    await expect(messages.get_by_text("Message 1.", exact=True)).to_be_in_viewport()
    await news.click()
    await expect(messages.get_by_text("Are you still reading?")).to_be_in_viewport()
