"""Coze's `POST /v3/chat`, streamed, on api.coze.com, api.coze.cn or one's own Coze Studio.

https://www.coze.com/docs/developer_guides/chat_v3
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx2
from msgspec import Struct

from app.bots.body import events
from app.bots.bot import BotFailed, Markdown, Turn
from app.bots.completion import text_of
from app.bots.decode import decode
from app.bots.dialogue import dialogue
from app.bots.upstream import post
from app.settings import Settings


class Message(Struct):
    id: int | str = ""
    type: str = ""
    content: str | None = None
    content_type: str = "text"


class Trouble(Struct):
    code: int | str = 0


class Chat(Struct):
    last_error: Trouble | None = None


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
        async with (
            post(self._client, self._url, headers=self._headers, body=body) as response,
            aclosing(events(response)) as stream,
        ):
            answer = Answer()
            async for event in stream:
                if event.is_document:
                    # Refusals, such as of a bad token, come as JSON with the status 200.
                    raise BotFailed(f"Coze refused with its code {decode(event.data, Trouble).code}")
                match event.name:
                    case "conversation.message.delta":
                        yield Markdown(answer.delta(decode(event.data, Message)))
                    case "conversation.message.completed":
                        yield Markdown(answer.completed(decode(event.data, Message)))
                    case "conversation.chat.completed" | "done":
                        return
                    case "conversation.chat.failed":
                        last_error = decode(event.data, Chat).last_error or Trouble()
                        raise BotFailed(f"Coze failed with its code {last_error.code}")
                    case "conversation.chat.canceled" | "conversation.chat.cancelled":
                        raise BotFailed("the chat was cancelled at Coze")
                    case "conversation.chat.requires_action":
                        raise BotFailed("the Coze bot wants its caller to run a tool")
                    case "error":
                        raise BotFailed(f"Coze failed with its code {decode(event.data, Trouble).code}")
        raise BotFailed("the stream ended before the reply did")


class Answer:
    """Puts a reply together: Coze may send several answers, and some only when they are complete."""

    def __init__(self) -> None:
        self._current: int | str = ""
        self._streamed: set[int | str] = set()

    def delta(self, message: Message) -> str:
        """Return what a piece of a message adds to the reply."""
        return self._add(message, message.content) if message.content_type == "text" else ""

    def completed(self, message: Message) -> str:
        """Return what a whole message adds: nothing, if its pieces came before."""
        if message.id in self._streamed:
            return ""
        if message.content_type == "object_string":
            # The parts of a message with pictures or files in it; pieces of that are not readable by themselves.
            return self._add(message, text_of(decode(message.content or "[]", list[Any])))
        return self.delta(message)

    def _add(self, message: Message, text: str | None) -> str:
        if message.type != "answer" or not text:
            return ""
        gap = "\n\n" if self._streamed and message.id != self._current else ""
        self._current = message.id
        self._streamed.add(message.id)
        return gap + text


def _messages(turn: Turn) -> list[dict[str, str]]:
    return [
        {
            "role": utterance.role,
            "type": "question" if utterance.role == "user" else "answer",
            "content": utterance.text,
            "content_type": "text",
        }
        for utterance in dialogue(turn)
    ]
