"""What an agent may see changes while they look at it, on every process, over sockets, long polls and REST."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx2

from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

SECRET = "The code of the safe is 4711"


async def listed(rest: httpx2.AsyncClient, person: Person) -> set[str]:
    answer = await rest.get("/chat/conversations", headers=person.headers)
    return {item["id"] for item in answer.json()["items"]}


async def test_whoever_loses_sight_feels_it_at_once_on_every_process_and_whoever_wins_it_too(
    installation: Installation,
    connect: Connect,
    customer: Person,
    servers: tuple[Server, Server],
    rest: httpx2.AsyncClient,
) -> None:
    here = customer.conversation_id
    admin = await installation.agent("Root", is_admin=True)
    member, leaver = await installation.agent("Member"), await installation.agent("Leaver")
    ours, staying = await connect(leaver, servers[1]), await connect(member, servers[0])
    looking, theirs = await connect(leaver, servers[0]), await connect(customer, servers[1])
    for client in (ours, staying, theirs):
        await client.join(here)
    await looking.ask("follow_inbox")
    await theirs.send_message(here, SECRET)
    await looking.expect("conversation_updated")
    cursor = (await looking.expect("inbox_cursor"))["cursor"]
    assert here in await listed(rest, leaver)
    async with httpx2.AsyncClient(base_url=servers[1].url, timeout=60) as there:
        held = asyncio.create_task(
            there.get(f"/chat/conversations/{here}/events?since=99&wait=55", headers=leaver.headers)
        )
        inbox_id = (await rest.get(f"/chat/conversations/{here}", headers=admin.headers)).json()["inbox_id"]
        team = await rest.post(
            "/chat/teams",
            json={"name": f"Team {uuid4()}", "member_ids": [member.id], "inbox_ids": [inbox_id]},
            headers=admin.headers,
        )
        assert team.status_code == 201, team.text
        # Both sockets, one of them in the room and one in the list only; and the poll, long before its time.
        assert await ours.closed() == 4002
        assert await looking.closed() == 4002
        assert (await held).status_code == 404
    assert here not in await listed(rest, leaver)
    back = await connect(leaver, servers[1], resume={here: {"since": 0, "team_since": 0}})
    assert back.welcome["conversations"] == {here: {"status": "forbidden"}}
    assert (await back.ask("follow_inbox", since=cursor))["status"] == "reset"
    # Whoever stays has noticed nothing, and whoever left hears nothing.
    ack = await theirs.send_message(here, SECRET)
    await staying.reach(here, ack["seq"])
    witness = await connect(member, servers[1])
    await witness.ask("follow_inbox")
    await theirs.say("typing_start", conversation_id=here)
    await witness.expect("typing_indicator", conversation_id=here)
    await theirs.send_message(here, SECRET)
    await witness.expect("conversation_updated")
    await back.fence()
    assert here not in str(back.seen[1:])
    assert SECRET not in str(back.seen)

    changed = await rest.patch(
        f"/chat/teams/{team.json()['id']}",
        json={"member_ids": [member.id, leaver.id]},
        headers=admin.headers,
    )
    assert changed.json()["member_ids"] == [leaver.id, member.id]
    assert await back.closed() == 4002
    assert here in await listed(rest, leaver)
    again = await connect(leaver, servers[1], resume={here: {"since": 0}})
    assert again.welcome["conversations"][here]["status"] == "ok"
    await again.reach(here, ack["seq"])


async def test_a_change_of_teams_is_told_to_every_agent_and_ends_no_socket_whose_sight_it_leaves(
    installation: Installation, connect: Connect, servers: tuple[Server, Server], rest: httpx2.AsyncClient
) -> None:
    admin, agent = await installation.agent("Root", is_admin=True), await installation.agent()
    clients = [await connect(agent, server) for server in servers]
    team = await rest.post(
        "/chat/teams", json={"name": f"Team {uuid4()}", "member_ids": [agent.id]}, headers=admin.headers
    )
    for client in clients:
        await client.expect("teams_changed")
    await rest.delete(f"/chat/teams/{team.json()['id']}", headers=admin.headers)
    for client in clients:
        await client.expect("teams_changed")
        await client.fence()
