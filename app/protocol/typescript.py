"""Write the TypeScript side of `app.protocol`: `python -m app.protocol.typescript`.

Structs become interfaces with their tag as a literal `type`, so that a `switch` over an event narrows it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from app import protocol

TARGET = Path(__file__).parents[2] / "frontend/shared/src/protocol/index.ts"
HEADER = (
    "// Generated from app/protocol/ by `python -m app.protocol.typescript`; a test fails when it is stale."
)
CONSTANTS = ("VERSION", "FRAME_BYTES", "TEXT_CHARS")
ALIASES: dict[str, Any] = {
    "Role": protocol.Role,
    "LaneName": protocol.LaneName,
    "PresenceStatus": protocol.PresenceStatus,
    "ConversationStatus": protocol.ConversationStatus,
    "EventName": protocol.EventName,
    "HandoverReason": protocol.HandoverReason,
    "RequestId": protocol.RequestId,
    "Content": protocol.Content,
    "WidgetRequest": protocol.WidgetRequest,
    "AdminRequest": protocol.AdminRequest,
    "LogEntry": protocol.LogEntry,
    "ServerEvent": protocol.ServerEvent,
}
PRIMITIVES = {
    str: "string",
    UUID: "string",
    datetime: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    Any: "unknown",
}
CLIENT_STRUCTS = (protocol.Request, protocol.InboxFilters, protocol.Since)
LINE_CHARS = 110
"""Columns after which prettier breaks a union, as in frontend/.prettierrc.json."""


def render() -> str:
    """Return the whole file."""
    structs = dict.fromkeys((*_structs(protocol.AdminRequest), *_structs(protocol.ServerEvent)))
    blocks = [
        HEADER,
        "\n".join(f"export const {name} = {getattr(protocol, name)};" for name in CONSTANTS),
        *(_alias(name, alias) for name, alias in ALIASES.items()),
        *(_interface(struct) for struct in structs if struct is not protocol.ConversationEvent),
        *_conversation_event(),
    ]
    return "\n\n".join(blocks) + "\n"


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """Yield every struct in a type, each after those that it is made of."""
    if hint is protocol.Happening:
        hint = protocol.Happenings
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        for inner in get_type_hints(hint, include_extras=True).values():
            yield from _structs(inner)
        yield hint
    for inner in get_args(hint) if get_origin(hint) is not Literal else ():
        yield from _structs(inner)


def _alias(name: str, alias: Any) -> str:
    members = _members(alias)
    line = f"export type {name} = {' | '.join(members)};"
    if len(line) <= LINE_CHARS:
        return line
    alone = f"  {' | '.join(members)};"
    if len(alone) <= LINE_CHARS:
        return f"export type {name} =\n{alone}"
    return "\n".join([f"export type {name} =", *(f"  | {member}" for member in members)]) + ";"


def _conversation_event() -> Iterator[str]:
    """Yield the union over the names of events: one `event` comes with one `data`."""
    happenings = [f"  {kind.event}: {kind.__name__};" for kind in get_args(protocol.Happenings)]
    yield "\n".join(["export interface Happenings {", *happenings, "}"])
    yield _interface(
        protocol.ConversationEvent,
        name="Happened<Name extends EventName>",
        of={"event": "Name", "data": "Happenings[Name]"},
    )
    yield "export type ConversationEvent = { [Name in EventName]: Happened<Name> }[EventName];"


def _interface(
    struct: type[msgspec.Struct], *, name: str | None = None, of: Mapping[str, str] | None = None
) -> str:
    """Return a struct's interface; `of` gives the types of fields that are not those of the struct."""
    lines = [f"export interface {name or struct.__name__} {{"]
    config = struct.__struct_config__
    if config.tag is not None:
        lines.append(f'  {config.tag_field}: "{config.tag}";')
    said_by_clients = issubclass(struct, CLIENT_STRUCTS)
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        # A client may leave out what has a default, and JSON leaves out what is undefined; the server leaves
        # out only what is unset.
        mark = "?" if (said_by_clients and not field.required) or msgspec.UnsetType in get_args(hint) else ""
        undefined = " | undefined" if mark and said_by_clients else ""
        type_ = (of or {}).get(field.name) or _typescript(hint)
        lines.append(f"  {field.encode_name}{mark}: {type_}{undefined};")
    return "\n".join([*lines, "}"])


def _typescript(hint: Any) -> str:
    named = [name for name, alias in ALIASES.items() if alias == hint]
    return named[0] if named else " | ".join(dict.fromkeys(_members(hint)))


def _members(hint: Any) -> list[str]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return [f'"{value}"' for value in args]
    if origin in {Union, types.UnionType}:
        return [_typescript(member) for member in args if member is not msgspec.UnsetType]
    if origin is Annotated:
        return _members(args[0])
    if isinstance(hint, NewType):
        return _members(hint.__supertype__)
    if origin in {list, Sequence}:
        item = _typescript(args[0])
        return [f"({item})[]" if " | " in item else f"{item}[]"]
    if origin in {dict, Mapping}:
        return [f"Record<string, {_typescript(args[1])}>"]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint.__name__]
    if hint in PRIMITIVES:
        return [PRIMITIVES[hint]]
    raise TypeError(f"no TypeScript is known for {hint}; add it to app/protocol/typescript.py")


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
