"""The words that agents sort conversations by."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from app.protocol.wire import Event, RowId

Colour = Literal["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple"]
"""Names and no numbers: how each looks, in the light and in the dark, the face decides, so that all can be read."""


class Label(Struct, frozen=True):
    id: RowId
    name: str
    colour: Colour


class LabelsUpdated(Event, tag="labels_updated"):
    """All labels, by name."""

    version: int
    """Grows with every change of them; the larger one wins."""
    labels: list[Label]
    merged: dict[str, int]
    """By the ids of labels that are gone, those into which they were merged."""


Events = LabelsUpdated
