"""Faults of a service that bots ask, tried on each."""

from __future__ import annotations

import asyncio
import socket

import msgspec
import pytest

from app.bots.bot import BotFailed
from app.values.text import TEXT_CHARS
from tests.bots.asking import pieces_of, reply_of
from tests.bots.dialects import COZE, OPENAI, WEBHOOK, Dialect
from tests.bots.upstream import Upstream

TEXT = "Ja, på tirsdag! 🚚 «fri» frakt"

all_dialects = pytest.mark.parametrize("dialect", [OPENAI, COZE, WEBHOOK], ids=lambda dialect: dialect.bot)


def prepare(upstream: Upstream, dialect: Dialect, text: str = TEXT) -> None:
    upstream.will_answer(*dialect.answer(text), content_type=dialect.content_type)


@all_dialects
async def test_a_reply_arrives_whole(dialect: Dialect, upstream: Upstream) -> None:
    prepare(upstream, dialect)
    assert await reply_of(dialect.bot, dialect.settings(upstream.url)) == TEXT
    assert len(upstream.asked) == 1


@all_dialects
@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_it_does_not_matter_where_the_bytes_are_cut(
    dialect: Dialect, size: int, upstream: Upstream
) -> None:
    whole = b"".join(dialect.answer(TEXT))
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    upstream.will_answer(*parts, content_type=dialect.content_type)
    assert await reply_of(dialect.bot, dialect.settings(upstream.url)) == TEXT


@all_dialects
@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
async def test_lines_may_end_in_any_way_that_the_standard_allows(
    dialect: Dialect, end: bytes, upstream: Upstream
) -> None:
    parts = [piece.replace(b"\n", end) for piece in dialect.answer(TEXT)]
    upstream.will_answer(*parts, content_type=dialect.content_type)
    assert await reply_of(dialect.bot, dialect.settings(upstream.url)) == TEXT


@all_dialects
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_overloaded_server_is_asked_once_more(
    dialect: Dialect, status: int, upstream: Upstream
) -> None:
    upstream.will_answer(status=status, headers={"retry-after": "0"})
    prepare(upstream, dialect)
    assert await reply_of(dialect.bot, dialect.settings(upstream.url)) == TEXT
    assert upstream.asked[0].body == upstream.asked[1].body


@all_dialects
async def test_a_server_that_fails_twice_has_failed(dialect: Dialect, upstream: Upstream) -> None:
    upstream.will_answer(status=500, headers={"retry-after": "0"})
    with pytest.raises(BotFailed, match="status 500") as caught:
        await reply_of(dialect.bot, dialect.settings(upstream.url))
    assert caught.value.reason == "error"
    assert len(upstream.asked) == 2


@all_dialects
@pytest.mark.parametrize("status", [400, 401, 404, 307])
async def test_a_refusal_is_final(dialect: Dialect, status: int, upstream: Upstream) -> None:
    upstream.will_answer(status=status, headers={"location": f"{upstream.url}/elsewhere"})
    with pytest.raises(BotFailed, match=f"status {status}"):
        await reply_of(dialect.bot, dialect.settings(upstream.url))
    assert len(upstream.asked) == 1


@all_dialects
async def test_a_server_that_wants_a_long_pause_is_not_waited_for(
    dialect: Dialect, upstream: Upstream
) -> None:
    upstream.will_answer(status=429, headers={"retry-after": "60"})
    with pytest.raises(BotFailed, match="status 429"):
        await reply_of(dialect.bot, dialect.settings(upstream.url))
    assert len(upstream.asked) == 1


@all_dialects
async def test_a_server_that_is_not_there_has_failed(dialect: Dialect) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(BotFailed, match="ConnectError"):
            await reply_of(dialect.bot, dialect.settings(url))


@all_dialects
@pytest.mark.parametrize("pieces", [0, 1], ids=["at once", "in the middle"])
async def test_a_server_that_hangs_is_left_when_the_time_is_over(
    dialect: Dialect, pieces: int, upstream: Upstream
) -> None:
    never = asyncio.Event()
    upstream.will_answer(*[dialect.half] * pieces, never, content_type=dialect.content_type)
    # Long enough to be asked on a busy machine: a server that never was cannot be left.
    settings = msgspec.structs.replace(dialect.settings(upstream.url), bot_timeout_seconds=2.0)
    with pytest.raises(BotFailed) as caught:
        await reply_of(dialect.bot, settings)
    assert caught.value.reason == "timeout"
    await upstream.was_left.wait()
    assert len(upstream.asked) == 1


@all_dialects
@pytest.mark.parametrize("how", [{"cut": True}, {}], ids=["cut", "ended"])
async def test_half_a_reply_is_no_reply(dialect: Dialect, how: dict[str, bool], upstream: Upstream) -> None:
    upstream.will_answer(dialect.half, content_type=dialect.content_type, **how)
    with pytest.raises(BotFailed):
        await reply_of(dialect.bot, dialect.settings(upstream.url))


async def test_a_reply_that_has_begun_is_not_asked_for_again(upstream: Upstream) -> None:
    upstream.will_answer(OPENAI.half, cut=True)
    with pytest.raises(BotFailed):
        await reply_of("openai", OPENAI.settings(upstream.url))
    assert len(upstream.asked) == 1


@all_dialects
@pytest.mark.parametrize(
    "data", [b"{", b"\xff\xfe", b"[]", b'{"choices": 1, "content": 1, "reply": 1, "code": "x"}', b""]
)
async def test_an_answer_of_the_wrong_form_is_no_reply(
    dialect: Dialect, data: bytes, upstream: Upstream
) -> None:
    if dialect is WEBHOOK:
        upstream.will_answer(data, content_type=dialect.content_type)
    else:
        name = b"event: conversation.message.delta\n" if dialect is COZE else b""
        upstream.will_answer(name + b"data: " + data + b"\n\n")
    with pytest.raises(BotFailed, match=r"JSON|form|ended"):
        await reply_of(dialect.bot, dialect.settings(upstream.url))


@pytest.mark.parametrize("dialect", [OPENAI, COZE], ids=["openai", "coze"])
async def test_a_page_in_place_of_a_stream_is_no_reply(dialect: Dialect, upstream: Upstream) -> None:
    upstream.will_answer(b"<html>maintenance</html>", content_type="text/html")
    with pytest.raises(BotFailed, match="no stream"):
        await reply_of(dialect.bot, dialect.settings(upstream.url))


@pytest.mark.parametrize("dialect", [OPENAI, COZE], ids=["openai", "coze"])
async def test_an_endless_event_is_not_kept(dialect: Dialect, upstream: Upstream) -> None:
    upstream.will_answer(b"data: ", *(b"x" * 65536 for _ in range(100)))
    with pytest.raises(BotFailed, match="too large"):
        await reply_of(dialect.bot, dialect.settings(upstream.url))


async def test_an_endless_answer_of_a_webhook_is_not_kept(upstream: Upstream) -> None:
    upstream.will_answer(b'{"reply": "', *(b"x" * 65536 for _ in range(100)), content_type="application/json")
    with pytest.raises(BotFailed) as caught:
        await reply_of("webhook", WEBHOOK.settings(upstream.url))
    assert caught.value.reason == "limit"


@all_dialects
async def test_a_reply_that_is_too_long_is_cut(dialect: Dialect, upstream: Upstream) -> None:
    prepare(upstream, dialect, "é" * (TEXT_CHARS + 500))
    assert await reply_of(dialect.bot, dialect.settings(upstream.url)) == "é" * TEXT_CHARS


async def test_a_stream_without_end_is_left_when_a_message_is_full(upstream: Upstream) -> None:
    never = asyncio.Event()
    chunk = OPENAI.answer("x" * 1000)[1]
    upstream.will_answer(*([chunk] * 20), never)
    assert await reply_of("openai", OPENAI.settings(upstream.url)) == "x" * TEXT_CHARS
    await upstream.was_left.wait()


@all_dialects
async def test_control_characters_are_dropped(dialect: Dialect, upstream: Upstream) -> None:
    prepare(upstream, dialect, "\n one\u0000\r\n\ttwo \n")
    assert await reply_of(dialect.bot, dialect.settings(upstream.url)) == "one\n\ttwo"


@pytest.mark.parametrize("dialect", [OPENAI, COZE], ids=["openai", "coze"])
async def test_control_characters_alone_are_no_reply(dialect: Dialect, upstream: Upstream) -> None:
    prepare(upstream, dialect, " \n\u0000\u001b ")
    with pytest.raises(BotFailed, match="without words"):
        await reply_of(dialect.bot, dialect.settings(upstream.url))


@all_dialects
async def test_no_failure_tells_a_key_or_what_was_said(dialect: Dialect, upstream: Upstream) -> None:
    upstream.will_answer(b'{"Norway": "secret token key"}', status=400, content_type="application/json")
    upstream.will_answer(
        b'{"code": 4100, "msg": "token Norway", "reply": 1, "choices": 1}', content_type="application/json"
    )
    for _ in range(2):
        with pytest.raises(BotFailed) as caught:
            await pieces_of(dialect.bot, dialect.settings(upstream.url))
        assert not any(word in str(caught.value) for word in ("Norway", "secret", "token", "key"))
