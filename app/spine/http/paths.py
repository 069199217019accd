"""Whole numbers in paths. Beyond its bounds one names nothing: the path is not there."""

from __future__ import annotations

from typing import Any

from quart import Quart
from werkzeug.routing.converters import IntegerConverter
from werkzeug.routing.map import Map


class RowIdConverter(IntegerConverter):
    """`<row_id:…>`: the number of a row, of four bytes as Postgres keeps it."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **options, min=1, max=2**31 - 1)


class SeqConverter(IntegerConverter):
    """`<seq:…>`: the number of an entry, of as many bits as JavaScript counts with."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **options, min=0, max=2**53 - 1)


def register(app: Quart) -> None:
    app.url_map.converters |= {"row_id": RowIdConverter, "seq": SeqConverter}
