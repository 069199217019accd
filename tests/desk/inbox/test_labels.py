"""Every agent who follows the list is told the labels: as a whole, at once and at each change, on whichever process."""

from __future__ import annotations

from typing import Any

from tests.client import Client
from tests.server.fixtures import Connect
from tests.server.installation import Person
from tests.server.processes import Server


async def told(client: Client, names: list[str]) -> Any:
    """Wait until the labels are these."""
    while True:
        event = await client.expect("labels_updated")
        if [label["name"] for label in event["labels"]] == names:
            return event


async def test_labels_come_whole_to_each_who_follows_and_change_under_their_eyes(
    connect: Connect, agent: Person, rest: Any, servers: tuple[Server, Server]
) -> None:
    here, there = await connect(agent, servers[0]), await connect(agent, servers[1])
    for client in (here, there):
        await client.ask("follow_inbox")
    before = await told(here, [])
    await told(there, [])
    answer = await rest.post("/chat/labels", json={"name": "Billing"}, headers=agent.headers)
    assert answer.status_code == 201
    label = answer.json()
    for client in (here, there):
        event = await told(client, ["Billing"])
        assert event["version"] > before["version"]
        assert event["labels"] == [label]
        assert event["merged"] == {}
    await rest.patch(f"/chat/labels/{label['id']}", json={"name": "Invoices"}, headers=agent.headers)
    for client in (here, there):
        await told(client, ["Invoices"])
    back = await connect(agent, servers[1])
    await back.ask("follow_inbox")
    await told(back, ["Invoices"])
