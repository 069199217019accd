from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from msgspec import json

from app.protocol import (
    AgentJoined,
    Assigned,
    BotHandover,
    CustomerChanged,
    EventName,
    FieldChange,
    Happening,
    Happenings,
    LabelName,
    LabelsChanged,
    LogEntry,
    PriorityChanged,
    Sender,
    Snoozed,
    StatusChanged,
    TeamChanged,
    UnknownEntry,
    Woken,
    encode,
)
from app.spine.log.entry import Draft, Lane, make_entry

CONVERSATION = UUID("01990000-0000-7000-8000-000000000001")
MESSAGE = UUID("01990000-0000-7000-8000-000000000002")
CLIENT_MESSAGE = UUID("01990000-0000-7000-8000-000000000003")
ADA = Sender(7, "agent", "Ada")
COMMON = (
    f'"conversation_id":"{CONVERSATION}","seq":3,"lane":"team","message_id":"{MESSAGE}",'
    f'"client_msg_id":"{CLIENT_MESSAGE}","sender":{{"id":7,"role":"agent","name":"Ada"}},'
    '"created_at":"2026-01-02T03:04:05Z"'
)


def read(type: str, body: bytes | str) -> LogEntry:
    return make_entry(
        type,
        conversation_id=CONVERSATION,
        lane=Lane.TEAM,
        seq=3,
        message_id=MESSAGE,
        client_msg_id=CLIENT_MESSAGE,
        sender=ADA,
        target_seq=1,
        body=body,
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


HAPPENINGS: list[tuple[Happening, str]] = [
    (AgentJoined(7, "Ada"), '"event":"agent_joined","data":{"user_id":7,"name":"Ada"}'),
    (Assigned(7, "Ada"), '"event":"assigned","data":{"user_id":7,"name":"Ada"}'),
    (Assigned(None, None), '"event":"assigned","data":{"user_id":null,"name":null}'),
    (StatusChanged("closed"), '"event":"status_changed","data":{"status":"closed"}'),
    (
        StatusChanged("open", "customer"),
        '"event":"status_changed","data":{"status":"open","cause":"customer"}',
    ),
    (
        Snoozed(datetime(2026, 11, 27, 9, tzinfo=timezone(timedelta(hours=1))), "Europe/Berlin"),
        '"event":"snoozed","data":{"until":"2026-11-27T09:00:00+01:00","zone":"Europe/Berlin"}',
    ),
    (Snoozed(None, None), '"event":"snoozed","data":{"until":null,"zone":null}'),
    (Woken("time"), '"event":"woken","data":{"cause":"time"}'),
    (TeamChanged(3, "Billing"), '"event":"team_changed","data":{"team_id":3,"name":"Billing"}'),
    (
        LabelsChanged([LabelName(7, "Refund")], []),
        '"event":"labels_changed","data":{"added":[{"id":7,"name":"Refund"}],"removed":[]}',
    ),
    (PriorityChanged("urgent"), '"event":"priority_changed","data":{"priority":"urgent"}'),
    (
        CustomerChanged([FieldChange("phone", None, "+49 30 1")]),
        '"event":"customer_changed","data":{"changes":[{"field":"phone","before":null,"after":"+49 30 1"}]}',
    ),
    (BotHandover("limit"), '"event":"bot_handover","data":{"reason":"limit"}'),
]


@pytest.mark.parametrize(("happening", "on_the_wire"), HAPPENINGS, ids=[on for _, on in HAPPENINGS])
def test_an_event_is_stored_and_told_with_its_name_and_its_data(
    happening: Happening, on_the_wire: str
) -> None:
    draft = Draft.of_event(CONVERSATION, happening, sender=ADA)
    assert draft.body == f"{{{on_the_wire}}}".encode()
    entry = read(draft.type, draft.body)
    assert encode(entry) == f'{{"type":"conversation_event",{COMMON},{on_the_wire}}}'.encode()


def test_each_name_of_an_event_has_its_struct_and_is_tried_here() -> None:
    kinds = Happenings.__args__
    assert sorted(kind.event for kind in kinds) == sorted(EventName.__args__)  # type: ignore[attr-defined]
    assert {type(happening) for happening, _ in HAPPENINGS} == set(kinds)


def test_a_field_that_a_newer_version_adds_is_left_out() -> None:
    entry = read("conversation_event", '{"event":"status_changed","data":{"status":"open","by":9},"more":1}')
    assert b'"event":"status_changed","data":{"status":"open"}}' in encode(entry)


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("conversation_event", '{"event":"merged","data":{}}'),
        ("conversation_event", '{"event":"assigned","data":{}}'),
        ("conversation_event", '{"event":"assigned","data":{"user_id":"seven","name":"Ada"}}'),
        ("conversation_event", '{"event":"assigned","data":null}'),
        ("conversation_event", '{"event":"assigned"}'),
        ("conversation_event", '{"event":null,"data":{}}'),
        ("conversation_event", '{"event":"status_changed","data":{"status":"waiting"}}'),
        ("conversation_event", '{"event":"bot_handover","data":{"reason":"mood"}}'),
        ("conversation_event", '{"data":{"status":"open"}}'),
        ("conversation_event", "[]"),
        ("reaction_changed", '{"emoji":5,"on":true}'),
        ("reaction_changed", '{"emoji":"👍"}'),
        ("message_edited", '{"type":"file"}'),
        ("call_started", "{}"),
    ],
)
def test_a_row_that_cannot_be_read_is_unknown_and_keeps_its_number(type: str, body: str) -> None:
    entry = read(type, body)
    assert isinstance(entry, UnknownEntry)
    assert json.encode(entry) == f'{{"type":"unknown",{COMMON}}}'.encode()
