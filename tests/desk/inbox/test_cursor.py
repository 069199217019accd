"""The cursor of the list as text: what we wrote is read, and of all else Postgres is not asked."""

from __future__ import annotations

import pytest

from app.desk.inbox.cursor import Cursor, read_cursor


@pytest.mark.parametrize("inbox_id", [None, 0, 7, -1])
@pytest.mark.parametrize("snapshot", ["10:20:10,14,19", "10:10:", "3:4:3", f"1:{2**63 - 1}:"])
def test_a_cursor_is_read_as_it_was_written(inbox_id: int | None, snapshot: str) -> None:
    for view in ("", "0123456789abcdef"):
        cursor = Cursor("0badcafe", inbox_id, snapshot, view)
        assert read_cursor(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "0badcafe",
        "0badcafe..",
        "0badcafe..10:20",
        "0badcafe..20:10:",
        "0badcafe..0:10:",
        "0badcafe..10:20:9",
        "0badcafe..10:20:20",
        "0badcafe..10:20:12,12",
        "0badcafe..10:20:14,12",
        "0badcafe..10:20:12,",
        "0badcafe..10:20:,12",
        "0badcafe..10:20:12\n",
        "0badcafe.-.10:20:12",
        "0badcafe..10:20:.",
        "0badcafe..10:20:.0123456789abcde",
        "0BADCAFE..10:20:12",
        f"0badcafe..10:{2**63 + 1}:",
        f"0badcafe..10:{2**32}:",
        f"0badcafe..{2**32}:{2**32 + 5}:",
        f"0badcafe..10:20:{'1' * 5000}",
        "0badcafe..१०:२०:",
        "x" * 60_000,
        "1,2,3" * 10_000,
    ],
)
def test_any_other_text_is_none(text: str) -> None:
    assert read_cursor(text) is None


@pytest.mark.parametrize(
    ("told", "asked", "is_covered"),
    [(None, None, True), (None, 7, True), (7, 7, True), (7, None, False), (7, 8, False)],
)
def test_a_cursor_stands_for_the_inboxes_of_which_it_was_told(
    told: int | None, asked: int | None, *, is_covered: bool
) -> None:
    assert Cursor("0badcafe", told, "10:10:").covers(asked) is is_covered


@pytest.mark.parametrize(
    ("told", "asked", "is_covered"),
    [("", "", True), ("", "a", True), ("a", "a", True), ("a", "", False), ("a", "b", False)],
)
def test_a_cursor_stands_for_the_view_of_which_it_was_told(
    told: str, asked: str, *, is_covered: bool
) -> None:
    assert Cursor("0badcafe", None, "10:10:", told).covers(7, asked) is is_covered
