"""The cursor stands before the first change that is not done."""

from __future__ import annotations

import random

import pytest

from app.spine.log import window as window_module
from app.spine.log.position import Position
from app.spine.log.window import Window


def at(number: int) -> Position:
    return Position(number // 3, number % 3, 1)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_order_they_are_done_in_the_cursor_passes_over_none(seed: int) -> None:
    chosen = random.Random(seed)
    window = Window(at(0))
    undone = [at(number) for number in range(1, 40)]
    for position in undone:
        window.add(position)
    assert (window.cursor, window.read) == (at(0), at(39))
    for position in chosen.sample(undone, len(undone)):
        window.finish(position)
        undone.remove(position)
        assert window.cursor == (
            max(each for each in map(at, range(40)) if each < undone[0]) if undone else at(39)
        )


def test_it_is_full_when_too_many_are_undone_or_too_many_wait_behind_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window_module, "UNDONE", 2)
    monkeypatch.setattr(window_module, "SPAN", 4)
    window = Window(at(0))
    steps = [
        ("add", 1, False),
        ("add", 2, True),
        ("finish", 2, False),
        ("add", 3, True),
        ("finish", 3, False),
    ]
    steps += [("add", 4, True), ("finish", 4, True), ("finish", 1, False)]
    for step, number, is_full in steps:
        getattr(window, step)(at(number))
        assert window.is_full is is_full, (step, number)
    assert window.cursor == at(4)
