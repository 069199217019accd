"""A label as the database has it, and what may be one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from app.errors import NotFound
from app.protocol import Colour
from app.values.text import Line, line

NAME_CHARS = 40
MOST_LABELS = 500
"""Labels of an installation: they are told as a whole, and chosen from a list that somebody has to read."""
MOST_ON_A_CONVERSATION = 20


class LabelRow(Struct, frozen=True):
    id: int
    name: str
    colour: Colour
    merged_into: int | None
    is_gone: bool


def label_name(raw: str) -> Line:
    """Raises `Invalid` or `TooLarge` if a label cannot be called that."""
    return line(" ".join(raw.split()), "name", NAME_CHARS)


def usable(found: Mapping[int, LabelRow], ids: Collection[int]) -> list[LabelRow]:
    """Return those of the found labels that a conversation can be given.

    Raises:
        NotFound: One of them is gone.
    """
    for each in ids:
        if each not in found or found[each].is_gone:
            raise NotFound(f"There is no label with the id {each}. GET /chat/labels lists them.")
    return [found[each] for each in ids]
