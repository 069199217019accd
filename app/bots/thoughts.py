"""Leave out what a model thinks aloud before it speaks: `<think>…</think>` and its like."""

from __future__ import annotations

import re

NAMES = ("think", "thinking", "thought", "thoughts", "reason", "reasoning")
PAIRS = (
    *((f"<{name}>", f"</{name}>") for name in NAMES),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
"""As DeepSeek, Qwen, Gemini, Magistral, Kimi and others mark them, in lower case."""

CLOSINGS = {closing for _, closing in PAIRS}
TAGS = tuple(tag for pair in PAIRS for tag in pair)
TAG = re.compile("|".join(re.escape(tag) for tag in TAGS), re.IGNORECASE)
LONGEST = max(len(tag) for tag in TAGS)


class Spoken:
    """Takes a reply in pieces; `text` is what of it is meant for the reader.

    A tag in a code span, behind a backtick, is talked about and marks nothing. A closing tag that nothing has opened
    ends thoughts that began with the reply: many chat templates write the opening tag themselves.
    """

    def __init__(self) -> None:
        self.text = ""
        self.is_thinking = False
        self._has_thought = False
        self._rest = ""
        """The beginning of what may be a tag."""
        self._before = ""
        """The character before the rest, thought or said."""

    def feed(self, piece: str) -> None:
        data = self._rest + piece
        start = 0
        for tag in TAG.finditer(data):
            if (data[tag.start() - 1] if tag.start() else self._before) == "`":
                continue
            self._take(data[start : tag.start()])
            start = tag.end()
            if tag[0].lower() not in CLOSINGS:
                self.is_thinking = True
            elif self.is_thinking:
                self.is_thinking = False
            elif not self._has_thought:
                self.text = ""
            self._has_thought = True
        end = max(start, _end_without_tag(data))
        self._take(data[start:end])
        self._before = data[end - 1] if end else self._before
        self._rest = data[end:]

    def close(self) -> None:
        """Nothing follows, so what may have been a tag is none."""
        self._take(self._rest)
        self._rest = ""

    def _take(self, text: str) -> None:
        if not self.is_thinking:
            self.text += text


def _end_without_tag(data: str) -> int:
    """Return where what may become a tag begins, or the length."""
    for position in range(max(0, len(data) - LONGEST + 1), len(data)):
        tail = data[position:].lower()
        if any(tag.startswith(tail) for tag in TAGS):
            return position
    return len(data)
