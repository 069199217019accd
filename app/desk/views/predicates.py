"""The meaning of a predicate: checked once where it comes in, then compiled for Postgres or evaluated here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, assert_never

from msgspec import structs

from app.desk.views.facets import FIELDS, ME, STATUSES, TIMES, Bind, Facets
from app.errors import Invalid
from app.protocol.views import AllOf, AnyOf, Is, Not, Older, Predicate

DEPTH = 6
SIZE = 60
"""Parts of a whole predicate: each costs a condition in Postgres and an evaluation at every change."""


def check(predicate: Predicate) -> Predicate:
    """Return a predicate that came from outside, if it can be.

    Raises:
        Invalid: It nests too deep, is too long, or asks for a value that the field never has.
    """
    parts = list(_walk(predicate, 1))
    if len(parts) > SIZE:
        raise Invalid(f"A view has at most {SIZE} conditions.")
    for part in parts:
        if isinstance(part, Is):
            for value in part.value:
                if not FIELDS[part.field].takes(value):
                    raise Invalid(f"{part.field} is never {value!r}.")
    return predicate


def _walk(predicate: Predicate, depth: int) -> Iterator[Predicate]:
    if depth > DEPTH:
        raise Invalid(f"A view nests at most {DEPTH} deep.")
    yield predicate
    for part in parts_of(predicate):
        yield from _walk(part, depth + 1)


def parts_of(predicate: Predicate) -> tuple[Predicate, ...]:
    match predicate:
        case AllOf(of) | AnyOf(of):
            return of
        case Not(of):
            return (of,)
        case Is() | Older():
            return ()
        case _:
            assert_never(predicate)


def every(predicate: Predicate) -> Iterator[Predicate]:
    """Yield a checked predicate and all that it is made of."""
    yield predicate
    for part in parts_of(predicate):
        yield from every(part)


def resolve(predicate: Predicate, user_id: int | None) -> Predicate:
    """Replace `me` by whoever asks; a backend is nobody's assignee."""
    match predicate:
        case Is("assignee", value) if ME in value:
            others = tuple(each for each in value if each != ME)
            return Is("assignee", others if user_id is None else (*others, user_id))
        case AllOf(of) | AnyOf(of):
            return structs.replace(predicate, of=tuple(resolve(part, user_id) for part in of))
        case Not(of):
            return Not(resolve(of, user_id))
        case Is() | Older():
            return predicate
        case _:
            assert_never(predicate)


def holds(predicate: Predicate, facets: Facets, now: datetime) -> bool:
    """Tell whether a resolved predicate holds for a conversation."""
    match predicate:
        case Is(field, value):
            return FIELDS[field].holds(facets, value)
        case Older(field, seconds):
            at = TIMES[field][1](facets)
            return at is not None and at < now - timedelta(seconds=seconds)
        case AllOf(of):
            return all(holds(part, facets, now) for part in of)
        case AnyOf(of):
            return any(holds(part, facets, now) for part in of)
        case Not(of):
            return not holds(of, facets, now)
        case _:
            assert_never(predicate)


def sql(predicate: Predicate, bind: Bind) -> str:
    """Return a resolved predicate as a condition on the head `h`; what clients said is bound and never written out."""
    match predicate:
        case Is(field, value):
            return FIELDS[field].sql(value, bind)
        case Older(field, seconds):
            return f"{TIMES[field][0]} < now() - make_interval(secs => {bind(seconds)}::integer)"
        case AllOf(of):
            return f"({' and '.join(sql(part, bind) for part in of)})" if of else "true"
        case AnyOf(of):
            return f"({' or '.join(sql(part, bind) for part in of)})" if of else "false"
        case Not(of):
            # What is unknown to Postgres is false to us.
            return f"({sql(of, bind)}) is not true"
        case _:
            assert_never(predicate)


def binding(arguments: list[Any]) -> Bind:
    """Return what adds values to the arguments of a statement."""

    def bind(value: Any) -> str:
        arguments.append(value)
        return f"${len(arguments)}"

    return bind


def statuses_of(predicate: Predicate) -> list[str]:
    """Return the statuses that a conversation of the view may have: each is read from its own part of an index."""
    found = _possible(predicate)
    return [status for status in STATUSES if status in found]


def _possible(predicate: Predicate) -> set[str]:
    # However deep: a narrowed view is an `and` in an `and`, and closed conversations are many.
    match predicate:
        case Is("status", value):
            return {str(each) for each in value}
        case AllOf(of):
            return set(STATUSES).intersection(*map(_possible, of))
        case AnyOf(of):
            return set().union(*map(_possible, of))
        case _:
            return set(STATUSES)


def one_of(statuses: Iterable[str]) -> str:
    """Return statuses as a list in a statement. They are ours, and written out the planner knows how many each has."""
    return ", ".join(STATUSES[status] for status in statuses) or "null"


def is_timed(predicate: Predicate) -> bool:
    """Tell whether conversations come and go as time passes, without an entry that would tell."""
    return any(isinstance(part, Older) for part in every(predicate))
