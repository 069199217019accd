from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from app import protocol
from app.protocol import AdminRequest, Authenticate, Happenings, ServerEvent

STRUCTS = [*get_args(AdminRequest), *get_args(ServerEvent), *get_args(Happenings)]


def fields(struct: type[msgspec.Struct], seen: set[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each field of a struct and of those that it is made of, by name, with its type."""
    seen.add(struct)
    for name, hint in get_type_hints(struct, include_extras=True).items():
        if name in struct.__struct_fields__:
            yield f"{struct.__name__}.{name}", hint
            for part in parts(hint):
                if isinstance(part, type) and issubclass(part, msgspec.Struct) and part not in seen:
                    yield from fields(part, seen)


def parts(hint: Any) -> Iterator[Any]:
    yield hint
    for inner in get_args(hint):
        yield from parts(inner)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_no_field_on_the_wire_takes_just_anything(struct: type[msgspec.Struct]) -> None:
    """But what a client says of itself, which nobody reads."""
    anything = {name for name, hint in fields(struct, set()) if Any in parts(hint)}
    assert anything == ({"Authenticate.client"} if struct is Authenticate else set())


def test_every_struct_of_the_sums_can_be_had_by_name() -> None:
    for struct in STRUCTS:
        assert getattr(protocol, struct.__name__) is struct
        assert struct.__name__ in protocol.__all__
