"""The subject of a sentence has a name: no docstring of the app begins with "Who …", "What …" or "How long …"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.sources import modules

FREE_RELATIVE = re.compile(
    r"(Who|Whom|Whoever|What|Whatever|Where|Wherever|When|So (many|much)|How (far|late|long|many|much|often))\b"
)


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the strings that stand for themselves, those below constants and fields included."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text)), lineno=line):
                yield line, text


def test_no_docstring_opens_with_a_noun_clause() -> None:
    found = [
        f"{path}:{line}: {text.splitlines()[0]}"
        for path, tree in modules().items()
        for line, text in docstrings(tree)
        if FREE_RELATIVE.match(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("So many malformed frames are a broken client.", True),
        ("Who comes when so many wait is told to come back.", True),
        ("How long a body may take.", True),
        ("Malformed frames before we close with 4400.", False),
        ("Whether the reader keeps up.", False),
    ],
)
def test_what_is_wrong_is_seen(text: str, *, is_wrong: bool) -> None:
    assert bool(FREE_RELATIVE.match(text)) == is_wrong
