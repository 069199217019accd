"""Good answers, as servers and the proxies before them deliver them."""

from __future__ import annotations

import gzip
import zlib

from tests.bots.recorded.completion import document, in_pieces, shape, whole
from tests.bots.recorded.shape import DONE, SAID, STOP, People, stream
from tests.bots.upstream import Answer

TRANSPORTS = [
    shape("a whole answer that calls itself a stream", "Wei-Shaw/sub2api#1311", stream(whole())),
    shape(
        "the same with a mark at its end", "decolua/9router#3492", stream(whole() + b"\n\ndata: [DONE]\n\n")
    ),
    shape(
        "a stream without a Content-Type",
        "nearai/private-ml-sdk#20",
        stream(SAID, STOP, DONE, content_type=""),
    ),
    shape(
        "a stream that calls itself text",
        "containers/ramalama#2902",
        stream(SAID, STOP, DONE, content_type="text/plain"),
    ),
    shape(
        "a page of a proxy",
        "rcourtman/Pulse#1067",
        document(b"<!DOCTYPE html><html>Maintenance</html>", content_type="text/html"),
        People(),
    ),
    shape(
        "a page with a status",
        "rcourtman/Pulse#1067",
        (
            Answer((b"<html>Bad gateway</html>",), 502, "text/html", {"retry-after": "0"}),
            *stream(SAID, STOP, DONE),
        ),
    ),
    shape(
        "a frame that only says when to come back",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream(b"retry: 3000\n\n", b"id: 1\n\n", b"data:\n\n", SAID, STOP, DONE),
    ),
    shape(
        "a mark of byte order",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream(b"\xef", b"\xbb", b"\xbf", SAID, STOP, DONE),
    ),
    shape(
        "CRLF",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream(*in_pieces((SAID + STOP + DONE).replace(b"\n", b"\r\n"), 3)),
    ),
    shape(
        "CR",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream(*in_pieces((SAID + STOP + DONE).replace(b"\n", b"\r"), 3)),
    ),
    shape("characters in two pieces", "BerriAI/litellm#18842", stream(*in_pieces(SAID + STOP + DONE, 1))),
    shape(
        "packed, though not asked for",
        "Wei-Shaw/claude-relay-service#1039",
        stream(*in_pieces(gzip.compress(SAID + STOP + DONE), 5), headers={"content-encoding": "gzip"}),
    ),
    shape(
        "packed, and not said so",
        "Wei-Shaw/claude-relay-service#1039",
        document(gzip.compress(whole())),
    ),
    shape(
        "packed piece by piece",
        "rfc-editor.org/rfc/rfc1952#section-2.2",
        stream(b"".join(map(gzip.compress, (SAID, STOP, DONE)))),
    ),
    shape(
        "packed in the other way",
        "rfc-editor.org/rfc/rfc9110#section-8.4.1.2",
        document(zlib.compress(whole()), headers={"content-encoding": "deflate"}),
    ),
    shape(
        "packed in a way that nobody knows",
        "rfc-editor.org/rfc/rfc9110#section-8.4.1",
        document(b"\xce\xb2\xcf\x81", headers={"content-encoding": "br"}),
        People(),
    ),
    shape(
        "a small packet of very much",
        "en.wikipedia.org/wiki/Zip_bomb",
        document(gzip.compress(b'{"choices": "' + b"x" * 8_000_000)),
        People("limit"),
    ),
    shape(
        "a line without end",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream(b"data: ", *([b"x" * 65536] * 20)),
        People("limit"),
    ),
    shape("nothing at all", "vllm-project/vllm#40978", stream(), People()),
]
