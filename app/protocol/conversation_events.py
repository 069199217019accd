"""Events of a conversation around its messages: one struct each, told as `data` of a `conversation_event`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, get_args

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, ValidationError, json

from app.protocol.entries import Entry
from app.protocol.inbox import Priority

EventName = Literal[
    "agent_joined",
    "assigned",
    "team_changed",
    "status_changed",
    "bot_handover",
    "snoozed",
    "woken",
    "priority_changed",
    "labels_changed",
    "customer_changed",
]
HandoverReason = Literal["timeout", "error", "limit"]
"""Why a bot left the conversation to people."""
WakeCause = Literal["agent", "customer", "time"]
"""Why a conversation is snoozed no longer: an agent wanted it, its customer wrote, its time had come."""


class Happening(Struct, frozen=True, kw_only=True):
    """The `data` of one event. The event's name is the class's, so that one cannot be told with the other's data."""

    event: ClassVar[EventName]
    via: Literal["bulk", "bulk_undo"] | UnsetType = UNSET
    """It was one of many that were changed at once, or taken back."""


class AgentJoined(Happening, frozen=True):
    event = "agent_joined"

    user_id: int
    name: str


class Assigned(Happening, frozen=True):
    event = "assigned"

    user_id: int | None
    """Null: nobody has it any more."""
    name: str | None


class TeamChanged(Happening, frozen=True):
    event = "team_changed"

    team_id: int | None
    """Null: no team has it any more."""
    name: str | None


class StatusChanged(Happening, frozen=True):
    event = "status_changed"

    status: Literal["open", "closed"]
    cause: Literal["customer"] | UnsetType = UNSET
    """The customer's message opened it; without it, somebody did."""


class BotHandover(Happening, frozen=True):
    event = "bot_handover"

    reason: HandoverReason


class LabelName(Struct, frozen=True):
    id: int
    name: str
    """As it was called then."""


class LabelsChanged(Happening, frozen=True):
    event = "labels_changed"

    added: list[LabelName]
    removed: list[LabelName]


class Snoozed(Happening, frozen=True):
    event = "snoozed"

    until: datetime | None
    """With the offset of the place where it was chosen, so with the time on the wall there. Null: until the customer
    writes."""
    zone: str | None
    """The time zone of that place, by its name in the IANA database."""
    seen_seq: int | UnsetType = UNSET
    """The last `seq` that was seen by then. A message of the customer after it has woken the conversation at once."""


class Woken(Happening, frozen=True):
    event = "woken"

    cause: WakeCause


class PriorityChanged(Happening, frozen=True):
    event = "priority_changed"

    priority: Priority


class FieldChange(Struct, frozen=True):
    field: Literal["name", "email", "phone"]
    before: str | None
    after: str | None


class CustomerChanged(Happening, frozen=True):
    event = "customer_changed"

    changes: list[FieldChange]


Happenings = (
    AgentJoined
    | Assigned
    | TeamChanged
    | StatusChanged
    | BotHandover
    | Snoozed
    | Woken
    | PriorityChanged
    | LabelsChanged
    | CustomerChanged
)


def inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema without references: it stands where their definitions are not."""
    if isinstance(schema, list):
        return [inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: inlined(of, definitions) for key, of in schema.items() if key != "title"}


def schema_of(kind: type[Happening]) -> Any:
    definitions = json.schema(kind)["$defs"]
    return inlined(definitions[kind.__name__], definitions)


DATA_SCHEMA = {"anyOf": [schema_of(kind) for kind in get_args(Happenings)]}


class ConversationEvent(Entry, kw_only=True, tag="conversation_event"):
    event: EventName
    # The base and not the sum: beside `data` there is no tag in JSON that msgspec could tell them apart by.
    data: Annotated[Happening, Meta(extra_json_schema=DATA_SCHEMA)]


class Body(Struct):
    """An event as its row has it; `event` tells what `data` is."""

    event: str
    data: Raw


decode_body = json.Decoder(Body).decode
DECODERS = {kind.event: json.Decoder(kind).decode for kind in get_args(Happenings)}


def decode_happening(body: bytes | str) -> Happening:
    """Read the body of a row.

    Raises:
        ValidationError: This version knows no such event, or not with such data.
    """
    read = decode_body(body)
    decode = DECODERS.get(read.event)
    if decode is None:
        raise ValidationError(f"There is no event {read.event}.")
    happening: Happening = decode(read.data)
    return happening


def encode_happening(happening: Happening) -> bytes:
    return json.encode({"event": happening.event, "data": happening})


Entries = ConversationEvent
