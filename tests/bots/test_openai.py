from __future__ import annotations

import msgspec
import pytest

from app.bots.bot import BotFailed
from tests.bots.asking import pieces_of
from tests.bots.dialects import OPENAI, TURN, openai_answer, openai_delta
from tests.bots.upstream import Upstream, sse


async def test_the_conversation_is_asked_for_as_a_streamed_chat_completion(upstream: Upstream) -> None:
    upstream.will_answer(*openai_answer("Yes."))
    settings = msgspec.structs.replace(OPENAI.settings(upstream.url), openai_prompt="Be kind.")
    await pieces_of("openai", settings)
    asked = upstream.asked[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer key"
    assert asked.json == {
        "model": "llama",
        "stream": True,
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hello\n\nAnyone there?"},
            {"role": "assistant", "content": "Hi! How can I help?"},
            {"role": "user", "content": "Do you ship to Norway?"},
        ],
    }


async def test_without_a_key_and_a_prompt_none_is_sent(upstream: Upstream) -> None:
    upstream.will_answer(*openai_answer("Yes."))
    settings = msgspec.structs.replace(OPENAI.settings(upstream.url), openai_api_key="")
    await pieces_of("openai", settings, msgspec.structs.replace(TURN, history=()))
    asked = upstream.asked[0]
    assert "authorization" not in asked.headers
    assert asked.json["messages"] == [{"role": "user", "content": "Do you ship to Norway?"}]


async def test_each_delta_is_a_piece_of_the_reply(upstream: Upstream) -> None:
    upstream.will_answer(openai_delta("Yes, "), openai_delta("we do."), openai_delta(None, "stop"))
    assert await pieces_of("openai", OPENAI.settings(upstream.url)) == ["Yes, ", "we do."]


async def test_comments_that_keep_the_line_open_are_no_text(upstream: Upstream) -> None:
    upstream.will_answer(b": PROCESSING\n\n", *openai_answer("Yes."), b": bye\n\n")
    assert await pieces_of("openai", OPENAI.settings(upstream.url)) == ["Yes."]


async def test_a_server_that_does_not_stream_is_understood(upstream: Upstream) -> None:
    whole = {"choices": [{"message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}]}
    upstream.will_answer(msgspec.json.encode(whole), content_type="application/json")
    assert await pieces_of("openai", OPENAI.settings(upstream.url)) == ["Yes."]


async def test_an_error_in_mid_stream_is_a_failure(upstream: Upstream) -> None:
    upstream.will_answer(openai_delta("Yes, "), sse({"error": {"message": "overloaded"}}), sse("[DONE]"))
    with pytest.raises(BotFailed, match="reports an error"):
        await pieces_of("openai", OPENAI.settings(upstream.url))
