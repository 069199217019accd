"""Bots on several processes that know nothing of each other, and on engines that fail."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.bots import asker, left_behind
from app.bots.store import Claim, claim_turn, release_claim, select_left_behind
from app.protocol import MessageReceived
from app.settings import Settings
from app.spine.log import handling, journal, reading
from app.spine.log.entry import Appended, Draft
from app.spine.log.set_aside import put_back, select_set_aside
from app.values.uuid7 import uuid7
from tests.bots.dialects import openai_answer
from tests.bots.process import Process, open_process
from tests.bots.upstream import Upstream
from tests.waiting import until

ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture
async def one(bot_settings: Settings) -> AsyncIterator[Process]:
    async with open_process(bot_settings) as opened:
        yield opened


@pytest_asyncio.fixture
async def two(bot_settings: Settings) -> AsyncIterator[Process]:
    async with open_process(bot_settings) as opened:
        yield opened


@pytest.fixture
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that looks at once for what was left behind."""
    monkeypatch.setattr(reading, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(left_behind, "ORPHAN_SECONDS", 0.0)


@pytest.fixture
def claim_refused(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when a process finds that another is answering."""
    refused = asyncio.Event()

    async def watched(*arguments: Any) -> Claim | None:
        claim = await claim_turn(*arguments)
        if claim is None:
            refused.set()
        return claim

    monkeypatch.setattr(asker, "claim_turn", watched)
    return refused


async def test_a_message_that_is_sent_again_to_another_process_is_answered_once(
    one: Process, two: Process, upstream: Upstream, claim_refused: asyncio.Event
) -> None:
    end, again = asyncio.Event(), uuid7()
    upstream.will_answer(end, *openai_answer("Yes."))
    talk = await one.open_talk("openai")
    first = asyncio.create_task(one.bots.reply_to(await one.say(talk, "Do you ship?", client_msg_id=again)))
    await upstream.wait_asked(1)
    retry = await two.say(talk, "Do you ship?", client_msg_id=again)
    assert retry.duplicate
    second = asyncio.create_task(two.bots.reply_to(retry))
    await claim_refused.wait()
    end.set()
    assert await first == await second
    assert isinstance(first.result(), MessageReceived)
    assert len(upstream.asked) == 1


async def test_two_processes_that_both_answer_leave_one_reply(
    one: Process, two: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        asker, "LEASE_SECONDS", 0.0
    )  # A claim that ends at once stands for a process that froze.
    end, again = asyncio.Event(), uuid7()
    upstream.will_answer(end, *openai_answer("Yes."))
    upstream.will_answer(end, *openai_answer("Yes, we do."))
    talk = await one.open_talk("openai")
    first = asyncio.create_task(one.bots.reply_to(await one.say(talk, "Do you ship?", client_msg_id=again)))
    await upstream.wait_asked(1)
    retry = await two.say(talk, "Do you ship?", client_msg_id=again)
    second = asyncio.create_task(two.bots.reply_to(retry))
    await upstream.wait_asked(2)
    end.set()
    assert await first == await second
    assert len(await one.log(talk)) == 2


async def test_two_processes_that_both_fail_hand_over_once(
    one: Process, two: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "LEASE_SECONDS", 0.0)
    end, again = asyncio.Event(), uuid7()
    upstream.will_answer(end, b"data: {\n\n")
    talk = await one.open_talk("openai")
    first = asyncio.create_task(one.bots.reply_to(await one.say(talk, "Do you ship?", client_msg_id=again)))
    await upstream.wait_asked(1)
    retry = await two.say(talk, "Do you ship?", client_msg_id=again)
    second = asyncio.create_task(two.bots.reply_to(retry))
    await upstream.wait_asked(2)
    end.set()
    assert (await first, await second) == (None, None)
    assert await one.told(talk) == ["customer: Do you ship?", "bot_handover error"]


async def test_a_conversation_goes_on_in_order_when_its_customer_changes_process(
    one: Process, two: Process, upstream: Upstream, claim_refused: asyncio.Event
) -> None:
    end = asyncio.Event()
    upstream.will_answer(end, *openai_answer("To the first."))
    upstream.will_answer(*openai_answer("To the second."))
    talk = await one.open_talk("openai")
    await one.say(talk, "First?")
    await upstream.wait_asked(1)
    waiting = asyncio.create_task(two.bots.reply_to(await two.say(talk, "Second?")))
    await claim_refused.wait()
    end.set()
    await waiting
    assert (await one.told(talk))[2:] == ["bot: To the first.", "bot: To the second."]


async def test_a_killed_process_leaves_its_messages_to_the_others(
    bot_settings: Settings, upstream: Upstream, quick_sweep: None
) -> None:
    upstream.will_answer(asyncio.Event())
    upstream.will_answer(*openai_answer("Yes."))
    dying = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bots.dying",
        bot_settings.database_url,
        bot_settings.redis_url,
        bot_settings.openai_base_url,
        cwd=ROOT,
    )
    try:
        await upstream.wait_asked(1)
    finally:
        dying.kill()
        await dying.wait()
    async with open_process(bot_settings) as process:
        await upstream.wait_asked(2)
        talk = await process.only_talk()
        listener = await process.listen(talk)
        if len(await process.log(talk)) < 2:
            await listener.wait_for("message_received", seq=2)
        assert await process.told(talk) == ["customer: Do you ship?", "bot: Yes."]


async def test_a_process_that_stops_leaves_its_messages_to_the_others(
    bot_settings: Settings,
    quick_sweep: None,
    one: Process,
    upstream: Upstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asker, "LEASE_SECONDS", 10_000.0)
    upstream.will_answer(asyncio.Event())
    upstream.will_answer(*openai_answer("Yes."))
    async with open_process(bot_settings) as stopping:
        talk = await stopping.open_talk("openai")
        listener = await one.listen(talk)
        waiting = asyncio.create_task(stopping.bots.reply_to(await stopping.say(talk, "Do you ship?")))
        await upstream.wait_asked(1)
    assert await waiting is None
    assert (await listener.wait_for("message_received", seq=2))["content"]["text"] == "Yes."


async def test_a_process_that_stops_finishes_what_is_nearly_done(
    bot_settings: Settings, upstream: Upstream
) -> None:
    end = asyncio.Event()
    upstream.will_answer(end, *openai_answer("Yes."))
    async with open_process(bot_settings) as stopping:
        talk = await stopping.open_talk("openai")
        await stopping.say(talk, "Do you ship?")
        await upstream.wait_asked(1)
        stop = asyncio.create_task(stopping.bots.stop(grace_seconds=60))
        await asyncio.sleep(0)
        end.set()
        await stop
        assert await stopping.told(talk) == ["customer: Do you ship?", "bot: Yes."]
        await stopping.say(talk, "Thanks!")
        assert await stopping.bots.reply_to(await stopping.say(talk, "Thanks!")) is None


async def test_a_reply_survives_the_loss_of_all_connections_to_postgres(
    one: Process, upstream: Upstream
) -> None:
    end = asyncio.Event()
    upstream.will_answer(end, *openai_answer("Yes."))
    talk = await one.open_talk("openai")
    waiting = asyncio.create_task(one.bots.reply_to(await one.say(talk, "Do you ship?")))
    await upstream.wait_asked(1)
    await one.db.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    end.set()
    reply = await waiting
    assert reply is not None
    assert await one.told(talk) == ["customer: Do you ship?", "bot: Yes."]


async def test_a_reply_that_cannot_be_stored_is_kept_for_a_while(
    one: Process, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = one.journal.append

    async def append_and_recover(draft: Draft) -> Appended:
        try:
            return await append(draft)
        finally:
            monkeypatch.undo()

    end = asyncio.Event()
    upstream.will_answer(end, *openai_answer("Yes."))
    talk = await one.open_talk("openai")
    waiting = asyncio.create_task(one.bots.reply_to(await one.say(talk, "Do you ship?")))
    await upstream.wait_asked(1)
    monkeypatch.setattr(one.journal, "append", append_and_recover)
    monkeypatch.setattr(journal, "QUEUE", 0)
    end.set()
    assert await waiting is not None
    assert len(upstream.asked) == 1


async def unanswered(process: Process) -> list[int]:
    rows = await process.db.fetch("select conversation_id, seq from entries where lane = 0")
    found = await select_left_behind(process.db, [tuple(row) for row in rows], younger_than_seconds=3600)
    return [left.question.seq for left in found.values() if left.is_free]


async def test_only_what_waits_for_a_bot_counts_as_unanswered(one: Process, upstream: Upstream) -> None:
    await one.bots.stop()
    talk = await one.open_talk("webhook")
    assert await unanswered(one) == []
    await one.say(talk, "Hello?")
    assert await unanswered(one) == [1]
    await one.say(talk, "Anyone?")
    assert await unanswered(one) == [2]
    mine = uuid7()
    claim = await claim_turn(one.db, talk.conversation_id, 0, mine, 60)
    assert claim is not None
    assert await claim_turn(one.db, talk.conversation_id, 0, uuid7(), 60) is None
    assert await unanswered(one) == []
    await release_claim(one.db, talk.conversation_id, mine, 0)
    assert await unanswered(one) == [2]
    await one.db.execute("update entries set created_at = created_at - interval '2 hours'")
    assert await unanswered(one) == []
    await one.db.execute("update entries set created_at = created_at + interval '2 hours'")
    for off, on in (
        ("update conversations set bot_active = false", "update conversations set bot_active = true"),
        ("update conversations set status = 'closed'", "update conversations set status = 'open'"),
        ("update inboxes set bot = 'none'", "update inboxes set bot = 'webhook'"),
    ):
        await one.db.execute(off)
        assert await unanswered(one) == []
        await one.db.execute(on)
        assert await unanswered(one) == [2]
    assert await claim_turn(one.db, talk.conversation_id, 0, mine, 60) is not None
    await release_claim(one.db, talk.conversation_id, mine, 2)
    assert await unanswered(one) == []


async def test_a_silent_bot_is_not_asked_again(one: Process, upstream: Upstream) -> None:
    upstream.will_answer(status=204)
    talk = await one.open_talk("webhook")
    appended = await one.say(talk, "Hello?")
    assert await one.bots.reply_to(appended) is None
    assert await unanswered(one) == []
    appended.duplicate = True
    assert await one.bots.reply_to(appended) is None
    assert len(upstream.asked) == 1


async def test_a_message_that_fails_for_ever_is_set_aside_and_put_back(
    bot_settings: Settings, quick_sweep: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(reading, "RENEW_SECONDS", 0.0)
    async with open_process(bot_settings) as one:
        poisoned, other = await one.open_talk("echo"), await one.open_talk("echo")
        await one.db.execute(
            f"alter table bot_turns add constraint poison check (conversation_id <> '{poisoned.conversation_id}')"
        )
        listener = await one.listen(poisoned)
        await one.say(poisoned, "Hello?")
        assert await one.bots.reply_to(await one.say(other, "And me?")) is not None
        await until(lambda: select_set_aside(one.db))
        [kept] = await select_set_aside(one.db)
        assert (kept.conversation_id, kept.seq, kept.tries) == (poisoned.conversation_id, 1, 3)
        assert await one.told(poisoned) == ["customer: Hello?"]
        await one.db.execute("alter table bot_turns drop constraint poison")
        assert await put_back(one.db, "bots", None) == 1
        await listener.wait_for("message_received", seq=2)
        assert await one.told(poisoned) == ["customer: Hello?", "bot: Hello?"]
