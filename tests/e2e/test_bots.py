"""A bot's reply grows before both faces, and ends where a person begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.bots.upstream import Upstream, open_upstream, sse
from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk
from tests.e2e.site import Site
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def model() -> AsyncIterator[Upstream]:
    async with open_upstream() as upstream:
        yield upstream


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(installation: Installation, model: Upstream) -> Server:
    server = installation.start(OPENAI_BASE_URL=f"{model.url}/v1", OPENAI_MODEL="kettle")
    await asyncio.to_thread(server.wait_for, "serving")
    return server


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _answered_by_the_model(installation: Installation, site: Site) -> None:
    await installation.sql("update inboxes set bot = 'openai' where key = $1", site.inbox)


def said(text: str) -> bytes:
    return sse({"choices": [{"index": 0, "delta": {"content": text}}]})


async def test_a_reply_grows_in_both_faces(visit: Visit, ada: Desk, model: Upstream) -> None:
    begin, more, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
    model.will_answer(
        begin, said("It "), said("whistles"), more, said(" when"), done, said(" it boils."), sse("[DONE]")
    )
    widget = await visit()
    await widget.open()
    await widget.say("When does it whistle?")
    await ada.open("When does it whistle?")
    # The pieces of a reply on its way are told to those who are there, and not told again.
    await expect(ada.conversation).to_contain_text("Online now")
    begin.set()
    for face in (widget, ada):
        await expect(face.texts.last).to_have_text("It whistles")
    more.set()
    for face in (widget, ada):
        await expect(face.texts.last).to_have_text("It whistles when")
    done.set()
    for face in (widget, ada):
        await expect(face.texts).to_have_text(["When does it whistle?", "It whistles when it boils."])
    await expect(widget.log.get_by_text("Bot").first).to_be_visible()


async def test_the_bot_falls_silent_when_an_agent_writes(visit: Visit, ada: Desk, model: Upstream) -> None:
    begin, never = asyncio.Event(), asyncio.Event()
    model.answers.clear()
    model.will_answer(begin, said("Let me"), never)
    widget = await visit()
    await widget.open()
    await widget.say("A person, please")
    await ada.open("A person, please")
    await expect(ada.conversation).to_contain_text("Online now")
    begin.set()
    await expect(widget.texts.last).to_have_text("Let me")
    await ada.say("Here I am")
    for face in (widget, ada):
        await expect(face.texts.filter(has_text="Here I am")).to_be_visible()
        assert await face.texts.all_inner_texts() == ["A person, please", "Here I am"]


async def test_a_bot_that_fails_hands_over_to_people(visit: Visit, ada: Desk, model: Upstream) -> None:
    model.answers.clear()
    model.will_answer(b"no", status=400, content_type="text/plain")
    widget = await visit()
    await widget.open()
    await widget.say("Are you well?")
    await expect(widget.log.get_by_text("A person takes over from here")).to_be_visible()
    await ada.open("Are you well?")
    await expect(ada.conversation.get_by_text("The bot handed over to your team")).to_be_visible()
