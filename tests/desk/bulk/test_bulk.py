"""Many conversations changed at once: each as if by itself, and all of it taken back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio

from app.desk.bulk.service import UNFINISHED
from app.desk.bulk.store import insert_action, start_action, take_job
from app.desk.bulk.worker import Worker
from app.desk.conversations.changing import ConversationChange
from app.factory import Fireside
from app.people.provisioning.service import create_agent, create_inbox
from app.spine.frame import Frame
from app.spine.identity import Identity
from tests.rest_people import PASSWORD, Person, come_in_to

BULK = "/chat/bulk-actions"
UNASSIGNED = json.dumps({"op": "is", "field": "assignee", "value": [None]})


async def answered(response: Any, status: int) -> Any:
    body = await response.get_json()
    assert response.status_code == status, body
    return body


async def started(agent: Person, change: dict[str, Any], **of: Any) -> Any:
    return await answered(await agent.post(BULK, {"change": change, **of}), 202)


class Told:
    """A socket of an agent, who is told how far an action is."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self._states: dict[str, Any] = {}
        self._news = asyncio.Event()

    def tell(self, _subject: object, frame: Frame) -> None:
        event = json.loads(frame.payload)
        if event["type"] == "bulk_action_updated":
            self._states[event["action"]["id"]] = event["action"]
            self._news.set()

    async def end_of(self, action: Any, state: str) -> Any:
        """Wait until an action is in this state, and return it."""
        while (told := self._states.get(action["id"])) is None or told["state"] != state:
            self._news.clear()
            await self._news.wait()
        return told


@pytest.fixture
def told(app: Fireside, agent: Person) -> Told:
    made = Told(agent.id)
    app.areas.people.audience.connect(cast(Any, made), Identity(user_id=agent.id, role="agent", name="Ada"))
    return made


async def row(agent: Person, person: Person) -> Any:
    return await answered(await agent.get(f"/chat/conversations/{person.conversation_id}"), 200)


async def events(agent: Person, person: Person, lane: str = "team") -> list[tuple[str, Any]]:
    path = f"/chat/conversations/{person.conversation_id}/messages?lane={lane}"
    entries = (await answered(await agent.get(path), 200))["items"]
    return [(entry["event"], entry["data"]) for entry in entries if entry["type"] == "conversation_event"]


@pytest_asyncio.fixture
async def crowd(come_in: Callable[[], Awaitable[Person]]) -> list[Person]:
    people = [await come_in() for _ in range(4)]
    for person in people:
        await person.say("Anyone?")
    return people


async def hold(app: Fireside) -> None:
    """Let the process take no action any more, as if another one had it."""

    async def nothing() -> None:
        pass

    app.areas.desk.bulk_worker.sweep._look = nothing


async def test_all_of_a_view_are_changed_each_by_its_entry_and_taken_back(
    agent: Person, crowd: list[Person], told: Told
) -> None:
    await agent.patch(f"/chat/conversations/{crowd[0].conversation_id}", {"assignee_id": agent.id})
    action = await started(agent, {"priority": "high", "status": "closed"}, view=UNASSIGNED)
    done = await told.end_of(action, "done")
    assert (done["total"], done["changed"], done["skipped"]) == (3, 3, 0)
    assert (await row(agent, crowd[0]))["status"] == "open"
    for person in crowd[1:]:
        after = await row(agent, person)
        assert (after["status"], after["priority"]) == ("closed", "high")
        assert await events(agent, person) == [("priority_changed", {"priority": "high", "via": "bulk"})]
        # Customers do not learn that theirs was one of many.
        assert await events(agent, person, "public") == [("status_changed", {"status": "closed"})]
    await answered(await agent.post(f"{BULK}/{action['id']}/undo", {}), 200)
    back = await told.end_of(action, "undone")
    assert (back["undone"], back["kept"]) == (3, 0)
    for person in crowd[1:]:
        after = await row(agent, person)
        assert (after["status"], after["priority"]) == ("open", "normal")
    # Once more is nothing more.
    assert (await answered(await agent.post(f"{BULK}/{action['id']}/undo", {}), 200))["state"] == "undone"
    assert len(await events(agent, crowd[1])) == 2


async def test_what_somebody_changed_since_stays_and_is_named(
    agent: Person, crowd: list[Person], told: Told
) -> None:
    ids = [person.conversation_id for person in crowd]
    action = await started(agent, {"status": "closed"}, conversation_ids=ids)
    await told.end_of(action, "done")
    path = f"/chat/conversations/{ids[0]}"
    # Closed again: as it was made, but by somebody's hand.
    for status in ("open", "closed"):
        await answered(await agent.patch(path, {"status": status}), 200)
    await answered(await agent.patch(f"/chat/conversations/{ids[1]}", {"priority": "low"}), 200)
    await answered(await agent.post(f"{BULK}/{action['id']}/undo", {}), 200)
    back = await told.end_of(action, "undone")
    assert (back["undone"], back["kept"]) == (3, 1)
    left = await answered(await agent.get(f"{BULK}/{action['id']}/left?undoing=true"), 200)
    [kept] = left["items"]
    assert (kept["conversation_id"], kept["why"]) == (ids[0], "changed_since")
    assert (await row(agent, crowd[0]))["status"] == "closed"
    other = await row(agent, crowd[1])
    assert (other["status"], other["priority"]) == ("open", "low")


async def test_what_the_agent_may_not_see_is_never_touched(
    app: Fireside, agent: Person, crowd: list[Person], told: Told
) -> None:
    db = app.areas.spine.db
    closed = await create_inbox(db, name="Board")
    hidden = await come_in_to(agent.client, closed)
    await hidden.say("For the board alone")
    team_id = await db.fetchval("insert into teams (name) values ('Board') returning id")
    await db.execute("insert into team_inboxes (team_id, inbox_id) values ($1, $2)", team_id, closed.id)
    everything = json.dumps({"op": "and", "of": []})
    chosen = [person.conversation_id for person in (hidden, crowd[0])]
    for of in ({"view": everything}, {"conversation_ids": [*chosen, str(uuid4())]}):
        action = await started(agent, {"priority": "urgent"}, **of)
        done = await told.end_of(action, "done")
        assert done["total"] == (len(crowd) if "view" in of else 1)
    priority = "select priority from conversation_heads where conversation_id = $1::text::uuid"
    assert await db.fetchval(priority, hidden.conversation_id) == 0
    # A team that may not see them gets none of them.
    action = await started(agent, {"team_id": team_id}, conversation_ids=[crowd[0].conversation_id])
    await told.end_of(action, "done")
    assert (await row(agent, crowd[0]))["team"] == {"id": team_id, "name": "Board"}


async def test_one_that_a_colleague_changes_meanwhile_is_judged_by_what_it_is_then(
    app: Fireside, agent: Person, crowd: list[Person]
) -> None:
    await hold(app)
    desk, db = app.areas.desk, app.areas.spine.db
    await started(agent, {"status": "closed"}, view=UNASSIGNED)
    job = await take_job(db)
    assert job is not None
    path = f"/chat/conversations/{crowd[0].conversation_id}"
    decide = desk.bulk_worker._deciding.decide

    async def crossed(*arguments: Any) -> Any:
        outcomes = await decide(*arguments)
        await answered(await agent.patch(path, {"assignee_id": agent.id}), 200)
        return outcomes

    desk.bulk_worker._deciding.decide = crossed  # type: ignore[method-assign, assignment]
    for _ in range(2):
        assert await desk.bulk_worker._step(job)
    assert not await desk.bulk_worker._step(job)
    assert (await row(agent, crowd[0]))["status"] == "open"
    assert {(await row(agent, person))["status"] for person in crowd[1:]} == {"closed"}
    [action] = (await answered(await agent.get(BULK), 200))["items"]
    [left] = (await answered(await agent.get(f"{BULK}/{action['id']}/left"), 200))["items"]
    assert (left["conversation_id"], left["why"]) == (crowd[0].conversation_id, "other_view")


async def test_what_a_process_leaves_behind_another_one_ends(
    app: Fireside, agent: Person, crowd: list[Person]
) -> None:
    await hold(app)
    desk, db = app.areas.desk, app.areas.spine.db
    await started(agent, {"priority": "high"}, view=UNASSIGNED)
    # It takes the action, and dies behind the commit of its only step.
    job = await take_job(db)
    assert job is not None
    assert await desk.bulk_worker._step(job)
    assert await take_job(db) is None
    await db.execute("update bulk_actions set leased_until = now()")
    other = Worker(db, app.areas.spine.broker, app.areas.people.audience, desk.bulk_worker._deciding)
    await other.work()
    [action] = (await answered(await agent.get(BULK), 200))["items"]
    assert (action["state"], action["changed"]) == ("done", len(crowd))
    for person in crowd:
        assert len(await events(agent, person)) == 1


async def test_a_cancelled_one_goes_no_further_and_can_be_taken_back(
    app: Fireside, agent: Person, crowd: list[Person]
) -> None:
    await hold(app)
    desk = app.areas.desk
    action = await started(agent, {"priority": "high"}, view=UNASSIGNED)
    undone = await agent.post(f"{BULK}/{action['id']}/undo", {})
    assert undone.status_code == 422
    cancelled = await answered(await agent.post(f"{BULK}/{action['id']}/cancel", {}), 200)
    assert cancelled["state"] == "cancelled"
    await desk.bulk_worker.work()
    assert {(await row(agent, person))["priority"] for person in crowd} == {"normal"}
    await answered(await agent.post(f"{BULK}/{action['id']}/undo", {}), 200)
    await desk.bulk_worker.work()
    assert (await answered(await agent.get(f"{BULK}/{action['id']}"), 200))["state"] == "undone"


async def test_assignees_take_part_and_another_agents_action_does_not_exist(
    app: Fireside, agent: Person, crowd: list[Person], told: Told
) -> None:
    db = app.areas.spine.db
    grace = await create_agent(db, email="grace@example.com", name="Grace", password=PASSWORD, role="agent")
    login = {"email": "grace@example.com", "password": PASSWORD}
    body = await answered(await agent.client.post("/auth/login", json=login), 200)
    other = Person(agent.client, body["access_token"], grace.id)
    action = await started(agent, {"assignee_id": grace.id}, conversation_ids=[crowd[0].conversation_id])
    await told.end_of(action, "done")
    assert (await row(agent, crowd[0]))["assignee"]["id"] == grace.id
    [joined] = await events(agent, crowd[0], "public")
    assert joined == ("agent_joined", {"user_id": grace.id, "name": "Grace"})
    for path in (action["id"], f"{action['id']}/left"):
        assert (await other.get(f"{BULK}/{path}")).status_code == 404
    for verb in ("cancel", "undo"):
        assert (await other.post(f"{BULK}/{action['id']}/{verb}", {})).status_code == 404
    assert (await answered(await other.get(BULK), 200))["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"change": {"status": "closed"}},
        {"change": {"status": "closed"}, "view": UNASSIGNED, "conversation_ids": [str(uuid4())]},
        {"change": {"status": "closed"}, "view": "{}"},
        {"change": {"status": "closed"}, "conversation_ids": []},
        {"change": {"status": "open", "zone": "UTC"}, "view": UNASSIGNED},
    ],
)
async def test_what_cannot_be_is_refused(agent: Person, body: dict[str, Any]) -> None:
    assert (await agent.post(BULK, body)).status_code == 422


async def test_an_action_whose_process_died_while_it_was_collecting_holds_nobody_up(
    app: Fireside, agent: Person, crowd: list[Person], told: Told
) -> None:
    db = app.areas.spine.db
    change = ConversationChange(priority="high")
    left = [await insert_action(db, agent.id, change, None, unfinished=UNFINISHED) for _ in range(UNFINISHED)]
    of = {"change": {"priority": "high"}, "conversation_ids": [crowd[0].conversation_id]}
    assert (await agent.post(BULK, of)).status_code == 429
    cancelled = await answered(await agent.post(f"{BULK}/{left[0]}/cancel", {}), 200)
    assert cancelled["state"] == "cancelled"
    # Whoever was collecting it may be alive after all, and has come too late.
    assert left[0] is not None
    assert (await start_action(db, left[0], 1)).state == "cancelled"
    await told.end_of(await answered(await agent.post(BULK, of), 202), "done")
    await db.execute("update bulk_actions set created_at = now() - interval '6 minutes'")
    for _ in range(UNFINISHED):
        await told.end_of(await answered(await agent.post(BULK, of), 202), "done")
