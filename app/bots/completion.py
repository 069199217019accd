"""A chat completion as it is put together from its chunks, in the dialects that servers speak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from app.bots.bot import BotFailed
from app.bots.decode import decode
from app.bots.upstream import RETRIED, RETRY_SECONDS

ENDINGS = frozenset({"stop", "stop_sequence", "eos", "eos_token", "end_turn", "end", "complete", "completed"})
"""Reasons to finish of a model that has said what it wanted. After any other, such as `length`, `content_filter`,
`error`, `tool_calls` or one that we do not know, the reply is not whole."""


class Said(Struct):
    content: Any = None
    refusal: Any = None
    tool_calls: Any = None
    function_call: Any = None


class Choice(Struct):
    index: int | None = 0
    delta: Said | None = None
    message: Said | None = None
    """In place of the delta, from a server that does not stream; MiniMax repeats the whole reply so at the end."""
    finish_reason: Any = None


class Chunk(Struct):
    choices: list[Choice] | None = None
    object: Any = None
    error: Any = None
    # Without `choices`, any of these tells of a failure: vLLM, DashScope, FastChat and FastAPI.
    code: Any = None
    error_code: Any = None
    detail: Any = None
    message: Any = None


class Completion:
    """Reads chunks; `ended` says whether the reply is whole."""

    def __init__(self) -> None:
        self.ended = False
        self._streams = False

    def read(self, data: str) -> Iterator[str]:
        """Yield what an event adds to the reply.

        Raises:
            BotFailed: There will be no reply, or no whole one.
        """
        for chunk in _chunks(data):
            _check(chunk)
            # Of several answers we asked for one.
            for choice in chunk.choices or ():
                if not choice.index:
                    yield self._text(choice)
                    self._end(choice.finish_reason)

    def _text(self, choice: Choice) -> str:
        said = choice.delta
        if choice.message is not None and not self._streams:
            said = choice.message
        if said is None:
            return ""
        if said.refusal:
            raise BotFailed("the model refuses to answer")
        if said.tool_calls or said.function_call:
            raise BotFailed("the model wants its caller to run a tool")
        text = text_of(said.content)
        self._streams = self._streams or (said is choice.delta and bool(text))
        return text

    def _end(self, reason: Any) -> None:
        if not reason:
            return
        if str(reason).lower() not in ENDINGS:
            name = reason if isinstance(reason, str) and reason.isidentifier() else "unknown"
            raise BotFailed(
                f"the reply is not whole: finish_reason {name}",
                reason="limit" if name == "length" else "error",
            )
        self.ended = True


def text_of(content: Any) -> str:
    """Return the text of a content: a string, or parts of which those that are text count."""
    match content:
        case str():
            return content
        case list():
            return "".join(map(text_of, content))
        case {"type": "text" | "output_text", "text": str(text)}:
            return text
        case _:
            return ""


def _chunks(data: str) -> list[Chunk]:
    """Return the chunks of an event: one, or one a line where a server leaves out the blank lines between them."""
    lines = [line for line in data.split("\n") if not is_done(line)]
    try:
        return [decode("\n".join(lines), Chunk)]
    except BotFailed:
        if len(lines) < 2:
            raise
        return [decode(line, Chunk) for line in lines if line.strip()]


def is_done(data: str) -> bool:
    """Tell whether this is OpenAI's mark of the end, or what others make of it."""
    return data.removeprefix("data:").strip(' "\r') == "[DONE]"


def _check(chunk: Chunk) -> None:
    without_choices = chunk.choices is None and (
        chunk.code or chunk.error_code or chunk.detail or chunk.message
    )
    if not (chunk.error or chunk.object == "error" or without_choices):
        return
    error = chunk.error if isinstance(chunk.error, dict) else {"code": chunk.code}
    is_passing = str(error.get("code")) in map(str, RETRIED)
    raise BotFailed(
        "the server reports an error in its answer", retry_after=RETRY_SECONDS if is_passing else None
    )
