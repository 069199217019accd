"""A predicate means the same in Postgres, here and in the client, and none that is too much comes in."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.desk.views.facets import FIELDS, TIMES, Facets
from app.desk.views.predicates import DEPTH, SIZE, check, every, holds, resolve, statuses_of
from app.errors import Invalid
from app.protocol.views import AllOf, AnyOf, Is, Not, Older, Predicate

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
ROWS = msgspec.convert(VECTORS["rows"], dict[str, Facets])
PREDICATES: list[tuple[Predicate, list[str]]] = [
    (msgspec.convert(vector["predicate"], Predicate), vector["holds"]) for vector in VECTORS["vectors"]
]
NOW = datetime.fromisoformat(VECTORS["now"])
OPEN = Is("status", ("open",))


@pytest.mark.parametrize(("predicate", "expected"), PREDICATES)
def test_a_predicate_holds_for_the_rows_that_its_vector_names(
    predicate: Predicate, expected: list[str]
) -> None:
    mine = resolve(check(predicate), VECTORS["me"])
    assert [name for name, row in ROWS.items() if holds(mine, row, NOW)] == expected


def test_every_field_has_a_vector() -> None:
    parts = [part for predicate, _ in PREDICATES for part in every(predicate)]
    assert {part.field for part in parts if isinstance(part, Is)} == set(FIELDS)
    assert {part.field for part in parts if isinstance(part, Older)} == set(TIMES)


def nested(depth: int) -> Predicate:
    return Not(nested(depth - 1)) if depth > 1 else OPEN


@pytest.mark.parametrize(
    "predicate",
    [
        nested(DEPTH + 1),
        AllOf((AllOf((OPEN,) * 40), AnyOf((OPEN,) * (SIZE - 40)))),
        Is("status", ("gone",)),
        Is("status", (None,)),
        Is("inbox", ("me",)),
        Is("inbox", (None,)),
        Is("inbox", (0,)),
        Is("inbox", (2**31,)),
        Is("assignee", (True,)),
        Is("assignee", ("them",)),
        Is("team", ("me",)),
        Is("priority", (2,)),
        Is("waiting", (1,)),
        Is("waiting", ("true",)),
        Is("priority", ("none",)),
        Is("priority", (1,)),
        Is("label", (0,)),
        Is("label", (True,)),
        Is("label", ("Billing",)),
    ],
)
def test_what_cannot_be_is_refused(predicate: Predicate) -> None:
    with pytest.raises(Invalid):
        check(predicate)


def test_what_is_just_allowed_comes_in() -> None:
    for predicate in (nested(DEPTH), AllOf((OPEN,) * (SIZE // 2 - 1)), Is("assignee", (1, None, "me"))):
        assert check(predicate) is predicate


def test_only_statuses_that_a_view_may_have_are_read() -> None:
    closed = Is("status", ("closed",))
    assert statuses_of(OPEN) == ["open"]
    assert statuses_of(AllOf((OPEN, closed))) == []
    assert statuses_of(AllOf((AllOf((OPEN, Is("waiting", (True,)))), Is("label", (3,))))) == ["open"]
    assert statuses_of(AnyOf((OPEN, AllOf((OPEN, closed))))) == ["open"]
    assert set(statuses_of(Not(OPEN))) >= {"open", "closed"}
    assert set(statuses_of(AnyOf((OPEN, closed)))) >= {"open", "closed"}
