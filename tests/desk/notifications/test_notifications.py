"""Agents are told of what concerns them: once, on all their devices, with the reason where they are not."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import msgspec

from app.desk.notifications.cause import meant_by
from app.factory import make
from app.settings import Settings
from app.spine.log.change import Change
from app.spine.log.entry import Lane
from app.values.uuid7 import uuid7
from tests.client import Client
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.talk.mentions.test_mentions import mention, note

PATH = "/chat/me/notifications"


async def notified(client: Client, kind: str, **fields: Any) -> dict[str, Any]:
    """Wait for a notification, and return it."""

    def found() -> list[dict[str, Any]]:
        told = [event["notification"] for event in client.heard("notified")]
        return [each for each in told if {**each, "kind": kind, **fields} == each]

    await client.until(found)
    return found()[0]


async def assign(rest: httpx2.AsyncClient, here: str, to: Person, by: Person) -> None:
    response = await rest.patch(
        f"/chat/conversations/{here}", json={"assignee_id": to.id}, headers=by.headers
    )
    assert response.status_code == 200, response.text


async def test_a_customers_reply_in_mine_rings_one_of_my_devices_and_is_silent_once_seen(
    connect: Connect, customer: Person, agent: Person, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    desk, laptop = await connect(agent), await connect(agent)
    theirs = await connect(customer)
    await theirs.join(here)
    await assign(rest, here, agent, agent)
    sent = await theirs.send_message(here, "Are you there?")
    told = await notified(desk, "replied", conversation_id=here)
    assert (await notified(laptop, "replied", conversation_id=here))["id"] == told["id"]
    assert (told["verdict"], told["seq"], told["text"], told["is_seen"], told["is_over"]) == (
        "told",
        sent["seq"],
        "Are you there?",
        False,
        False,
    )
    rings = await asyncio.gather(
        *(rest.post(f"{PATH}/{told['id']}/ring", json={}, headers=agent.headers) for _ in range(5))
    )
    assert sorted(ring.json()["is_first"] for ring in rings) == [False] * 4 + [True]
    grace = await installation.agent("Grace")
    assert (await rest.post(f"{PATH}/{told['id']}/ring", json={}, headers=grace.headers)).status_code == 404

    seen = {"conversation_id": here, "through": told["id"]}
    assert (await rest.post(f"{PATH}/seen", json=seen, headers=agent.headers)).status_code == 204
    for device in (desk, laptop):
        await device.expect("notifications_seen", conversation_id=here, through=told["id"])
    await rest.post(f"{PATH}/seen", json=seen, headers=agent.headers)
    [listed] = [
        item
        for item in (await rest.get(PATH, headers=agent.headers)).json()["items"]
        if item["id"] == told["id"]
    ]
    assert listed["is_seen"] is True
    await theirs.fence()
    assert theirs.heard("notified") == []


async def test_whoever_wants_none_of_it_finds_the_reason_and_others_are_told(
    connect: Connect, customer: Person, agent: Person, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    here, grace = customer.conversation_id, await installation.agent("Grace")
    off = {"values": {"notify.off": ["assigned"]}}
    assert (await rest.put("/chat/me/preferences", json=off, headers=grace.headers)).status_code == 200
    ours, hers = await connect(agent), await connect(grace)
    await assign(rest, here, grace, agent)
    assert (await notified(hers, "assigned", conversation_id=here))["verdict"] == "kind_off"
    await assign(rest, here, agent, grace)
    assert (await notified(ours, "assigned", conversation_id=here))["verdict"] == "told"
    [listed] = [
        item
        for item in (await rest.get(PATH, headers=grace.headers)).json()["items"]
        if item["conversation_id"] == here
    ]
    assert (listed["kind"], listed["verdict"], listed["by"], listed["is_over"]) == (
        "assigned",
        "kind_off",
        agent.name,
        True,
    )


async def test_a_new_conversation_calls_those_who_are_there_and_see_it(
    connect: Connect, customer: Person, agent: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    ours, theirs = await connect(agent), await connect(customer)
    await ours.expect("presence_update", user_id=agent.id, status="online")
    await theirs.join(here)
    await theirs.send_message(here, "Anybody?")
    told = await notified(ours, "new", conversation_id=here)
    assert (told["verdict"], told["text"]) == ("told", "Anybody?")


async def test_a_mention_tells_whom_it_means_and_an_edit_whom_it_adds(
    connect: Connect, customer: Person, agent: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    grace, maria = await installation.agent("Grace Hopper"), await installation.agent("Maria Lopez")
    ours, hers, marias = await connect(agent), await connect(grace), await connect(maria)
    await ours.join(here, team_since=0)
    sent = await ours.ask("send_message", **note(here, "@Grace Hopper?", mention(grace)))
    told = await notified(hers, "mentioned", conversation_id=here)
    assert (told["lane"], told["seq"], told["by"]) == ("team", sent["seq"], agent.name)
    both = note(here, "@Grace Hopper, @Maria Lopez?", mention(grace), mention(maria))
    await ours.ask("edit_message", **both, target_seq=sent["seq"])
    added = await notified(marias, "mentioned", conversation_id=here)
    assert (added["seq"], added["text"]) == (sent["seq"], "@Grace Hopper, @Maria Lopez?")
    await hers.fence()
    assert {event["notification"]["id"] for event in hers.heard("notified")} == {told["id"]}


async def test_a_cause_that_comes_again_is_one_decision_whoever_reads_it(
    connect: Connect,
    customer: Person,
    agent: Person,
    installation: Installation,
    rest: httpx2.AsyncClient,
    settings: Settings,
) -> None:
    here = customer.conversation_id
    ours, theirs = await connect(agent), await connect(customer)
    await theirs.join(here)
    await assign(rest, here, agent, agent)
    sent = await theirs.send_message(here, "Once")
    told = await notified(ours, "replied", conversation_id=here)
    engines = {"database_url": installation.database_url, "redis_url": installation.redis_url}
    areas = make(msgspec.structs.replace(settings, **engines))
    await areas.spine.db.connect()
    change = Change(
        id=uuid7(), conversation_id=UUID(here), lane=Lane.PUBLIC, seq=sent["seq"], type="message_received"
    )
    notifications = areas.desk.notifications
    await asyncio.gather(*(notifications.judge(change, meant_by) for _ in range(6)))
    listed = await notifications.latest(agent.id)
    assert [each.id for each in listed if each.conversation_id == UUID(here)] == [told["id"]]
    await areas.spine.db.disconnect()
