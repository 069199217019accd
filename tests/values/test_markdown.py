"""Markdown as plain text, by the cases that the frontends are tried with too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values.markdown import Plain

CASES = json.loads((Path(__file__).parents[1] / "markdown.json").read_text(encoding="utf-8"))
MARKS = st.sampled_from(
    ["*", "**", "_", "~~", "`", "```\n", "[a](https://b)", "[", "> ", "- ", "1. ", "\n", " ", "a", "\\"]
)


@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: case["source"])
def test_a_text_is_read_without_its_marks(case: dict[str, str]) -> None:
    assert Plain(case["source"]).text == case["plain"]


@given(st.lists(MARKS).map("".join))
def test_nothing_that_is_said_gets_longer_or_lost(source: str) -> None:
    plain = Plain(source)
    assert len(plain.text) <= len(source)
    assert plain.text.count("a") == source.count("a")
    assert plain.is_formatted or plain.text.replace("\\", "") == source.replace("\\", "")


@pytest.mark.parametrize("case", CASES["hostile"], ids=lambda case: case["text"])
def test_a_hostile_text_costs_no_more_than_its_length(case: dict[str, str | int]) -> None:
    """Counted in steps, for a machine may be slow: twice the text takes about twice of them."""

    def steps(source: str) -> int:
        count = 0

        def count_lines(*_: object) -> object:
            nonlocal count
            count += 1
            return count_lines

        sys.settrace(count_lines)  # type: ignore[arg-type]
        try:
            Plain(source)
        finally:
            sys.settrace(None)
        return count

    half, whole = (steps(str(case["text"]) * (int(case["times"]) // part)) for part in (16, 8))
    assert whole < 3 * half + 1_000
