"""Making answers to `POST /chat/completions`."""

from __future__ import annotations

import msgspec

from tests.bots.recorded.shape import TEXT, Outcome, Shape, Words, stream
from tests.bots.upstream import Answer


def shape(name: str, source: str, answers: tuple[Answer, ...], outcome: Outcome | None = None) -> Shape:
    return Shape(name, source, "openai", answers, outcome or Words())


def whole(content: object = TEXT, finish_reason: object = "stop", **message: object) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}}
    return msgspec.json.encode(
        {"object": "chat.completion", "choices": [{**choice, "finish_reason": finish_reason}]}
    )


def document(*pieces: bytes, content_type: str = "application/json", **how: object) -> tuple[Answer, ...]:
    return stream(*pieces, content_type=content_type, **how)


def in_pieces(body: bytes, size: int) -> tuple[bytes, ...]:
    return tuple(body[start : start + size] for start in range(0, len(body), size))
