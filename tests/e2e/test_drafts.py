"""Drafts: they follow from device to device, nothing typed is replaced, and what was sent is gone everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import PASSWORD, Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(crowd: Crowd, installation: Installation, server: Server) -> AsyncIterator[Desk]:
    yield await crowd.agent(installation, server.url, "Dora")


async def test_a_draft_follows_to_another_device_and_neither_text_is_lost(
    desk: Desk, crowd: Crowd, visit: Visit, unique: Unique, server: Server
) -> None:
    phone = Desk(await (await crowd.context(viewport={"width": 1000, "height": 760})).new_page())
    await phone.sign_in(server.url, "dora@example.com", PASSWORD)
    question, begun = unique("May I ask?"), unique("Of course")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await desk.open(question)
    await desk.field.press_sequentially(begun)
    # The mark in the list, and the text itself.
    await expect(phone.row(question).get_by_text("Draft", exact=True)).to_be_attached()
    await phone.open(question)
    await expect(phone.field).to_have_value(begun)

    # The phone has no way to the server for a while, and is written at; so is the desk.
    async def block(route: Route) -> None:
        await (route.abort() if route.request.method == "PUT" else route.fallback())

    await phone.page.route("**/drafts", block)
    await phone.field.fill(f"{begun}, from my phone")
    await desk.field.fill(f"{begun}, from my desk")
    card = phone.page.get_by_role("status", name="A reply that you began elsewhere")
    await expect(card).to_contain_text(f"{begun}, from my desk")
    await expect(phone.field).to_have_value(f"{begun}, from my phone")
    for theme in ("light", "dark"):
        await phone.page.emulate_media(color_scheme=theme)
        assert await violations(phone.page) == []
    await card.get_by_role("button", name="Write on with this").press("Enter")
    await expect(phone.field).to_have_value(f"{begun}, from my desk")
    await expect(card).to_contain_text(f"{begun}, from my phone")
    await phone.page.unroute("**/drafts", block)
    await card.get_by_role("button", name="Discard it").press("Enter")
    await expect(card).to_have_count(0)
    await phone.field.press("Enter")
    await expect(widget.texts).to_have_text([question, f"{begun}, from my desk"])
    for each in (phone, desk):
        await expect(each.field).to_have_value("")
        await expect(each.list.get_by_text("Draft", exact=True)).to_have_count(0)
