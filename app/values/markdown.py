"""The plain text of a message that was written in our Markdown: bold, italic, strike, code, quotes, lists, links.

`frontend/shared/src/format/markdown.ts` reads the same subset and makes elements of it; `tests/markdown.json` has the
cases by which both are tried. Each character is looked at a bounded number of times, and nothing nests deeper than
`MOST_NESTED`: whatever is sent costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MOST_NESTED = 4
"""Quotes and lists inside of each other; deeper ones are text."""
LONGEST_RUN = {"*": 3, "_": 1, "~": 2}
"""A longer row of asterisks is a line, or a word that somebody would not write."""

_fence = re.compile(r" {0,3}```[\w+#.-]*\s*").fullmatch
_end_of_fence = re.compile(r" {0,3}```\s*").fullmatch
_item = re.compile(r"( {0,3})(?:[-*+]|(\d{1,9})[.)]) +(?=\S)").match
_token = re.compile(
    r"`+|\*+|_+|~+|\\[*`~\[]|\[|(?<![a-z0-9])(?:https?://|mailto:)(?:[^\s<>*~`]|~(?!~))*", re.IGNORECASE
).search
_link = re.compile(
    r"\[([^\[\]\n]+)\]\(((?:https?://|mailto:)[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)\)", re.IGNORECASE
).match
_is_address = re.compile(r"\s*(?:[a-z]+://|mailto:|www\.)", re.IGNORECASE).match
_is_word = re.compile(r"[A-Za-z0-9\\]").match


class Plain:
    """The text without its marks, and whether there were any."""

    def __init__(self, source: str) -> None:
        self.is_formatted = False
        self.text = "\n".join(self._blocks(source.split("\n"), MOST_NESTED))

    def _blocks(self, lines: Sequence[str], depth: int) -> Iterable[str]:
        at = 0
        while at < len(lines):
            end = self._end_of_block(lines, at, depth)
            line = lines[at]
            if _fence(line):
                self.is_formatted = True
                closes = end - 1 > at and _end_of_fence(lines[end - 1])
                yield from lines[at + 1 : end - 1 if closes else end]
            elif depth and line.startswith(">"):
                self.is_formatted = True
                inner = [quoted[1:].removeprefix(" ") for quoted in lines[at:end]]
                yield from (f"> {said}".rstrip() for said in self._blocks(inner, depth - 1))
            elif depth and (item := _item(line)):
                self.is_formatted = True
                yield from self._item(lines[at:end], item[0].lstrip(" "), item.end(), depth)
            elif not line.strip():
                yield line
            else:
                yield from self.inline("\n".join(lines[at:end])).split("\n")
            at = end

    def _item(self, lines: Sequence[str], mark: str, width: int, depth: int) -> Iterable[str]:
        indent = " " * len(mark)
        inner = [lines[0][width:], *(outdented(line, width) for line in lines[1:])]
        for number, said in enumerate(self._blocks(inner, depth - 1)):
            yield (indent if number else mark) + said if said else ""

    def _end_of_block(self, lines: Sequence[str], at: int, depth: int) -> int:
        """Return where the block ends that begins at this line; of a list, each item is one."""
        first, end = lines[at], at + 1
        if _fence(first):
            while end < len(lines) and not _end_of_fence(lines[end]):
                end += 1
            return min(end + 1, len(lines))
        if depth and first.startswith(">"):
            while end < len(lines) and lines[end].startswith(">"):
                end += 1
        elif depth and _item(first):
            while end < len(lines) and (
                lines[end].startswith("  ") and lines[end].strip() and not is_sibling(first, lines[end])
            ):
                end += 1
        elif first.strip():
            while end < len(lines) and lines[end].strip() and not begins_block(lines[end], depth):
                end += 1
        return end

    def inline(self, source: str) -> str:
        """Return a text without the marks that stand in pairs; a mark without its other half is text."""
        ticks: dict[int, int] = {}
        """By where a row of backticks begins, where the next one of that length does."""
        latest: dict[int, int] = {}
        for found in reversed(list(re.finditer("`+", source))):
            length = len(found[0])
            if length in latest:
                ticks[found.start()] = latest[length]
            latest[length] = found.start()
        pieces: list[str] = []
        is_open: dict[str, int] = {}
        """The marks that wait for their other half, the innermost last, and where their text stands."""
        at = 0
        while token := _token(source, at):
            pieces.append(source[at : token.start()])
            start, at = token.start(), token.end()
            text = token[0]
            if text[0] == "`" and start in ticks:
                self.is_formatted = True
                pieces.append(code(source[at : ticks[start]]))
                at = ticks[start] + len(text)
            elif text[0] == "\\":
                pieces.append(text[1])
            elif text == "[" and (link := self._link(source, start)):
                pieces.append(link[0])
                at = link[1]
            elif text[0] in LONGEST_RUN:
                self._run(text, source[start - 1 : start], source[at : at + 1], pieces, is_open)
            else:
                pieces.append(text)
        pieces.append(source[at:])
        return "".join(pieces)

    def _run(self, run: str, before: str, after: str, pieces: list[str], is_open: dict[str, int]) -> None:
        """Take the marks of one row as ends of what is open, the innermost first, and then as beginnings."""
        sign, left = run[0], len(run)
        if left > LONGEST_RUN[sign] or run == "~":
            pieces.append(run)
            return
        if before.strip() and (left > 1 or not _is_word(after)):
            while mark := next_end(sign, left, is_open):
                while next(reversed(is_open)) != mark:
                    is_open.popitem()
                # Its beginning was written as text, until there was an end.
                pieces[is_open.pop(mark)] = ""
                left -= len(mark)
                self.is_formatted = True
        if after.strip() and (left > 1 or not _is_word(before)):
            for mark in (sign * 2, sign):
                if len(mark) <= left and mark not in is_open and mark != "~" and mark != "__":
                    is_open[mark] = len(pieces)
                    pieces.append(mark)
                    left -= len(mark)
        pieces.append(sign * left)

    def _link(self, source: str, start: int) -> tuple[str, int] | None:
        """Return a link as text, and where it ends. A label that is another address than the link's is a lie."""
        found = _link(source, start)
        if found is None:
            return None
        label, href = Plain("").inline(found[1]), found[2]
        if not label.strip() or (label != href and _is_address(label)):
            return None
        self.is_formatted = True
        return label if label == href else f"{label} ({href})", found.end()


def next_end(sign: str, left: int, is_open: Iterable[str]) -> str | None:
    """Return the open mark that ends with so many of a sign: one of that length, or the innermost that is shorter."""
    fitting = [mark for mark in is_open if mark[0] == sign and len(mark) <= left]
    return sign * left if sign * left in fitting else fitting[-1] if fitting else None


def begins_block(line: str, depth: int) -> bool:
    return bool(_fence(line) or (depth and (line.startswith(">") or _item(line))))


def is_sibling(first: str, line: str) -> bool:
    """Tell whether a line begins the next item of the list, rather than one inside of this."""
    item, other = _item(first), _item(line)
    return bool(item and other and len(other[1]) <= len(item[1]))


def outdented(line: str, width: int) -> str:
    """Return a line without as much of its indent as the item's mark takes."""
    return line[min(width, len(line) - len(line.lstrip(" "))) :]


def code(text: str) -> str:
    """Return what stands between backticks, without the spaces that keep it from them."""
    if len(text) > 2 and text[0] == text[-1] == " " and text.strip():
        return text[1:-1]
    return text
