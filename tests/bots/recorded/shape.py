"""One answer of a server, and what a customer must see of it."""

from __future__ import annotations

from msgspec import Struct

from tests.bots.upstream import Answer, Piece, sse

TEXT = "Yes, we do. 🚚"


class Words(Struct, frozen=True):
    """The customer reads this."""

    text: str = TEXT


class People(Struct, frozen=True):
    """People take over, and the customer sees nothing of the reply."""

    reason: str = "error"


class Silence(Struct, frozen=True):
    """The bot means to say nothing."""


Outcome = Words | People | Silence


class Shape(Struct):
    name: str
    source: str
    """The report or document that shows it: an address, or a repository and the number of its thread."""
    bot: str
    answers: tuple[Answer, ...]
    """More than one where the server is asked again."""
    outcome: Outcome


def chunk(content: object = None, finish_reason: object = None, **delta: object) -> bytes:
    """An event of a chat completion. `delta` takes what dialects add to `content`."""
    said = delta if content is None else {"content": content, **delta}
    return sse({"choices": [{"index": 0, "delta": said, "finish_reason": finish_reason}]})


DONE = sse("[DONE]")
STOP = chunk(finish_reason="stop")
SAID = chunk("Yes, we do. ") + chunk("🚚")
"""The whole of `TEXT`."""


def stream(*pieces: Piece, **how: object) -> tuple[Answer, ...]:
    return (Answer(pieces, **how),)  # type: ignore[arg-type]
