from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bots.thoughts import PAIRS, Spoken

WHOLE = [
    ("Yes.", "Yes."),
    ("<think>They ask.</think>Yes.", "Yes."),
    ("<think>\n\n</think>\n\nYes.", "\n\nYes."),
    ("<THINK>They ask.</Think>Yes.", "Yes."),
    ("Well. <think>They ask.</think>Yes.", "Well. Yes."),
    ("<think>a</think>One. <think>b</think>Two.", "One. Two."),
    ("They ask.</think>Yes.", "Yes."),
    ("<think>They <think> twice.</think>Yes.", "Yes."),
    ("<think>a</think>Yes</think>.", "Yes."),
    ("Write `<think>` and `</think>`.", "Write `<think>` and `</think>`."),
    ("<think>Write `</think>`?</think>Yes.", "Yes."),
    ("1 < 2 and <b>", "1 < 2 and <b>"),
    ("<thinker>", "<thinker>"),
    ("a <", "a <"),
    ("a <thin", "a <thin"),
    *((f"{opening}They ask.{closing}Yes.", "Yes.") for opening, closing in PAIRS),
]


@pytest.mark.parametrize(("reply", "spoken"), WHOLE)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_only_what_is_spoken_is_left(reply: str, spoken: str, size: int) -> None:
    assert read(reply, size) == (spoken, False)


@pytest.mark.parametrize(
    "reply", ["<think>", "<think>They ask.", "Yes.<think>But", "They.</think>Yes.<think>a </thin"]
)
@pytest.mark.parametrize("size", [1, 1000])
def test_thoughts_that_do_not_end_are_told(reply: str, size: int) -> None:
    _, is_thinking = read(reply, size)
    assert is_thinking


@pytest.mark.parametrize("reply", ["Yes.<think>They ask.</think>", "Yes.[THINK]They ask.[/THINK]"])
def test_no_part_of_a_tag_is_ever_seen(reply: str) -> None:
    spoken = Spoken()
    for letter in reply:
        spoken.feed(letter)
        assert "Yes.".startswith(spoken.text)


letters = st.sampled_from(
    ["<", "think", ">", "/", "`", "[", "]", "a", " ", "◁", "▷", "|", "<think>", "</think>"]
)


@given(st.lists(letters).map("".join), st.lists(st.integers(1, 5)))
def test_it_does_not_matter_how_a_reply_is_cut(reply: str, sizes: list[int]) -> None:
    spoken = Spoken()
    rest = reply
    for size in sizes:
        spoken.feed(rest[:size])
        rest = rest[size:]
    spoken.feed(rest)
    spoken.close()
    assert (spoken.text, spoken.is_thinking) == read(reply, len(reply) or 1)


def read(reply: str, size: int) -> tuple[str, bool]:
    spoken = Spoken()
    for start in range(0, len(reply), size):
        spoken.feed(reply[start : start + size])
    spoken.close()
    return spoken.text, spoken.is_thinking
