"""Dictionaries that keep the latest."""

from __future__ import annotations

from app.spine.latest import keep


def test_the_one_that_was_set_longest_ago_goes_first() -> None:
    latest: dict[str, int] = {}
    for number, key in enumerate(["a", "b", "a", "c", "d"]):
        keep(latest, key, number, most=3)
    assert list(latest.items()) == [("a", 2), ("c", 3), ("d", 4)]
