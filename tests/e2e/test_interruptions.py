"""Servers die, networks block, people reload: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk, Widget, keep_writing
from tests.e2e.people import Crowd
from tests.e2e.site import Site, open_site
from tests.faults.proxy import End, Proxy
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
WAKE = "dispatchEvent(new Event('online'))"


async def stored(installation: Installation, text: str) -> list[str]:
    """Return the texts of the conversation in which somebody said this, in the order of the log."""
    rows = await installation.rows(
        """
        select body ->> 'text' from entries
         where type = 'message_received'
           and conversation_id = (select conversation_id from entries where body ->> 'text' = $1)
         order by seq
        """,
        text,
    )
    return [row[0] for row in rows]


class Power:
    """Takes it from the server and gives it back, at the same address."""

    def __init__(self, installation: Installation, server: Server) -> None:
        self._installation = installation
        self._server = server
        self._port = str(server.host[1])

    def cut(self) -> None:
        self._server.kill()
        self._installation.servers.remove(self._server)

    async def restore(self) -> None:
        self._server = self._installation.start(WEBSOCKET_PORT=self._port)
        await asyncio.to_thread(self._server.wait_for, "serving")


@pytest.fixture(scope="module")
def power(installation: Installation, server: Server) -> Power:
    return Power(installation, server)


async def test_a_killed_server_comes_back_in_mid_conversation(
    visit: Visit, ada: Desk, power: Power, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("Before"))
    await ada.open(unique("Before"))
    await ada.say("I am here")
    await expect(widget.texts).to_have_text([unique("Before"), "I am here"])
    power.cut()
    await widget.say("Hello?")
    await expect(widget.state).to_have_text("Not sent yet. We'll keep trying.")
    await expect(widget.panel.get_by_text("Reconnecting… your messages are kept")).to_be_visible()
    await ada.say("One moment")
    await expect(ada.page.get_by_text("Reconnecting… your messages are kept.")).to_be_visible()
    await expect(ada.conversation.locator(".delivery")).to_have_text("Waiting for the connection")
    await power.restore()
    await expect(widget.panel.get_by_text("Reconnecting…")).to_have_count(0)
    await expect(ada.page.get_by_text("Reconnecting…")).to_have_count(0)
    await expect(ada.conversation.locator(".delivery")).to_have_text("Seen")
    await expect(widget.state).to_have_text("Seen")
    log = await stored(installation, unique("Before"))
    assert sorted(log) == sorted([unique("Before"), "I am here", "Hello?", "One moment"])
    for face in (widget, ada):
        await expect(face.texts).to_have_text(log)


async def test_a_server_killed_while_many_are_sent_loses_and_doubles_none(
    visit: Visit, ada: Desk, power: Power, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    said = [unique(f"Line {number}") for number in range(1, 25)]
    for text in said[:12]:
        await widget.say(text)
    # Wherever they are: some stored, some under way, some not yet sent.
    power.cut()
    for text in said[12:]:
        await widget.say(text)
    await expect(widget.texts).to_have_text(said)
    await power.restore()
    await expect(widget.state).to_have_text("Sent")
    await expect(widget.texts).to_have_text(said)
    assert await stored(installation, said[0]) == said
    await ada.open(said[-1])
    await expect(ada.row(said[-1])).to_have_count(1)


async def test_a_message_written_without_a_server_is_sent_by_the_next_visit(
    visit: Visit, ada: Desk, power: Power, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("First"))
    await expect(widget.state).not_to_have_text("Sending…")
    power.cut()
    await widget.say(unique("Written in vain?"))
    await widget.field.fill("And a dra")
    await expect(widget.state).to_have_text("Not sent yet. We'll keep trying.")
    await widget.page.close()
    await power.restore()
    again = Widget(await widget.page.context.new_page())
    await again.page.goto(widget.page.url)
    await again.open()
    await expect(again.field).to_have_value("And a dra")
    await expect(again.texts).to_have_text([unique("First"), unique("Written in vain?")])
    await ada.open(unique("Written in vain?"))
    await expect(again.state).to_have_text("Seen")
    assert await stored(installation, unique("First")) == [unique("First"), unique("Written in vain?")]


async def test_an_agents_message_and_draft_survive_a_reload(
    visit: Visit, ada: Desk, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("Wait for it"))
    await ada.open(unique("Wait for it"))
    await ada.say("Here it is")
    await ada.field.fill("And there is mo")
    await ada.page.reload()
    await expect(ada.texts).to_have_text([unique("Wait for it"), "Here it is"])
    await expect(ada.field).to_have_value("And there is mo")
    await expect(widget.texts).to_have_text([unique("Wait for it"), "Here it is"])
    await ada.field.press("Enter")
    log = [unique("Wait for it"), "Here it is", "And there is mo"]
    await expect(widget.texts).to_have_text(log)
    assert await stored(installation, unique("Wait for it")) == log


class Firewall(Proxy):
    """Stands before the server and, while it is up, makes plain requests of all WebSocket upgrades."""

    def __init__(self, server: Server) -> None:
        super().__init__(lambda: iter([("server", server.host)]))
        self.is_up = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> End:
        near = super()._accept()
        near.filter = self._strip
        return near

    def _strip(self, data: bytes) -> bytes:
        return data.replace(b"Upgrade: websocket", b"X-Removed: whatever") if self.is_up else data


@pytest_asyncio.fixture(loop_scope="session")
async def firewall(power: Power, installation: Installation) -> AsyncIterator[Firewall]:
    firewall = Firewall(installation.servers[-1])
    await firewall.start()
    yield firewall
    await firewall.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def office(firewall: Firewall, installation: Installation, unique: Unique) -> AsyncIterator[Site]:
    """A website whose visitors reach the chat through the firewall."""
    with open_site() as site:
        site.chat = firewall.url
        site.inbox = await installation.inbox(unique("Office"), origins=(site.origin,))
        yield site


async def test_a_customer_behind_a_firewall_chats_by_long_poll_and_goes_back(
    crowd: Crowd, office: Site, firewall: Firewall, ada: Desk, installation: Installation, unique: Unique
) -> None:
    widget = await crowd.customer(office)
    await widget.open()
    await widget.say(unique("Can you hear me?"))
    await expect(widget.state).to_have_text("Sent")
    await ada.open(unique("Can you hear me?"))
    await ada.say("Through the wall")
    await expect(widget.texts).to_have_text([unique("Can you hear me?"), "Through the wall"])

    firewall.is_up = False
    await widget.frame().evaluate(WAKE)
    # Typing comes by socket only.
    await expect(widget.header).to_contain_text("Ada is here")
    await keep_writing(ada.field, until=widget.typing.filter(has_text="Ada is typing"))
    await ada.say("The wall is gone")
    log = [unique("Can you hear me?"), "Through the wall", "The wall is gone", "So it is"]
    await expect(widget.texts).to_have_text(log[:3])
    await widget.say("So it is")
    await expect(widget.state).to_have_text("Seen")
    assert await stored(installation, unique("Can you hear me?")) == log
    for face in (widget, ada):
        await expect(face.texts).to_have_text(log)


async def test_an_agent_behind_a_firewall_gets_and_sends(
    crowd: Crowd, visit: Visit, firewall: Firewall, installation: Installation, unique: Unique
) -> None:
    grace = await crowd.agent(installation, firewall.url, f"Grace{firewall.port}")
    blocked = grace.page.get_by_text("Your network blocks live connections")
    await expect(blocked).to_be_visible()
    widget = await visit()
    await widget.open()
    await widget.say(unique("Anyone behind the wall?"))
    await grace.open(unique("Anyone behind the wall?"))
    await grace.say("Grace")
    await expect(widget.texts).to_have_text([unique("Anyone behind the wall?"), "Grace"])
    await widget.say("Good")
    await expect(grace.texts).to_have_text([unique("Anyone behind the wall?"), "Grace", "Good"])
    firewall.is_up = False
    await grace.page.evaluate(WAKE)
    await expect(blocked).to_have_count(0)


async def test_a_list_that_could_not_catch_up_tries_again(
    crowd: Crowd, visit: Visit, ada: Desk, firewall: Firewall, installation: Installation
) -> None:
    firewall.is_up = False
    hedy = await crowd.agent(installation, firewall.url, f"Hedy{firewall.port}")
    widget = await visit()
    await widget.open()
    await widget.say(f"Before {firewall.port}")
    await expect(hedy.row(f"Before {firewall.port}")).to_be_visible()
    refusals = 0

    async def answer(route: Route) -> None:
        nonlocal refusals
        if refusals == 3:
            await route.continue_()
        else:
            refusals += firewall.is_open
            await route.fulfill(status=503, json={"code": "unavailable", "message": "Come back"})

    await hedy.page.route("**/chat/conversations?*", answer)
    firewall.is_open = False
    firewall.cut_all()
    await widget.say(f"After {firewall.port}")
    # Everyone there was told; nobody will be told again.
    await expect(ada.row(f"After {firewall.port}")).to_be_visible()
    firewall.is_open = True
    await hedy.page.evaluate(WAKE)
    await expect(hedy.row(f"After {firewall.port}")).to_be_visible()


async def test_a_laptop_that_was_offline_catches_up(visit: Visit, ada: Desk, unique: Unique) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("I close the lid"))
    await ada.open(unique("I close the lid"))
    await widget.page.context.set_offline(True)
    await ada.say("Good night")
    await widget.say("Said in the tunnel")
    await widget.page.context.set_offline(False)
    for face in (widget, ada):
        await expect(face.texts).to_have_text([unique("I close the lid"), "Good night", "Said in the tunnel"])


async def test_a_visitor_who_slept_until_they_were_cleared_away_goes_on_with_what_they_typed(
    visit: Visit, ada: Desk, power: Power, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    before = await installation.sql("select max(id) from users where role = 'customer'")
    power.cut()
    await widget.say(unique("Said half asleep"))
    await widget.field.fill("And a dra")
    # As the clearing does, after an hour without a word.
    await installation.sql("delete from conversations where customer_id = $1", before)
    await installation.sql("delete from users where id = $1", before)
    await power.restore()
    await expect(widget.state).to_have_text("Sent")
    await expect(widget.texts).to_have_text([unique("Said half asleep")])
    await expect(widget.field).to_have_value("And a dra")
    await ada.open(unique("Said half asleep"))
    await ada.say("Good morning")
    await expect(widget.texts).to_have_text([unique("Said half asleep"), "Good morning"])
    assert await stored(installation, unique("Said half asleep")) == [
        unique("Said half asleep"),
        "Good morning",
    ]
    await widget.page.reload()
    await widget.open()
    await expect(widget.field).to_have_value("And a dra")
    await expect(widget.texts).to_have_text([unique("Said half asleep"), "Good morning"])


async def test_a_visitor_who_comes_back_is_let_in_before_anybody_asks_about_their_session(
    visit: Visit, ada: Desk, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("Before lunch"))
    await expect(widget.state).not_to_have_text("Sending…")
    held: list[Route] = []
    asked = asyncio.Event()

    async def hold(route: Route) -> None:
        held.append(route)
        asked.set()

    await widget.page.context.route("**/chat/sessions", hold)
    await widget.page.reload()
    await widget.open()
    await widget.say(unique("After lunch"))
    await expect(widget.texts).to_have_text([unique("Before lunch"), unique("After lunch")])
    await ada.open(unique("After lunch"))
    await expect(widget.state).to_have_text("Seen")
    # It is asked all the same: the session is prolonged, and the conversation may have been closed.
    await asked.wait()
    for route in held:
        await route.continue_()
    await ada.say("Back at my desk too")
    await expect(widget.texts).to_have_count(3)
    assert len(held) == 1


async def test_a_visitor_whose_session_ended_meanwhile_goes_on_in_one_other(
    visit: Visit, ada: Desk, installation: Installation, unique: Unique
) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(unique("Yesterday"))
    await expect(widget.state).not_to_have_text("Sending…")
    before = await installation.sql("select max(id) from users where role = 'customer'")
    # Beside it the page of the session has no socket: it would hear of the end, and here nobody does.
    url, page = widget.page.url, await widget.page.context.new_page()
    await widget.page.close()
    await installation.sql("update sessions set revoked_at = now() where user_id = $1", before)
    again = Widget(page)
    await page.goto(url)
    await again.open()
    await again.say(unique("Today"))
    await expect(again.texts).to_have_text([unique("Today")])
    await ada.open(unique("Today"))
    await expect(again.state).to_have_text("Seen")
    assert await stored(installation, unique("Today")) == [unique("Today")]
    assert (
        await installation.sql("select count(*) from users where role = 'customer' and id > $1", before) == 1
    )


async def test_a_server_that_knows_nobody_is_not_asked_again_and_again(crowd: Crowd, site: Site) -> None:
    widget = await crowd.customer(site)
    asked: list[str] = []

    async def forget(route: Route) -> None:
        asked.append(route.request.method)
        headers = {name: value for name, value in route.request.headers.items() if name != "authorization"}
        await route.continue_(headers=headers)

    await widget.page.context.route("**/chat/sessions", forget)
    await widget.page.context.route_web_socket("**/ws/widget", lambda socket: socket.close(code=4401))
    await widget.launcher.click()
    await expect(widget.panel.get_by_role("button", name="Connect again")).to_be_visible()
    # The first visitor, another in their place, and one more that is not taken.
    assert asked == ["POST"] * 3
