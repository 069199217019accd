"""Servers as they are, and what a customer sees of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from app.bots.bot import BotFailed
from app.settings import Settings
from tests.bots import dialects
from tests.bots.asking import reply_of
from tests.bots.process import Process, open_process
from tests.bots.recorded.coze import COZE
from tests.bots.recorded.houses import AZURE, LITELLM, OPENAI, OPENROUTER
from tests.bots.recorded.models import MODELS
from tests.bots.recorded.servers import LLAMA_CPP, OLLAMA, VLLM
from tests.bots.recorded.shape import Outcome, People, Shape, Silence, Words
from tests.bots.recorded.transports import TRANSPORTS
from tests.bots.recorded.webhooks import WEBHOOKS
from tests.bots.upstream import Upstream

COMPLETIONS = [*OPENAI, *AZURE, *OPENROUTER, *LITELLM, *VLLM, *OLLAMA, *LLAMA_CPP, *MODELS, *TRANSPORTS]
SHAPES = [*COMPLETIONS, *COZE, *WEBHOOKS]
DIALECTS = {dialect.bot: dialect for dialect in (dialects.OPENAI, dialects.COZE, dialects.WEBHOOK)}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.bot}: {shape.name}")
async def test_an_answer_becomes_words_or_people_or_a_silence_that_is_meant(
    shape: Shape, upstream: Upstream
) -> None:
    upstream.answers = list(shape.answers)
    assert await outcome(shape, upstream) == shape.outcome
    assert len(upstream.asked) == len(shape.answers)


async def outcome(shape: Shape, upstream: Upstream) -> Outcome:
    try:
        text = await reply_of(shape.bot, DIALECTS[shape.bot].settings(upstream.url))
    except BotFailed as failure:
        return People(failure.reason)
    return Words(text) if text else Silence()


@pytest_asyncio.fixture
async def process(settings: Settings, upstream: Upstream) -> AsyncIterator[Process]:
    for dialect in DIALECTS.values():
        given, plain = dialect.settings(upstream.url), Settings()
        changed = {
            name: getattr(given, name)
            for name in given.__struct_fields__
            if getattr(given, name) != getattr(plain, name)
        }
        settings = msgspec.structs.replace(settings, **changed)
    async with open_process(settings) as opened:
        yield opened


async def test_no_customer_is_left_without_a_reply_or_a_person(process: Process, upstream: Upstream) -> None:
    told, expected = {}, {}
    for shape in SHAPES:
        upstream.answers = list(shape.answers)
        talk = await process.open_talk(shape.bot)
        await process.bots.reply_to(await process.say(talk, "Do you ship?"))
        name = f"{shape.bot}: {shape.name}"
        told[name] = (await process.told(talk))[1:]
        match shape.outcome:
            case Words(text):
                expected[name] = [f"bot: {text}"]
            case People(reason):
                expected[name] = [f"bot_handover {reason}"]
            case Silence():
                expected[name] = []
    assert told == expected
