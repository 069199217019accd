"""The labels of an installation: each agent who follows the list is told them, as a whole, and again at each change."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg

from app.desk.labels.label import MOST_LABELS, LabelRow, label_name
from app.desk.labels.store import (
    insert_label,
    move_label,
    select_labels,
    select_labels_by_id,
    select_version,
    update_label,
)
from app.errors import Invalid, NotFound
from app.protocol import Colour, Label, LabelsUpdated
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.rooms.room import Sink
from app.spine.sweep import Sweep

SUBJECT = "labels"


class Labels:
    def __init__(self, db: Database, broker: Broker) -> None:
        self._db = db
        self._broker = broker
        self._followers: set[Sink] = set()
        self._told: LabelsUpdated | None = None
        self._frame: Frame | None = None
        self.sweep = Sweep(broker, self._sweep)
        """Asks for the number of the last change: its notice may be lost."""

    def follow(self, sink: Sink) -> None:
        """Tell an agent the labels, and their changes from now on."""
        self._followers.add(sink)
        if self._frame is None:
            self.sweep.soon()
        else:
            sink.tell(SUBJECT, self._frame)

    def unfollow(self, sink: Sink) -> None:
        self._followers.discard(sink)

    def forget(self) -> None:
        """The log was replaced, and with it the labels."""
        self._told = self._frame = None
        self.sweep.soon()

    def take(self, _body: bytes) -> None:
        """Another process has changed them."""
        self.sweep.soon()

    async def all(self) -> LabelsUpdated:
        version, rows = await select_labels(self._db)
        return told_of(version, rows)

    async def find(self, ids: Collection[int]) -> dict[int, LabelRow]:
        """Return these labels by the ids that were asked for: one that was merged is what it was merged into."""
        if not ids:
            return {}
        rows = {row.id: row for row in await select_labels_by_id(self._db, ids)}
        into = {row.merged_into for row in rows.values() if row.merged_into is not None} - rows.keys()
        rows |= {row.id: row for row in await select_labels_by_id(self._db, into)} if into else {}
        return {each: rows[rows[each].merged_into or each] for each in ids if each in rows}

    async def create(self, name: str, colour: Colour) -> tuple[Label, bool]:
        """Create a label, or return the one of this name; say whether it is new.

        Raises:
            Invalid: Nothing can be called that, or there are too many.
        """
        made = await insert_label(self._db, label_name(name), colour)
        if made is None:
            raise Invalid(f"There are {MOST_LABELS} labels already. Delete or merge some first.")
        row, is_new = made
        if is_new:
            self._changed()
        return Label(row.id, row.name, row.colour), is_new

    async def change(self, id: int, *, name: str | None, colour: Colour | None) -> Label:
        """Rename or recolour a label.

        Raises:
            NotFound: There is none.
            Invalid: Another one is called that.
        """
        try:
            row = await update_label(
                self._db, id, name=None if name is None else label_name(name), colour=colour
            )
        except asyncpg.UniqueViolationError as error:
            raise Invalid("Another label has this name. Merge them instead.") from error
        if row is None:
            raise NotFound("There is no such label.")
        self._changed()
        return Label(row.id, row.name, row.colour)

    async def merge(self, id: int, into: int) -> None:
        """Give another label to all conversations that have this one, which ends.

        Raises:
            NotFound: There are no such labels, or they are one.
        """
        if not await move_label(self._db, id, into=into):
            raise NotFound("There are no two such labels.")
        self._changed()

    async def delete(self, id: int) -> None:
        """Take a label from all conversations. Safe to repeat.

        Raises:
            NotFound: There is none.
        """
        if not await move_label(self._db, id, into=None):
            raise NotFound("There is no such label.")
        self._changed()

    def _changed(self) -> None:
        self.sweep.soon()
        self._broker.notify(SUBJECT, b"")

    async def _sweep(self) -> None:
        if not self._followers:
            self._told = self._frame = None
            return
        if self._told is not None and self._told.version == await select_version(self._db):
            return
        told = await self.all()
        self._told, self._frame = told, Frame.of(told)
        for sink in list(self._followers):
            sink.tell(SUBJECT, self._frame)


def told_of(version: int, rows: list[LabelRow]) -> LabelsUpdated:
    return LabelsUpdated(
        version=version,
        labels=[Label(row.id, row.name, row.colour) for row in rows if not row.is_gone],
        merged={str(row.id): row.merged_into for row in rows if row.merged_into is not None},
    )
