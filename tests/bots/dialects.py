"""Good answers of the services that bots ask, so that the same faults can be tried on each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from app.bots.bot import Customer, Line, Turn
from app.settings import Settings
from tests.bots.upstream import sse

TURN = Turn(
    conversation_id=UUID("018f0000-0000-7000-8000-000000000001"),
    message_id=UUID("018f0000-0000-7000-8000-000000000002"),
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    text="Do you ship to Norway?",
    customer=Customer(7, "Ada", "ada@example.com"),
    history=(
        Line("customer", "Ada", "Hello"),
        Line("customer", "Ada", "Anyone there?"),
        Line("bot", "Bot", "Hi! How can I help?"),
    ),
)


def openai_delta(text: str | None, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    return sse({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]})


def openai_answer(text: str) -> tuple[bytes, ...]:
    opening = sse({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
    usage = sse({"choices": [], "usage": {"total_tokens": 9}})
    return opening, openai_delta(text), openai_delta(None, "stop"), usage, sse("[DONE]")


def coze_message(event: str, text: str, *, type: str = "answer", id: str = "m1", **more: str) -> bytes:
    message = {"id": id, "role": "assistant", "type": type, "content": text, "content_type": "text", **more}
    return sse(message, name=f"conversation.message.{event}")


def coze_chat(status: str, **more: object) -> bytes:
    return sse({"id": "c1", "bot_id": "b1", "status": status, **more}, name=f"conversation.chat.{status}")


def coze_answer(text: str) -> tuple[bytes, ...]:
    finish = '{"msg_type":"generate_answer_finish","data":""}'
    return (
        coze_chat("created"),
        coze_chat("in_progress"),
        coze_message("delta", text),
        coze_message("completed", text),
        coze_message("completed", finish, type="verbose", id="m2"),
        coze_chat("completed"),
        sse('"[DONE]"', name="done"),
    )


class Dialect(Struct):
    bot: str
    answer: Callable[[str], tuple[bytes, ...]]
    """The body of an answer with this text."""
    half: bytes
    """The beginning of an answer that has said something."""
    content_type: str = "text/event-stream"

    def settings(self, url: str) -> Settings:
        given: dict[str, Any] = {
            "openai": {"openai_base_url": f"{url}/v1/", "openai_model": "llama", "openai_api_key": "key"},
            "coze": {"coze_base_url": url, "coze_api_token": "token", "coze_bot_id": "b1"},
            "webhook": {"bot_webhook_url": f"{url}/bot", "bot_webhook_secret": "secret"},
        }[self.bot]
        return msgspec.structs.replace(Settings(), bot_timeout_seconds=10.0, **given)


OPENAI = Dialect("openai", openai_answer, openai_delta("Yes, we"))
COZE = Dialect("coze", coze_answer, coze_message("delta", "Yes, we"))
WEBHOOK = Dialect(
    "webhook",
    lambda text: (msgspec.json.encode({"reply": text}),),
    b'{"reply": "Yes, we',
    "application/json; charset=utf-8",
)
