"""Bots in conversations, on the real log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import structlog

from app.bots import asker, runner
from app.bots.store import renew_claim
from app.protocol import MessageReceived, MessageStreaming, TextContent
from app.settings import Settings
from app.values.uuid7 import uuid7
from tests.bots.dialects import WEBHOOK, openai_answer, openai_delta
from tests.bots.process import Process, open_process
from tests.bots.upstream import Upstream


@pytest_asyncio.fixture
async def process(bot_settings: Settings) -> AsyncIterator[Process]:
    async with open_process(bot_settings) as opened:
        yield opened


def text_of(reply: MessageReceived | None) -> str:
    assert reply is not None
    assert isinstance(reply.content, TextContent)
    return reply.content.text


async def test_a_bot_answers_what_a_customer_writes(process: Process) -> None:
    talk = await process.open_talk("echo")
    listener = await process.listen(talk)
    await process.say(talk, "Hello")
    reply = await listener.wait_for("message_received", seq=2)
    assert reply["sender"] == {"id": reply["sender"]["id"], "role": "bot", "name": "Bot"}
    assert await process.told(talk) == ["customer: Hello", "bot: Hello"]


async def test_without_a_bot_nobody_answers(process: Process) -> None:
    talk = await process.open_talk("none")
    appended = await process.say(talk, "Hello")
    assert await process.bots.reply_to(appended) is None
    assert await process.told(talk) == ["customer: Hello"]


async def test_a_caller_who_waits_for_a_reply_gets_the_one_that_is_on_its_way(
    process: Process, upstream: Upstream
) -> None:
    upstream.will_answer(*openai_answer("Yes."))
    talk = await process.open_talk("openai")
    appended = await process.say(talk, "Do you ship?")
    replies = await asyncio.gather(*(process.bots.reply_to(appended) for _ in range(3)))
    assert [text_of(reply) for reply in replies] == ["Yes."] * 3
    assert len(upstream.asked) == 1
    assert await process.told(talk) == ["customer: Do you ship?", "bot: Yes."]


async def test_a_message_that_is_sent_again_gets_the_same_reply(process: Process, upstream: Upstream) -> None:
    upstream.will_answer(*openai_answer("Yes."))
    talk, again = await process.open_talk("openai"), uuid7()
    first = await process.bots.reply_to(await process.say(talk, "Do you ship?", client_msg_id=again))
    await process.say(talk, "Let me see.", role="agent")
    second = await process.bots.reply_to(await process.say(talk, "Do you ship?", client_msg_id=again))
    assert text_of(first) == "Yes."
    assert second == first
    assert len(upstream.asked) == 1


async def test_a_reply_is_shown_while_it_grows(
    process: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "RENEW_SECONDS", 0.3)
    renewed = asyncio.Event()

    async def watched(*arguments: Any) -> bool:
        renewed.set()
        return await renew_claim(*arguments)

    monkeypatch.setattr(asker, "renew_claim", watched)
    more, end = asyncio.Event(), asyncio.Event()
    upstream.will_answer(openai_delta("Yes, "), more, openai_delta("we do."), end, openai_delta(None, "stop"))
    talk = await process.open_talk("openai")
    listener = await process.listen(talk)
    appended = await process.say(talk, "Do you ship?")
    await listener.wait_for("message_streaming", text="Yes,")
    await renewed.wait()
    more.set()
    shown = await listener.wait_for("message_streaming", text="Yes, we do.")
    end.set()
    reply = await listener.wait_for("message_received", seq=2)
    assert shown["client_msg_id"] == reply["client_msg_id"]
    assert shown["sender"] == reply["sender"]
    assert reply["content"] == {"type": "text", "text": "Yes, we do."}
    assert len(listener.all("message_streaming")) == 2
    assert text_of(await process.bots.reply_to(appended)) == "Yes, we do."


async def test_a_backend_can_follow_a_reply_while_it_grows(process: Process, upstream: Upstream) -> None:
    end = asyncio.Event()
    upstream.will_answer(openai_delta("Yes, "), end, openai_delta("we do.", "stop"))
    talk = await process.open_talk("openai")
    states = process.bots.follow(await process.say(talk, "Do you ship?"))
    growing = await anext(states)
    assert isinstance(growing, MessageStreaming)
    assert growing.text == "Yes,"
    end.set()
    rest = [state async for state in states]
    assert isinstance(rest[-1], MessageReceived)
    assert text_of(rest[-1]) == "Yes, we do."


async def test_a_caller_who_stops_waiting_does_not_stop_the_bot(process: Process, upstream: Upstream) -> None:
    end = asyncio.Event()
    upstream.will_answer(end, *openai_answer("Yes."))
    talk = await process.open_talk("openai")
    listener = await process.listen(talk)
    waiting = asyncio.create_task(process.bots.reply_to(await process.say(talk, "Do you ship?")))
    await upstream.wait_asked(1)
    waiting.cancel()
    await asyncio.wait({waiting})
    end.set()
    await listener.wait_for("message_received", seq=2)


async def test_a_bot_that_thinks_is_seen_typing_until_it_speaks(process: Process, upstream: Upstream) -> None:
    speak, end = asyncio.Event(), asyncio.Event()
    upstream.will_answer(speak, openai_delta("Yes."), end, openai_delta(None, "stop"))
    talk = await process.open_talk("openai")
    listener = await process.listen(talk)
    await process.say(talk, "Do you ship?")
    typing = await listener.wait_for("typing_indicator", is_typing=True)
    assert typing["role"] == "bot"
    # A client that joins now is told so too, and one that joins when it speaks is not.
    [seen] = process.company.typing(talk.conversation_id, except_user_id=talk.customer.user_id)
    assert (seen.role, seen.is_typing) == ("bot", True)
    speak.set()
    await listener.wait_for("message_streaming", text="Yes.")
    assert listener.all("typing_indicator")[-1]["is_typing"] is False
    assert process.company.typing(talk.conversation_id, except_user_id=talk.customer.user_id) == []
    end.set()
    await listener.wait_for("message_received", seq=2)


async def test_messages_of_one_conversation_are_answered_in_their_order(
    process: Process, upstream: Upstream
) -> None:
    first = asyncio.Event()
    upstream.will_answer(first, *openai_answer("To the first."))
    upstream.will_answer(*openai_answer("To the second."))
    upstream.will_answer(*openai_answer("To the third."))
    talk = await process.open_talk("openai")
    await process.say(talk, "First?")
    await upstream.wait_asked(1)
    await process.say(talk, "Second?")
    third = await process.say(talk, "Third?")
    other = await process.open_talk("echo")
    assert text_of(await process.bots.reply_to(await process.say(other, "Meanwhile"))) == "Meanwhile"
    assert len(upstream.asked) == 1
    first.set()
    assert text_of(await process.bots.reply_to(third)) == "To the third."
    assert await process.told(talk) == [
        "customer: First?",
        "customer: Second?",
        "customer: Third?",
        "bot: To the first.",
        "bot: To the second.",
        "bot: To the third.",
    ]
    assert [message["content"] for message in upstream.asked[0].json["messages"]] == ["First?"]
    assert [message["content"] for message in upstream.asked[1].json["messages"]] == [
        "First?",
        "To the first.",
        "Second?",
    ]


async def test_a_silent_bot_says_nothing_and_stays(process: Process, upstream: Upstream) -> None:
    upstream.will_answer(status=204)
    upstream.will_answer(*WEBHOOK.answer("Now I do."), content_type="application/json")
    talk = await process.open_talk("webhook")
    assert await process.bots.reply_to(await process.say(talk, "Anyone?")) is None
    assert text_of(await process.bots.reply_to(await process.say(talk, "Hello?"))) == "Now I do."
    assert await process.told(talk) == ["customer: Anyone?", "customer: Hello?", "bot: Now I do."]


async def test_a_bot_that_fails_hands_over_and_is_silent_from_then_on(
    process: Process, upstream: Upstream
) -> None:
    upstream.will_answer(status=400)
    talk = await process.open_talk("openai")
    assert await process.bots.reply_to(await process.say(talk, "Do you ship?")) is None
    assert await process.bots.reply_to(await process.say(talk, "Hello?")) is None
    assert await process.told(talk) == ["customer: Do you ship?", "bot_handover error", "customer: Hello?"]
    assert len(upstream.asked) == 1


async def test_half_a_reply_is_shown_but_not_kept(process: Process, upstream: Upstream) -> None:
    fail = asyncio.Event()
    upstream.will_answer(openai_delta("Yes, but"), fail, cut=True)
    talk = await process.open_talk("openai")
    listener = await process.listen(talk)
    await process.say(talk, "Do you ship?")
    await listener.wait_for("message_streaming", text="Yes, but")
    fail.set()
    await listener.wait_for("conversation_event", event="bot_handover")
    assert await process.told(talk) == ["customer: Do you ship?", "bot_handover error"]


async def test_a_bot_that_takes_too_long_hands_over(bot_settings: Settings, upstream: Upstream) -> None:
    upstream.will_answer(asyncio.Event())
    async with open_process(msgspec.structs.replace(bot_settings, bot_timeout_seconds=0.2)) as process:
        talk = await process.open_talk("openai")
        assert await process.bots.reply_to(await process.say(talk, "Do you ship?")) is None
        assert await process.told(talk) == ["customer: Do you ship?", "bot_handover timeout"]


@pytest.mark.parametrize("bot", ["coze", "parrot"])
async def test_a_bot_without_its_settings_hands_over(bot: str, process: Process) -> None:
    talk = await process.open_talk(bot)
    assert await process.bots.reply_to(await process.say(talk, "Hello")) is None
    assert await process.told(talk) == ["customer: Hello", "bot_handover error"]


async def test_an_agent_who_writes_in_mid_stream_has_the_last_word(
    process: Process, upstream: Upstream
) -> None:
    upstream.will_answer(openai_delta("Yes, "), asyncio.Event())
    talk = await process.open_talk("openai")
    listener = await process.listen(talk)
    appended = await process.say(talk, "Do you ship?")
    await listener.wait_for("message_streaming", text="Yes,")
    await process.say(talk, "I am here.", role="agent")
    assert await process.bots.reply_to(appended) is None
    await upstream.was_left.wait()
    assert await process.told(talk) == ["customer: Do you ship?", "agent: I am here."]


async def test_a_reply_that_is_ready_just_after_an_agent_wrote_is_dropped(
    process: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "RENEW_SECONDS", 1000.0)
    ready = asyncio.Event()
    upstream.will_answer(ready, *openai_answer("Yes."))
    talk = await process.open_talk("openai")
    appended = await process.say(talk, "Do you ship?")
    await upstream.wait_asked(1)
    await process.say(talk, "I am here.", role="agent")
    ready.set()
    with structlog.testing.capture_logs() as logs:
        assert await process.bots.reply_to(appended) is None
    assert [entry for entry in logs if entry["event"].startswith("bot")] == []
    assert await process.told(talk) == ["customer: Do you ship?", "agent: I am here."]


async def test_messages_beyond_the_queue_are_left_to_people(
    process: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "QUEUE", 1)
    busy = asyncio.Event()
    upstream.will_answer(busy, *openai_answer("Yes."))
    served, refused = await process.open_talk("openai"), await process.open_talk("openai")
    waiting = await process.say(served, "Do you ship?")
    await upstream.wait_asked(1)
    assert await process.bots.reply_to(await process.say(refused, "And to me?")) is None
    assert await process.told(refused) == ["customer: And to me?", "bot_handover limit"]
    busy.set()
    assert text_of(await process.bots.reply_to(waiting)) == "Yes."


async def test_a_customer_who_floods_does_not_take_the_bots_from_others(
    process: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "CONVERSATION_QUEUE", 2)
    monkeypatch.setattr(runner, "QUEUE", 3)
    busy = asyncio.Event()
    upstream.will_answer(busy, *openai_answer("Yes."))
    flooding, other = await process.open_talk("openai"), await process.open_talk("echo")
    listener = await process.listen(flooding)
    for number in range(10):
        await process.say(flooding, f"Now {number}")
    assert text_of(await process.bots.reply_to(await process.say(other, "Hello"))) == "Hello"
    busy.set()
    await listener.wait_for("message_received", seq=12)
    assert (await process.told(flooding))[9:] == ["customer: Now 9", "bot: Yes.", "bot: Yes."]


async def test_a_fault_of_ours_hands_over_too(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("for the test")

    monkeypatch.setattr(asker, "make_turn", broken)
    talk = await process.open_talk("echo")
    with structlog.testing.capture_logs() as logs:
        assert await process.bots.reply_to(await process.say(talk, "Hello")) is None
    assert [entry["event"] for entry in logs] == ["bot_crashed"]
    assert await process.told(talk) == ["customer: Hello", "bot_handover error"]


async def test_a_message_that_waits_too_long_for_a_place_is_left_to_people(
    bot_settings: Settings, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "AT_ONCE", 1)
    upstream.will_answer(asyncio.Event())
    async with open_process(msgspec.structs.replace(bot_settings, bot_timeout_seconds=0.5)) as process:
        served, kept_waiting = await process.open_talk("openai"), await process.open_talk("openai")
        await process.say(served, "Do you ship?")
        await upstream.wait_asked(1)
        monkeypatch.setattr(process.bots, "_patience_seconds", 0.05)
        assert await process.bots.reply_to(await process.say(kept_waiting, "And to me?")) is None
        assert await process.told(kept_waiting) == ["customer: And to me?", "bot_handover limit"]


async def test_a_bot_is_shown_the_last_twenty_messages_as_they_are_now(
    process: Process, upstream: Upstream
) -> None:
    upstream.will_answer(*openai_answer("Yes."))
    talk = await process.open_talk("none")
    for number in range(25):
        await process.say(talk, f"Line {number}")
    await process.change(talk, "message_edited", 11, b'{"type": "text", "text": "Edited"}')
    await process.change(talk, "message_deleted", 12, b"{}")
    await process.db.execute("update inboxes set bot = 'openai'")
    await process.bots.reply_to(await process.say(talk, "Do you ship?"))
    (message,) = upstream.asked[0].json["messages"]
    lines = [f"Line {number}" for number in range(4, 25)]
    lines[6:8] = ["Edited"]
    assert message["content"].split("\n\n") == [*lines, "Do you ship?"]


@pytest.mark.parametrize("bot", ["openai", "webhook"])
async def test_a_reply_in_markdown_comes_with_its_plain_text(
    process: Process, upstream: Upstream, bot: str
) -> None:
    if bot == "openai":
        upstream.will_answer(*openai_answer("We **do**."))
    else:
        upstream.will_answer(
            b'{"reply": "We **do**.", "format": "markdown"}', content_type="application/json"
        )
    talk = await process.open_talk(bot)
    reply = await process.bots.reply_to(await process.say(talk, "Do you ship?"))
    assert reply is not None
    assert reply.content == TextContent("We do.", markdown="We **do**.")


async def test_a_reply_that_does_not_say_so_is_plain(process: Process, upstream: Upstream) -> None:
    upstream.will_answer(b'{"reply": "We **do**."}', content_type="application/json")
    talk = await process.open_talk("webhook")
    assert text_of(await process.bots.reply_to(await process.say(talk, "Hi"))) == "We **do**."
