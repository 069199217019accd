"""Texts from outside, by the same cases as in the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid, TooLarge
from app.values import text

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "texts.json").read_text(encoding="utf-8"))
KINDS: dict[str, Callable[[str], str]] = {
    "message": text.message_text,
    "name": text.name,
    "emoji": text.emoji,
}
good = [(kind, case) for kind in KINDS for case in CASES[kind]["good"]]
bad = [(kind, case) for kind in KINDS for case in CASES[kind]["bad"]]


@pytest.mark.parametrize("case", CASES["blank"], ids=ascii)
def test_a_text_that_leaves_no_ink_is_blank(case: str) -> None:
    assert text.is_blank(case)
    for parse in KINDS.values():
        with pytest.raises(Invalid):
            parse(case)


@pytest.mark.parametrize("case", CASES["visible"], ids=ascii)
def test_a_text_that_can_be_seen_is_not_blank(case: str) -> None:
    assert text.is_blank(case) == (case == "\0")


@pytest.mark.parametrize(("kind", "case"), good, ids=ascii)
def test_a_good_text_is_taken_as_it_is(kind: str, case: str) -> None:
    assert KINDS[kind](case) == case


@pytest.mark.parametrize(("kind", "case"), bad, ids=ascii)
def test_a_bad_text_is_invalid_and_the_error_can_be_told(kind: str, case: str) -> None:
    with pytest.raises(Invalid) as refused:
        KINDS[kind](case)
    assert refused.value.code == "invalid"
    refused.value.message.encode()


@pytest.mark.parametrize(("raw", "mended"), CASES["well_formed"], ids=ascii)
def test_half_a_pair_is_no_character(raw: str, mended: str) -> None:
    assert text.is_well_formed(raw) == (raw == mended)
    assert text.is_well_formed(mended)


@pytest.mark.parametrize(
    ("parse", "most"), [(text.message_text, text.TEXT_CHARS), (text.name, text.NAME_CHARS)]
)
@pytest.mark.parametrize("character", ["x", "ü", "🔥"])
def test_lengths_are_in_characters_whatever_their_bytes(
    parse: Callable[[str], str], most: int, character: str
) -> None:
    assert len(parse(character * most)) == most
    with pytest.raises(TooLarge):
        parse(character * (most + 1))


def test_every_emoji_of_the_table_is_one_also_with_its_tones_and_selectors() -> None:
    assert len(text.EMOJI) > 1900
    for emoji in text.EMOJI:
        canonical = text.emoji(emoji)
        assert canonical.replace("\ufe0f", "") == emoji
        assert text.emoji(emoji[0] + "\ufe0f" + emoji[1:]) == text.emoji(canonical) == canonical
    for base in text.TONED:
        for tone in "🏻🏼🏽🏾🏿":
            assert text.emoji(base + tone) == base + tone


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("\u2764", "\u2764\ufe0f"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        ("👍", "👍"),
        ("👍\ufe0f", "👍"),
        ("*\u20e3", "*\ufe0f\u20e3"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("\u261d\U0001f3ff", "\u261d\U0001f3ff"),
        ("🏳\u200d🌈", "🏳\ufe0f\u200d🌈"),
        ("👁\u200d🗨\ufe0f", "👁\ufe0f\u200d🗨\ufe0f"),
        ("🕵\U0001f3fb\u200d\u2642", "🕵\U0001f3fb\u200d\u2642\ufe0f"),
        ("🕵\u200d\u2642", "🕵\ufe0f\u200d\u2642\ufe0f"),
        ("👩\u200d\u2764\u200d💋\u200d👩", "👩\u200d\u2764\ufe0f\u200d💋\u200d👩"),
        ("🇩🇪", "🇩🇪"),
    ],
    ids=ascii,
)
def test_an_emoji_has_one_form_however_a_keyboard_writes_it(said: str, meant: str) -> None:
    assert text.emoji(said) == meant
