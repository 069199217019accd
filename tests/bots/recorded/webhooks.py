"""Answers of operators' own programs."""

from __future__ import annotations

import gzip

from tests.bots.recorded.shape import Outcome, People, Shape, Silence, Words, stream
from tests.bots.upstream import Answer

OURS = "docs/bots.md"
GOOD = '{"reply": "Yes, we do. 🚚"}'.encode()


def shape(name: str, answers: tuple[Answer, ...], outcome: Outcome | None = None) -> Shape:
    return Shape(name, OURS, "webhook", answers, outcome or Words())


def answer(body: bytes, **how: object) -> tuple[Answer, ...]:
    return stream(body, **{"content_type": "application/json", **how})


WEBHOOKS = [
    shape("as documented", answer(GOOD)),
    shape("without a Content-Type", answer(GOOD, content_type="")),
    shape("called text", answer(GOOD, content_type="text/html; charset=latin-1")),
    shape("with a mark of byte order", answer(b"\xef\xbb\xbf" + GOOD)),
    shape("packed", answer(gzip.compress(GOOD), headers={"content-encoding": "gzip"})),
    shape(
        "thoughts of the model behind it",
        answer(b'{"reply": "<think>They ask</think>Yes, we do. \\ud83d\\ude9a"}'),
    ),
    shape("nothing but thoughts", answer(b'{"reply": "<think>They ask</think>"}'), People()),
    shape("half an emoji", answer(b'{"reply": "Yes \\ud83d"}'), Words("Yes \ufffd")),
    shape("says nothing", answer(b"", status=204), Silence()),
    shape("says an empty text", answer(b'{"reply": ""}'), Silence()),
    shape("says blanks", answer(b'{"reply": " \\n"}'), Silence()),
    shape("says null", answer(b'{"reply": null}'), Silence()),
    shape("does not say", answer(b"{}"), People()),
    shape("says it under another name", answer(b'{"text": "Yes."}'), People()),
    shape("says a number", answer(b'{"reply": 1}'), People()),
    shape("an empty body", answer(b""), People()),
    shape("plain text", answer(b"Yes.", content_type="text/plain"), People()),
    shape("a page", answer(b"<html></html>", content_type="text/html"), People()),
    shape("half a document", answer(b'{"reply": "Yes'), People()),
    shape("cut in the middle", answer(b'{"reply": "Yes', cut=True) * 2, People()),
    shape("very long", stream(b'{"reply": "', *([b"x" * 65536] * 20)), People("limit")),
    shape("an error", answer(b"{}", status=500, headers={"retry-after": "9"}), People()),
    shape("a redirect", answer(b"", status=302, headers={"location": "http://127.0.0.1:9/"}), People()),
]
