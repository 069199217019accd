"""Long conversations: the newest part first, older ones as one scrolls up, and nothing jumps."""

from __future__ import annotations

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from app.values.uuid7 import uuid7
from tests.e2e.conftest import Unique
from tests.e2e.faces import Desk, Widget
from tests.e2e.people import Crowd
from tests.e2e.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOLD = [f"Message {number}." for number in range(1, 131)]
IN_SIGHT = """([element]) => element !== undefined && new Promise((resolve) =>
  new IntersectionObserver(([{isIntersecting}], observer) => {
    observer.disconnect();
    resolve(isIntersecting);
  }).observe(element))"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def teller(team: Crowd, site: Site) -> Widget:
    """A customer who has written much, by REST to be quick."""
    widget = await team.customer(site)
    await widget.open()
    token = await widget.frame().evaluate(
        "key => localStorage.getItem(`fireside.session.${key}`).split(' ')[0]", site.inbox
    )
    await widget.page.goto("about:blank")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=site.chat, headers=headers) as http:
        session = (await http.post("/chat/sessions", json={"inbox": site.inbox})).json()
        path = f"/chat/conversations/{session['conversation_id']}/messages"
        for text in TOLD:
            content = {"type": "text", "text": text}
            response = await http.post(path, json={"client_msg_id": str(uuid7()), "content": content})
            assert response.status_code == 201, response.text
    return widget


async def come_back(teller: Widget, site: Site) -> None:
    await teller.page.goto(site.origin)
    await teller.open()


async def top(locator: Locator) -> float:
    return float(await locator.evaluate("element => element.getBoundingClientRect().top"))


async def wheel_up(face: Widget | Desk, over: Locator, until: Locator) -> None:
    """Turn the wheel over the log until this is in sight."""
    await over.hover()
    while not await until.evaluate_all(IN_SIGHT):
        await face.page.mouse.wheel(0, -600)
        # A frame, in which what was asked for may come.
        await over.evaluate("() => new Promise(requestAnimationFrame)")


async def test_history_pages_upwards_in_the_widget(teller: Widget, site: Site) -> None:
    await come_back(teller, site)
    await expect(teller.log.get_by_text(TOLD[-1], exact=True)).to_be_in_viewport()
    await expect(teller.log.get_by_text(TOLD[0], exact=True)).to_have_count(0)
    await wheel_up(teller, teller.log, teller.log.get_by_text(TOLD[0], exact=True))
    assert (await teller.texts.all_inner_texts())[: len(TOLD)] == TOLD


async def test_history_that_comes_does_not_move_what_is_read_in_the_widget(
    teller: Widget, site: Site
) -> None:
    await come_back(teller, site)
    oldest = await teller.texts.first.inner_text()
    read = teller.log.get_by_text(oldest, exact=True)
    await teller.frame().evaluate("document.querySelector('.scroll').scrollTo(0, 40)")
    before = await top(read)
    await expect(teller.texts.first).not_to_have_text(oldest)
    # The author's name may have gone from above it.
    assert abs(await top(read) - before) < 60


async def test_an_agent_reads_back_to_the_beginning_without_jumps(
    teller: Widget, site: Site, ada: Desk, unique: Unique
) -> None:
    await come_back(teller, site)
    await teller.say(unique("Read all of it"))
    await ada.open(unique("Read all of it"))
    messages = ada.conversation.get_by_role("region", name="Messages")
    first = messages.get_by_text(TOLD[0], exact=True)
    await wheel_up(ada, messages, first)
    await expect(messages.get_by_text("The conversation begins here")).to_be_visible()

    # One who reads the past is not torn away from it, and told that there is more.
    await teller.say(unique("Are you still reading?"))
    news = ada.page.get_by_role("button", name="1 new message")
    await expect(news).to_be_visible()
    await expect(first).to_be_in_viewport()
    await news.click()
    await expect(messages.get_by_text(unique("Are you still reading?"))).to_be_in_viewport()


async def test_an_agent_on_a_slow_machine_arrives_at_the_end_and_stays_there(
    teller: Widget, site: Site, ada: Desk, unique: Unique
) -> None:
    await come_back(teller, site)
    await teller.say(unique("Read the last of it"))
    await ada.open(unique("Read the last of it"))
    messages = ada.conversation.get_by_role("region", name="Messages")
    machine = await ada.page.context.new_cdp_session(ada.page)
    # Rows are measured after the browser has told of the way to where they were thought to be.
    await machine.send("Emulation.setCPUThrottlingRate", {"rate": 8})
    await wheel_up(ada, messages, messages.get_by_text(TOLD[0], exact=True))
    await ada.page.get_by_role("button", name="Jump to the newest message").click()
    await expect(messages.get_by_text(unique("Read the last of it"))).to_be_in_viewport()
    await teller.say(unique("And this"))
    await expect(messages.get_by_text(unique("And this"))).to_be_in_viewport()
    await machine.detach()
