from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.factory import Fireside
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.service import create_inbox
from tests.rest_people import Person


def ahead(**time: float) -> str:
    """Return a time of the clock in Kathmandu, to the minute."""
    at = datetime.now(timezone(timedelta(hours=5, minutes=45))) + timedelta(**time)
    return at.replace(second=0, microsecond=0).isoformat()


def same(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)


async def changed(person: Person, path: str, **change: Any) -> Any:
    response = await person.patch(path, change)
    assert response.status_code == 200, await response.get_data()
    return await response.get_json()


async def team_lane(agent: Person, path: str) -> list[tuple[str, Any]]:
    response = await agent.get(f"{path}/messages?lane=team")
    return [(entry["event"], entry["data"]) for entry in (await response.get_json())["items"]]


async def test_each_change_of_a_snooze_is_one_entry_with_its_time_on_the_wall(
    agent: Person, customer: Person
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    until = ahead(days=1)
    for _ in range(2):
        row = await changed(agent, path, status="snoozed", snoozed_until=until, zone="Asia/Kathmandu")
        assert row["status"] == "snoozed"
        assert same(row["snoozed_until"], until)
    for _ in range(2):
        row = await changed(agent, path, status="snoozed")
        assert (row["status"], row["snoozed_until"]) == ("snoozed", None)
    for _ in range(2):
        row = await changed(agent, path, status="open")
        assert row["status"] == "open"
        assert "snoozed_until" not in row
    assert await team_lane(agent, path) == [
        ("snoozed", {"until": until, "zone": "Asia/Kathmandu", "seen_seq": 1}),
        ("snoozed", {"until": None, "zone": None, "seen_seq": 1}),
        ("woken", {"cause": "agent"}),
    ]
    own = await (await customer.get(path)).get_json()
    assert own["status"] == "open"
    assert own.keys().isdisjoint({"snoozed_until", "priority", "labels"})


async def test_a_snoozed_conversation_stands_in_its_own_list_and_its_customer_may_write(
    agent: Person, customer: Person
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    await changed(agent, path, status="snoozed", snoozed_until=ahead(hours=3))

    async def listed(person: Person) -> dict[str, int]:
        found = {}
        for status in ("open", "snoozed", "closed"):
            response = await person.get(f"/chat/conversations?status={status}")
            found[status] = len((await response.get_json())["items"])
        return found

    assert await listed(agent) == {"open": 0, "snoozed": 1, "closed": 0}
    assert await listed(customer) == {"open": 1, "snoozed": 0, "closed": 0}
    assert (await customer.say("still there?")).status_code == 201
    assert await listed(agent) == {"open": 1, "snoozed": 0, "closed": 0}


async def test_closing_and_snoozing_follow_each_other(agent: Person, customer: Person) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    until = ahead(days=2)
    for status in ("snoozed", "closed", "snoozed", "open"):
        time = {"snoozed_until": until} if status == "snoozed" else {}
        assert (await changed(agent, path, status=status, **time))["status"] == status
    response = await agent.get(f"{path}/messages")
    told = [entry["data"] for entry in (await response.get_json())["items"] if "event" in entry]
    assert told == [{"status": "closed"}, {"status": "open"}]


IMPOSSIBLE: list[dict[str, Any]] = [
    {"status": "snoozed", "snoozed_until": "2020-01-01T09:00:00Z"},
    {"status": "snoozed", "snoozed_until": "9999-01-01T09:00:00Z"},
    {"status": "snoozed", "snoozed_until": "2027-01-01T09:00:00"},
    {"status": "snoozed", "snoozed_until": "tomorrow"},
    {"status": "snoozed", "zone": "Europe/Berlin\n"},
    {"status": "snoozed", "zone": "<b>"},
    {"status": "closed", "snoozed_until": None},
    {"snoozed_until": "2027-01-01T09:00:00Z"},
    {"zone": "Europe/Berlin"},
    {"priority": "none"},
    {"priority": None},
]


async def test_what_cannot_be_is_refused_and_nothing_of_it_is_done(
    agent: Person, customer: Person, subtests: pytest.Subtests
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    for change in IMPOSSIBLE:
        with subtests.test(change=change):
            response = await agent.patch(path, {"priority": "high"} | change)
            assert response.status_code == 422
    assert await team_lane(agent, path) == []


async def test_a_priority_is_an_entry_and_normal_until_somebody_says_otherwise(
    agent: Person, customer: Person
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    assert (await (await agent.get(path)).get_json())["priority"] == "normal"
    for priority in ("normal", "low", "high", "urgent", "urgent", "normal"):
        assert (await changed(agent, path, priority=priority))["priority"] == priority
    assert [data["priority"] for _, data in await team_lane(agent, path)] == [
        "low",
        "high",
        "urgent",
        "normal",
    ]


async def test_an_older_widget_begins_anew_where_a_newer_one_goes_on(
    app: Fireside, agent: Person, customer: Person, inbox: Inbox
) -> None:
    await customer.say("hello")
    await changed(agent, f"/chat/conversations/{customer.conversation_id}", status="closed")

    async def comes_back(**how: bool) -> str:
        response = await customer.post("/chat/sessions", {"inbox": inbox.key} | how)
        return str((await response.get_json())["conversation_id"])

    assert await comes_back(resume_closed=True) == customer.conversation_id
    assert (await customer.say("and another thing")).status_code == 201
    assert await comes_back() == customer.conversation_id
    await changed(agent, f"/chat/conversations/{customer.conversation_id}", status="closed")
    anew = await comes_back()
    assert anew != customer.conversation_id
    # The newest one is where a customer goes on, though an older one could be opened again.
    assert await comes_back(resume_closed=True) == anew
    await create_inbox(app.areas.spine.db, name="Shop", reopen_days=0)
    listed = await (await agent.get("/chat/inboxes")).get_json()
    assert [row["reopen_days"] for row in listed["items"]] == [0]
    assert (await customer.say("too late", customer.conversation_id)).status_code == 409


async def test_the_clock_of_a_process_tells_who_follows(
    app: Fireside, agent: Person, customer: Person
) -> None:
    await customer.say("hello")
    path = f"/chat/conversations/{customer.conversation_id}"
    before = await changed(agent, path, status="snoozed", snoozed_until=ahead(hours=1))
    told: list[object] = []
    app.areas.desk.snoozing.on_woken.add(told.append)
    await app.areas.desk.snoozing.wake_due()
    assert told == []
    await app.areas.spine.db.execute(
        "update conversation_heads set snoozed_until = $1", datetime.now(UTC) - timedelta(seconds=1)
    )
    await app.areas.desk.snoozing.wake_due()
    after = await (await agent.get(path)).get_json()
    assert after["status"] == "open"
    assert after["version"] > before["version"]
    assert (await team_lane(agent, path))[-1] == ("woken", {"cause": "time"})
