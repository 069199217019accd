"""Any server that speaks OpenAI's `POST /chat/completions`, streamed.

OpenAI itself, Azure, vLLM, Ollama, llama.cpp, OpenRouter, LiteLLM and others; `completion` knows their dialects.
https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2

from app.bots.body import events
from app.bots.bot import BotFailed, Markdown, Turn
from app.bots.completion import Completion, is_done
from app.bots.dialogue import dialogue
from app.bots.sse import Event
from app.bots.upstream import post
from app.settings import Settings

LINGER_SECONDS = 1.0
"""Seconds a stream may stay open after its reply has ended. A usage chunk and `[DONE]` follow; then we hang up."""
KEPT_ALIVE = frozenset({"ping", "heartbeat", "keepalive", "keep-alive"})
"""Names of events by which servers and proxies only keep the connection open."""


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
        completion = Completion()
        async with (
            post(self._client, self._url, headers=self._headers, body=body) as response,
            aclosing(events(response)) as stream,
        ):
            while (event := await _next(stream, completion)) is not None:
                if event.name in KEPT_ALIVE or event.data.startswith(":"):
                    continue  # A comment, and one that a proxy has made an event.
                if is_done(event.data):
                    completion.ended = True
                    break
                if event.name == "error":
                    raise BotFailed("the server reports an error in its answer")
                for text in completion.read(event.data):
                    yield Markdown(text)
                # Some servers leave out the blank line before the mark of the end.
                if event.is_document or is_done(event.data.rpartition("\n")[2]):
                    completion.ended = True
        if not completion.ended:
            raise BotFailed("the stream ended before the reply did")


def messages(prompt: str, turn: Turn) -> list[dict[str, str]]:
    """Return the conversation as the model expects it."""
    said = [{"role": utterance.role, "content": utterance.text} for utterance in dialogue(turn)]
    return [{"role": "system", "content": prompt}, *said] if prompt else said


async def _next(stream: AsyncGenerator[Event, None], completion: Completion) -> Event | None:
    """Return the next event; None at the end, and whatever comes in its place when the reply is whole already."""
    try:
        async with asyncio.timeout(LINGER_SECONDS if completion.ended else None):
            return await anext(stream, None)
    except (TimeoutError, httpx2.TransportError):
        if completion.ended:
            return None
        raise
