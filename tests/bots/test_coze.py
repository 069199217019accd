from __future__ import annotations

import pytest

from app.bots.bot import BotFailed
from tests.bots.asking import pieces_of
from tests.bots.dialects import COZE, coze_answer, coze_chat, coze_message
from tests.bots.upstream import Upstream, sse


def spoken(role: str, type: str, content: str) -> dict[str, str]:
    return {"role": role, "type": type, "content": content, "content_type": "text"}


async def test_the_conversation_is_asked_for_as_a_streamed_v3_chat(upstream: Upstream) -> None:
    upstream.will_answer(*coze_answer("Yes."))
    await pieces_of("coze", COZE.settings(upstream.url))
    asked = upstream.asked[0]
    assert asked.path == "/v3/chat"
    assert asked.headers["authorization"] == "Bearer token"
    assert asked.json == {
        "bot_id": "b1",
        "user_id": "7",
        "stream": True,
        "auto_save_history": False,
        "additional_messages": [
            spoken("user", "question", "Hello\n\nAnyone there?"),
            spoken("assistant", "answer", "Hi! How can I help?"),
            spoken("user", "question", "Do you ship to Norway?"),
        ],
    }


async def test_deltas_are_said_once_although_the_whole_comes_after_them(upstream: Upstream) -> None:
    upstream.will_answer(
        coze_message("delta", "Yes, "),
        coze_message("delta", "we do."),
        coze_message("completed", "Yes, we do."),
        coze_chat("completed"),
    )
    assert await pieces_of("coze", COZE.settings(upstream.url)) == ["Yes, ", "we do."]


async def test_only_answers_in_text_are_said(upstream: Upstream) -> None:
    upstream.will_answer(
        coze_message("completed", '{"name":"search"}', type="function_call", id="m1"),
        coze_message("completed", "found", type="tool_response", id="m2"),
        coze_message("completed", "{}", id="m3", content_type="card"),
        coze_message("delta", "Yes.", id="m4"),
        coze_message("completed", "Anything else?", type="follow_up", id="m5"),
        coze_chat("completed"),
    )
    assert await pieces_of("coze", COZE.settings(upstream.url)) == ["Yes."]


async def test_several_answers_become_paragraphs(upstream: Upstream) -> None:
    upstream.will_answer(
        coze_message("delta", "One.", id="m1"),
        coze_message("completed", "One.", id="m1"),
        coze_message("completed", "Two.", id="m2"),
        coze_chat("completed"),
    )
    assert await pieces_of("coze", COZE.settings(upstream.url)) == ["One.", "\n\nTwo."]


async def test_events_of_a_later_version_are_passed_over(upstream: Upstream) -> None:
    upstream.will_answer(sse("not even JSON", name="conversation.audio.delta"), *coze_answer("Yes."))
    assert await pieces_of("coze", COZE.settings(upstream.url)) == ["Yes."]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (coze_chat("failed", last_error={"code": 4028, "msg": "quota"}), "code 4028"),
        (coze_chat("failed", last_error=None), "code 0"),
        (coze_chat("requires_action"), "run a tool"),
        (sse({"code": 4000, "msg": "bad"}, name="error"), "code 4000"),
    ],
)
async def test_a_failure_by_cozes_word_is_one(event: bytes, why: str, upstream: Upstream) -> None:
    upstream.will_answer(coze_chat("created"), event)
    with pytest.raises(BotFailed, match=why):
        await pieces_of("coze", COZE.settings(upstream.url))


async def test_a_refusal_that_comes_with_status_200_is_a_failure(upstream: Upstream) -> None:
    upstream.will_answer(b'{"code": 4100, "msg": "token invalid"}', content_type="application/json")
    with pytest.raises(BotFailed, match="code 4100"):
        await pieces_of("coze", COZE.settings(upstream.url))
