"""Edits, deletions and reactions reach a customer without WebSockets as they reach one with them."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx2

from tests.client import Client, Event, message
from tests.server.fixtures import Connect
from tests.server.installation import Person
from tests.server.processes import Server

CHANGES = 40
LAST = "That is all"
Picture = dict[int, tuple[str, frozenset[tuple[int, str]]]]
"""Each message as it is shown in the end: its text, and who reacted to it with what."""


def picture(entries: list[Event]) -> Picture:
    """Fold entries of the public lane, in the order in which they came."""
    shown: dict[int, tuple[str, set[tuple[int, str]]]] = {}
    for entry in entries:
        target: int = entry["target_seq"] if "target_seq" in entry else entry["seq"]
        match entry["type"]:
            case "message_received" | "message_edited":
                reactions = shown[target][1] if target in shown else set()
                shown[target] = entry["content"].get("text", ""), reactions
            case "message_deleted":
                shown[target] = "", set()
            case "reaction_changed":
                one = entry["sender"]["id"], entry["emoji"]
                (shown[target][1].add if entry["on"] else shown[target][1].discard)(one)
    return {seq: (text, frozenset(reactions)) for seq, (text, reactions) in shown.items()}


async def poll(rest: httpx2.AsyncClient, customer: Person) -> list[Event]:
    """Follow as the widget does where WebSockets are blocked, from the first entry to the last."""
    path = f"/chat/conversations/{customer.conversation_id}/events"
    entries: list[Event] = []
    while not entries or entries[-1].get("content", {}).get("text") != LAST:
        answer = await rest.get(f"{path}?since={len(entries)}&wait=25", headers=customer.headers, timeout=40)
        assert answer.status_code == 200, answer.text
        items: list[Event] = answer.json()["items"]
        assert [item["seq"] for item in items] == [len(entries) + 1 + number for number in range(len(items))]
        entries += items
    return entries


async def change(client: Client, here: str, type: str, target_seq: int, **fields: Any) -> None:
    await client.ask(type, **{**message(here, "Changed"), "target_seq": target_seq, **fields})


async def test_whoever_polls_ends_with_the_picture_of_whoever_has_a_socket(
    connect: Connect,
    customer: Person,
    agent: Person,
    servers: tuple[Server, Server],
    rest: httpx2.AsyncClient,
) -> None:
    here, rng = customer.conversation_id, random.Random(11)
    theirs, ours = await connect(customer, servers[1]), await connect(agent, servers[1])
    for client in (theirs, ours):
        await client.join(here)
    said: list[Event] = []
    async with asyncio.TaskGroup() as tasks:
        polling = tasks.create_task(poll(rest, customer))
        for number in range(6):
            by = (theirs, ours)[number % 2]
            said.append(await by.send_message(here, f"Number {number}"))
        for number in range(CHANGES):
            place = rng.randrange(len(said))
            by, target = (theirs, ours)[place % 2], said[place]["seq"]
            emoji = rng.choice("👍🎉")
            if rng.random() < 0.6:
                await change(
                    rng.choice([theirs, ours]), here, "react", target, emoji=emoji, on=rng.random() < 0.7
                )
            else:
                content = {"type": "text", "text": f"Edited {number}"}
                await change(by, here, "edit_message", target, content=content)
        for place in (0, 1):
            await change((theirs, ours)[place], here, "delete_message", said[place]["seq"])
        last = await ours.send_message(here, LAST)
        await theirs.reach(here, last["seq"])
    polled = polling.result()
    live = [
        event for event in theirs.seen if event.get("seq") and "re" not in event and event["type"] != "ping"
    ]
    live.sort(key=lambda entry: entry["seq"])
    assert picture(polled) == picture(live)
    kinds = {entry["type"] for entry in polled}
    assert {"message_edited", "message_deleted", "reaction_changed"} <= kinds
    # Whoever comes only now and reads the history sees the same.
    answer = await rest.get(f"/chat/conversations/{here}/messages?limit=100", headers=customer.headers)
    assert picture(answer.json()["items"]) == picture(live)
