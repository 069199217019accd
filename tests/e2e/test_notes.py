"""A note stays with the team, whatever becomes of the reply that was written before it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk
from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "Do not tell them"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def grace(team: Crowd, installation: Installation, server: Server) -> AsyncIterator[Desk]:
    yield await team.agent(installation, server.url, "Grace")


async def test_a_refused_reply_is_not_joined_to_the_note_that_is_being_written(
    visit: Visit, unique: Unique, ada: Desk, grace: Desk
) -> None:
    question, answer = unique("Are you there?"), unique("The shop is closed")
    widget = await visit()
    await widget.open()
    await widget.say(question)
    await ada.open(question)
    await grace.open(question)
    await ada.page.context.set_offline(True)
    await grace.say(answer)
    await expect(widget.texts.filter(has_text=answer)).to_be_visible()
    await ada.say("Yes, we are")
    await ada.page.get_by_role("radio", name=re.compile("^Note")).click()
    await ada.note.fill(SECRET)
    await ada.page.context.set_offline(False)
    await expect(ada.page.get_by_text("wrote while you were writing")).to_be_visible()
    await expect(ada.note).to_have_value(SECRET)
    await ada.note.press("Enter")
    await expect(ada.note).to_have_value("")
    await expect(ada.texts.filter(has_text=SECRET)).to_be_visible()
    await grace.say("The end")
    await expect(widget.texts).to_have_text([question, answer, "The end"])
