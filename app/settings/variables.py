"""Each setting's name in the environment: its field's in capitals, with the name of the group before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from app.settings.structs import Settings

PREFIXES = {"limits": "LIMIT", "widget": "WIDGET", "admin": "ADMIN"}
"""The beginning of the names in a group; a new group needs a line here."""


class Variable(Struct, frozen=True):
    """One setting, as it is set."""

    name: str
    """In the environment, such as `LIMIT_WIDGET_SENDS`."""
    path: tuple[str, ...]
    """In the settings, such as `("limits", "widget", "sends")`."""
    type: Any
    default: Any


def variables(kind: type[Struct] = Settings, path: tuple[str, ...] = ()) -> Iterator[Variable]:
    """Yield the variables of all settings, in the order of their fields."""
    for field in msgspec.structs.fields(kind):
        here = (*path, field.name)
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            yield from variables(field.type, here)
        else:
            name = "_".join([*(PREFIXES[group] for group in path), field.name.upper()])
            yield Variable(name, here, field.type, field.default)


VARIABLES: Mapping[str, Variable] = {variable.name: variable for variable in variables()}


def settings_of(values: Mapping[str, object]) -> Settings:
    """Return the settings with these values, given by the names of their variables."""
    settings: Settings = replaced(Settings(), {VARIABLES[name].path: given for name, given in values.items()})
    return settings


def replaced(struct: Any, values: Mapping[tuple[str, ...], object]) -> Any:
    """Return a copy of a struct in which some fields, or fields of its fields, are others."""
    own = {path[0]: value for path, value in values.items() if len(path) == 1}
    for group in {path[0] for path in values if len(path) > 1}:
        inner = {path[1:]: value for path, value in values.items() if path[0] == group}
        own[group] = replaced(getattr(struct, group), inner)
    return msgspec.structs.replace(struct, **own)
