"""Two agents never answer a customer without having seen each other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.protocol import Sender, TextContent, encode
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.values.uuid7 import uuid7
from tests.client import Client, Event, Refused, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.spine.log.written import Written, open_written

ROUNDS = 40


# --- in the statement


@dataclass(frozen=True)
class Said:
    """What the model knows of a stored message."""

    agent: str
    seq: int
    lane: Lane


def drafts_of(chosen: random.Random, here: Any, agents: list[Sender], heads: dict[Lane, int]) -> list[Draft]:
    """Return a batch of answers and notes, most of them guarded, by agents who have seen more or less."""

    def seen(lane: Lane) -> int | None:
        return chosen.choice([None, heads[lane], heads[lane], max(0, heads[lane] - 1), 0])

    return [
        Draft(
            conversation_id=here,
            lane=chosen.choice([Lane.PUBLIC, Lane.PUBLIC, Lane.PUBLIC, Lane.TEAM]),
            sender=chosen.choice(agents),
            client_msg_id=uuid4(),
            message_id=uuid7(),
            body=encode(TextContent("Hello")),
            seen_seq=seen(Lane.PUBLIC),
            team_seen_seq=seen(Lane.TEAM),
        )
        for _ in range(chosen.randint(1, 6))
    ]


def verdicts_of(drafts: list[Draft], said: list[Said], heads: dict[Lane, int]) -> Iterator[str]:
    """Yield what becomes of each draft when they come one after the other; notes of one batch hold nobody up."""
    before = len(said)
    for draft in drafts:
        is_agent = draft.sender.role == "agent"
        by_others = [each.agent != draft.sender.name for each in said]
        stored = zip(said[:before], by_others, strict=False)
        missed = any(is_theirs and is_beyond(each, draft) for each, is_theirs in stored)
        if draft.seen_seq is not None or draft.team_seen_seq is not None:
            at_once = zip(said[before:], by_others[before:], strict=True)
            missed |= any(is_theirs and each.lane is Lane.PUBLIC for each, is_theirs in at_once)
        if is_agent and draft.lane is Lane.PUBLIC and missed:
            yield "stale"
            continue
        heads[draft.lane] += 1
        if is_agent:
            said.append(Said(draft.sender.name, heads[draft.lane], draft.lane))
        yield "new"


def is_beyond(said: Said, draft: Draft) -> bool:
    seen = draft.seen_seq if said.lane is Lane.PUBLIC else draft.team_seen_seq
    return seen is not None and said.seq > seen


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_is_judged_as_if_its_messages_came_one_after_the_other(
    database_url: str, seed: int
) -> None:
    chosen = random.Random(seed)
    async with open_written(database_url) as written:
        here = await written.conversation()
        people = [await person(written, "agent", name) for name in ("Ada", "Grace", "Alan")]
        customer = await written.db.fetchval("select customer_id from conversations")
        people.append(Sender(customer, "customer", "Visitor"))
        said: list[Said] = []
        heads = {Lane.PUBLIC: 0, Lane.TEAM: 0}
        for _ in range(60):
            drafts = [
                draft
                for draft in drafts_of(chosen, here, people, heads)
                if draft.sender.role != "customer" or draft.lane is Lane.PUBLIC
            ]
            verdicts = await append_entries(written.db, drafts)
            assert [verdict.verdict for verdict in verdicts] == list(verdicts_of(drafts, said, heads))
            for draft, verdict in zip(drafts, verdicts, strict=True):
                assert not verdict.missed or verdict.verdict == "stale"
                assert draft.sender.id not in {entry.sender.id for entry in verdict.missed}
                assert {entry.sender.role for entry in verdict.missed} <= {"agent"}


async def person(written: Written, role: Any, name: str) -> Sender:
    user_id = await written.db.fetchval(
        "insert into users (role, name) values ($1, $2) returning id", role, name
    )
    return Sender(user_id, role, name)


# --- over the wire


async def refused(client: Client, fields: Event) -> Event:
    with pytest.raises(Refused) as error:
        await client.ask("send_message", **fields)
    return error.value.event


async def test_an_answer_that_has_not_seen_a_colleagues_is_stale_and_tells_what_was_missed(
    connect: Connect,
    installation: Installation,
    customer: Person,
    agent: Person,
    server: Server,
    rest: httpx2.AsyncClient,
) -> None:
    here, grace = customer.conversation_id, await installation.agent("Grace")
    theirs, ada, colleague = await connect(customer), await connect(agent), await connect(grace)
    for client in (theirs, ada, colleague):
        await client.join(here)
    question = await theirs.send_message(here, "Is it in stock?")
    answer = await colleague.send_message(here, "Yes", seen_seq=question["seq"])
    joined = answer["seq"]
    fields = message(here, "No", seen_seq=question["seq"])
    stale = await refused(ada, fields)
    assert (stale["code"], stale["retryable"]) == ("stale", False)
    assert [(entry["content"]["text"], entry["sender"]["name"]) for entry in stale["missed"]] == [
        ("Yes", "Grace")
    ]
    path = f"/chat/conversations/{here}/messages"
    over_http = await rest.post(path, json={**fields, "seen_seq": question["seq"]}, headers=agent.headers)
    assert (over_http.status_code, over_http.json()["code"]) == (409, "stale")
    assert over_http.json()["missed"] == stale["missed"]
    # Nothing was stored, so the same message goes once it has seen the other.
    stored = await ada.ask("send_message", **{**fields, "seen_seq": joined})
    assert stored["duplicate"] is False
    # And once it is stored, it is a duplicate whatever it says to have seen.
    await colleague.send_message(here, "Sorry, no", seen_seq=stored["seq"])
    again = await ada.ask("send_message", **fields)
    assert (again["seq"], again["duplicate"]) == (stored["seq"], True)


async def test_customers_notes_and_clients_that_say_nothing_are_never_stale(
    connect: Connect, installation: Installation, customer: Person, agent: Person
) -> None:
    here, grace = customer.conversation_id, await installation.agent("Grace")
    theirs, ada, colleague = await connect(customer), await connect(agent), await connect(grace)
    first = await ada.send_message(here, "One moment", seen_seq=0)
    await ada.send_message(here, "I look it up", seen_seq=0)
    await theirs.send_message(here, "Thank you", seen_seq=0)
    await theirs.send_message(here, "Take your time", seen_seq=0)
    await ada.send_message(here, "Here it is", seen_seq=first["seq"])
    await colleague.send_message(here, "As of old")
    note = await colleague.send_message(
        here, "Careful, a journalist", lane="team", seen_seq=0, team_seen_seq=0
    )
    await ada.send_message(here, "A note", lane="team", seen_seq=0, team_seen_seq=0)
    head = (await ada.join(here))["head"]
    stale = await refused(ada, message(here, "Hi", seen_seq=head, team_seen_seq=note["seq"] - 1))
    assert [entry["content"]["text"] for entry in stale["missed"]] == ["Careful, a journalist"]
    await ada.send_message(here, "Hi", seen_seq=head)


async def test_a_message_that_was_taken_back_need_not_have_been_seen(
    connect: Connect, installation: Installation, customer: Person, agent: Person
) -> None:
    here, grace = customer.conversation_id, await installation.agent("Grace")
    ada, colleague = await connect(agent), await connect(grace)
    answer = await colleague.send_message(here, "Oops")
    fields = message(here, "Hi", seen_seq=0)
    await refused(ada, fields)
    await colleague.ask("delete_message", **message(here), target_seq=answer["seq"])
    assert (await ada.ask("send_message", **fields))["duplicate"] is False


async def test_agents_who_answer_at_once_on_two_processes_have_always_seen_each_other(
    connect: Connect, installation: Installation, customer: Person, servers: tuple[Server, Server]
) -> None:
    here = customer.conversation_id
    agents = [await installation.agent(f"Agent {number}") for number in range(4)]
    clients = [await connect(person, servers[number % 2]) for number, person in enumerate(agents)]
    for client in clients:
        await client.join(here)
    seen = dict.fromkeys(range(len(clients)), 0)

    async def answer(number: int) -> bool:
        """Answer with what was seen before this round; learn of what was missed, as a client does."""
        text = f"{number}: {seen[number]}"
        try:
            ack = await clients[number].ask("send_message", **message(here, text, seen_seq=seen[number]))
        except Refused as error:
            seen[number] = max(entry["seq"] for entry in error.event["missed"])
            return False
        seen[number] = ack["seq"]
        return True

    stale = 0
    for _ in range(ROUNDS):
        results = await asyncio.gather(*(answer(number) for number in range(len(clients))))
        stale += results.count(False)
    await clients[0].reach(here, max(seen.values()))
    entries = [entry for entry in clients[0].entries(here) if entry["type"] == "message_received"]
    unseen = [
        (earlier["seq"], later["seq"])
        for place, later in enumerate(entries)
        for earlier in entries[:place]
        if earlier["sender"]["id"] != later["sender"]["id"]
        and earlier["seq"] > int(later["content"]["text"].split(": ")[1])
    ]
    assert unseen == []
    assert stale >= ROUNDS, "they have raced"
