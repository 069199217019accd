"""Coze's `POST /v3/chat`, streamed, on api.coze.com, api.coze.cn or one's own Coze Studio.

https://www.coze.com/docs/developer_guides/chat_v3
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

import httpx2
from msgspec import Struct, ValidationError, json

from app.services.bots.bot import BotFailed, Turn
from app.services.bots.upstream import events, is_json, post, read_body
from app.settings import Settings


class Message(Struct):
    id: str = ""
    type: str = ""
    content: str | None = None
    content_type: str = "text"


class Trouble(Struct):
    code: int = 0


class Chat(Struct):
    last_error: Trouble | None = None


T = TypeVar("T")


class CozeBot:
    def __init__(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._url = f"{settings.coze_base_url.rstrip('/')}/v3/chat"
        self._bot_id = settings.coze_bot_id
        self._headers = {"authorization": f"Bearer {settings.coze_api_token}"}

    async def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        body = {
            "bot_id": self._bot_id,
            "user_id": str(turn.customer.id),
            "stream": True,
            # Our log is the history; Coze need not keep a second one.
            "auto_save_history": False,
            "additional_messages": _messages(turn),
        }
        async with post(self._client, self._url, headers=self._headers, body=body) as response:
            if is_json(response):
                # Refusals, such as of a bad token, come as JSON with the status 200.
                trouble = _decode(await read_body(response), Trouble)
                raise BotFailed(f"Coze refused with its code {trouble.code}")
            answer = Answer()
            async with aclosing(events(response)) as stream:
                async for event in stream:
                    match event.event:
                        case "conversation.message.delta":
                            yield answer.delta(_decode(event.data, Message))
                        case "conversation.message.completed":
                            yield answer.completed(_decode(event.data, Message))
                        case "conversation.chat.completed" | "done":
                            return
                        case "conversation.chat.failed":
                            last_error = _decode(event.data, Chat).last_error or Trouble()
                            raise BotFailed(f"Coze failed with its code {last_error.code}")
                        case "conversation.chat.requires_action":
                            raise BotFailed("the Coze bot wants its caller to run a tool")
                        case "error":
                            raise BotFailed(f"Coze failed with its code {_decode(event.data, Trouble).code}")
        raise BotFailed("the stream ended before the reply did")


class Answer:
    """Puts a reply together: Coze may send several answers, and some only when they are complete."""

    def __init__(self) -> None:
        self._current = ""
        self._streamed: set[str] = set()
        self._started = False

    def delta(self, message: Message) -> str:
        """Return what a piece of a message adds to the reply."""
        if message.type != "answer" or message.content_type != "text" or not message.content:
            return ""
        gap = "\n\n" if self._started and message.id != self._current else ""
        self._current = message.id
        self._started = True
        self._streamed.add(message.id)
        return gap + message.content

    def completed(self, message: Message) -> str:
        """Return what a whole message adds: nothing, if its pieces came before."""
        return "" if message.id in self._streamed else self.delta(message)


def _messages(turn: Turn) -> list[dict[str, str]]:
    said = [(line.role == "customer", line.text) for line in turn.history]
    said.append((True, turn.text))
    return [
        {
            "role": "user" if is_customer else "assistant",
            "type": "question" if is_customer else "answer",
            "content": text,
            "content_type": "text",
        }
        for is_customer, text in said
    ]


def _decode(data: str | bytes, expected: type[T]) -> T:
    try:
        return json.decode(data, type=expected)
    except ValidationError as error:
        raise BotFailed(f"the answer is not of Coze's form: {error}") from error
    except ValueError as error:
        raise BotFailed("the answer is not JSON") from error
