"""The people whom an entry concerns, and whether they are told: tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.notifications.cause import Cause, left_waiting, meant_by
from app.desk.notifications.choices import Choices, Quiet, read_choices
from app.desk.notifications.deciding import Candidate, decide

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
ADA, TEAM = 7, 3


def cause(**fields: Any) -> Cause:
    """A customer's message that waits for anybody."""
    waiting: dict[str, Any] = {
        "type": "message_received",
        "seq": 1,
        "is_public": True,
        "body": {"type": "text", "text": "Hello"},
        "created_at": NOW,
        "sender_id": 1,
        "sender_role": "customer",
        "assignee_id": None,
        "team_id": None,
        "is_open": True,
        "waiting_since": NOW,
        "has_bot": False,
    }
    return Cause(**{**waiting, **fields})


def event(_name: str, /, **data: Any) -> dict[str, Any]:
    return {
        "type": "conversation_event",
        "body": {"event": _name, "data": data},
        "sender_role": "agent",
        "is_public": False,
    }


MENTIONS = [{"kind": "user", "id": ADA, "name": "Ada"}, {"kind": "team", "id": TEAM, "name": "Sales"}]
EARLIER = NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, ["new"]),
        ({"team_id": TEAM}, ["team"]),
        ({"assignee_id": ADA}, ["replied"]),
        ({"assignee_id": ADA, "team_id": TEAM, "waiting_since": EARLIER}, ["replied"]),
        ({"waiting_since": EARLIER}, []),
        ({"waiting_since": None}, []),
        ({"has_bot": True}, []),
        ({"is_open": False}, []),
        ({"sender_role": "agent"}, []),
        ({"sender_role": "bot"}, []),
        ({"type": "message_edited"}, []),
        ({**event("assigned", user_id=ADA, name="Ada"), "assignee_id": ADA}, ["assigned"]),
        ({**event("assigned", user_id=ADA, name="Ada"), "assignee_id": 8}, []),
        (event("assigned", user_id=None, name=None), []),
        ({**event("team_changed", team_id=TEAM, name="Sales"), "team_id": TEAM}, ["team"]),
        ({**event("team_changed", team_id=TEAM, name="Sales"), "team_id": TEAM, "assignee_id": ADA}, []),
        ({**event("team_changed", team_id=TEAM, name="Sales"), "team_id": TEAM, "waiting_since": None}, []),
        (event("team_changed", team_id=None, name=None), ["new"]),
        (event("bot_handover", reason="error"), ["new"]),
        (event("priority_changed", priority="urgent"), []),
        ({"is_public": False, "sender_role": "agent", "body": {"mentions": MENTIONS}}, ["mentioned"]),
        (
            {
                "type": "message_edited",
                "is_public": False,
                "sender_role": "agent",
                "body": {"mentions": MENTIONS},
            },
            ["mentioned"],
        ),
        ({"sender_role": "agent", "body": {"mentions": MENTIONS}}, []),
    ],
)
def test_an_entry_means_those_whom_it_concerns(fields: dict[str, Any], kinds: list[str]) -> None:
    assert [meant.kind for meant in meant_by(cause(**fields))] == kinds


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, ["waiting"]),
        ({"team_id": TEAM}, ["waiting"]),
        ({"assignee_id": ADA}, []),
        ({"waiting_since": None}, []),
        ({"waiting_since": EARLIER}, []),
        ({"is_open": False}, []),
        ({"has_bot": True}, []),
        ({"sender_role": "agent"}, []),
    ],
)
def test_a_queue_calls_while_nobody_takes_the_conversation(fields: dict[str, Any], kinds: list[str]) -> None:
    assert [meant.kind for meant in left_waiting(cause(**fields))] == kinds


def test_a_team_is_called_alone_and_a_queue_calls_everybody() -> None:
    assert [(m.teams, m.everybody) for m in left_waiting(cause(team_id=TEAM))] == [([TEAM], False)]
    assert [(m.teams, m.everybody) for m in left_waiting(cause())] == [([], True)]


NIGHT = {"from": "22:00", "to": "07:00", "zone": "UTC"}


@pytest.mark.parametrize(
    ("kind", "fields", "values", "verdict"),
    [
        ("replied", {}, {}, "told"),
        ("replied", {"has_read": True}, {"notify.off": ["replied"]}, "read"),
        ("replied", {}, {"notify.off": ["replied"]}, "kind_off"),
        ("replied", {}, {"notify.off": ["new"]}, "told"),
        ("mentioned", {}, {"notify.inboxes-off": [5]}, "inbox_off"),
        ("mentioned", {}, {"notify.inboxes-off": [6]}, "told"),
        ("assigned", {}, {"notify.quiet": NIGHT}, "quiet"),
        ("assigned", {}, {"notify.quiet": {**NIGHT, "zone": "Asia/Tokyo"}}, "told"),
        ("new", {"is_busy": True}, {}, "busy"),
        ("waiting", {"is_busy": True}, {}, "busy"),
        ("replied", {"is_busy": True}, {}, "told"),
    ],
)
def test_what_is_not_told_has_a_reason(
    kind: Any, fields: dict[str, Any], values: dict[str, Any], verdict: str
) -> None:
    here: dict[str, Any] = {"user_id": ADA, "has_read": False, "is_busy": False}
    candidate = Candidate(**{**here, **fields}, choices=read_choices(values))
    assert decide(kind, candidate, inbox_id=5, now=NOW) == verdict


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        ("22:00", "07:00", ["22:00", "23:59", "00:00", "06:59"]),
        ("12:00", "13:00", ["12:00", "12:59"]),
        ("08:00", "08:00", []),
    ],
)
def test_quiet_hours_begin_at_their_start_and_end_before_their_end(
    start: str, end: str, quiet: list[str]
) -> None:
    hours = Quiet(start, end, ZoneInfo("UTC"))
    for clock in ["00:00", "06:59", "07:00", "08:00", "12:00", "12:59", "13:00", "21:59", "22:00", "23:59"]:
        at = datetime(2026, 3, 2, int(clock[:2]), int(clock[3:]), tzinfo=UTC)
        assert hours.covers(at) == (clock in quiet), clock


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["from", "to", "zone", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["notify.off", "notify.inboxes-off", "notify.quiet"]), JSON))
def test_whatever_stands_in_the_preferences_is_read_or_passed_over(values: dict[str, Any]) -> None:
    assert isinstance(read_choices(values), Choices)


@pytest.mark.parametrize(
    "zone", ["", "Nowhere/At_all", "../../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000, 7]
)
def test_a_zone_that_is_none_makes_nothing_quiet(zone: Any) -> None:
    assert read_choices({"notify.quiet": {**NIGHT, "zone": zone}}).quiet is None
