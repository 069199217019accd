"""Any server that speaks OpenAI's `POST /chat/completions`, streamed: OpenAI itself, vLLM, Ollama, llama.cpp.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import groupby
from typing import Any

import httpx2
from msgspec import Struct, ValidationError, json

from app.services.bots.bot import BotFailed, Turn
from app.services.bots.upstream import events, is_json, post, read_body
from app.settings import Settings


class Said(Struct):
    content: str | None = None


class Choice(Struct):
    delta: Said | None = None
    message: Said | None = None
    """In place of the delta, from a server that does not stream."""
    finish_reason: str | None = None


class Chunk(Struct):
    choices: list[Choice] | None = None
    error: Any = None


decode_chunk = json.Decoder(Chunk).decode


class OpenAIBot:
    def __init__(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._url = f"{settings.openai_base_url.rstrip('/')}/chat/completions"
        self._model = settings.openai_model
        self._prompt = settings.openai_prompt
        # A server in one's own network often needs no key.
        key = settings.openai_api_key
        self._headers = {"authorization": f"Bearer {key}"} if key else {}

    async def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        body = {"model": self._model, "stream": True, "messages": messages(self._prompt, turn)}
        async with post(self._client, self._url, headers=self._headers, body=body) as response:
            if is_json(response):
                yield _text(_decode(await read_body(response)))
                return
            finished = False
            async with aclosing(events(response)) as stream:
                async for event in stream:
                    if event.data == "[DONE]":
                        return
                    chunk = _decode(event.data)
                    yield _text(chunk)
                    finished = finished or any(choice.finish_reason for choice in chunk.choices or ())
            if not finished:
                raise BotFailed("the stream ended before the reply did")


def messages(prompt: str, turn: Turn) -> list[dict[str, str]]:
    """Return the conversation as the model expects it, customer and assistant taking turns.

    Neighbours of one role are joined: the templates of many open models refuse two of them in a row.
    """
    said = [("user" if line.role == "customer" else "assistant", line.text) for line in turn.history]
    said.append(("user", turn.text))
    joined = [
        {"role": role, "content": "\n\n".join(text for _, text in lines)}
        for role, lines in groupby(said, key=lambda line: line[0])
    ]
    return [{"role": "system", "content": prompt}, *joined] if prompt else joined


def _decode(data: str | bytes) -> Chunk:
    try:
        chunk = decode_chunk(data)
    except ValidationError as error:
        raise BotFailed(f"the answer is not a chat completion: {error}") from error
    except ValueError as error:
        raise BotFailed("the answer is not JSON") from error
    if chunk.error is not None:
        raise BotFailed("the server reports an error in its answer")
    return chunk


def _text(chunk: Chunk) -> str:
    if not chunk.choices:
        return ""
    said = chunk.choices[0].delta or chunk.choices[0].message
    return (said.content if said else None) or ""
