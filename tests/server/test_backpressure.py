"""Readers who do not read: they are given up, others notice nothing, and whoever reads again misses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import psutil
import pytest

from tests.client import Client, Event
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.wires import HttpVersion

# So short a heartbeat cannot be the reason why a reader of these tests is given up.
ENVIRONMENT = {"WEBSOCKET_PING_TIMEOUT": "600000"}
LARGE = "🔥" * 15_000
"""As much as fits into a frame."""


@pytest.fixture(params=["http/1.1", "http/1.1 through Hypercorn", "http/2"])
def http(request: pytest.FixtureRequest) -> HttpVersion:
    return cast(HttpVersion, request.param)


@pytest.fixture(scope="module")
def patient(server: Server, installation: Installation) -> Server:
    """A process that waits for those who read on: on a busy machine a flood takes longer than a reader has."""
    return installation.start(program=[str(Path(__file__).with_name("patient.py"))])


async def stalled(
    connect: Connect, person: Person, conversation_id: str, server: Server | None = None
) -> Client:
    """Connect somebody who joins and then reads no more."""
    client = await connect.bare(person.surface, server, receive_buffer=4096)
    await client.authenticate(person.token)
    await client.join(conversation_id)
    await client.stop_reading()
    return client


def flood(http: HttpVersion) -> int:
    """Return how many large messages fill all that is between us; HTTP/2 takes less by itself."""
    return 120 if http != "http/2" else 12


async def test_a_slow_reader_is_closed_and_the_others_are_not_held_up(
    connect: Connect, customer: Person, agent: Person, server: Server, http: HttpVersion
) -> None:
    here = customer.conversation_id
    reading, writer = await connect(customer), await connect(customer)
    await reading.join(here)
    slow = await stalled(connect, agent, here)
    before = psutil.Process(server.pid).memory_info().rss
    for _ in range(flood(http)):
        await writer.send_message(here, LARGE)
    head = (await writer.send_message(here, "The end"))["seq"]
    assert await reading.reach(here, head) == list(range(1, head + 1))
    # A slow reader costs a buffer, not the conversation.
    assert psutil.Process(server.pid).memory_info().rss - before < 40 * 2**20
    await asyncio.to_thread(server.wait_for, "connection_closed", lambda line: line["user"] == agent.id)
    # It can still learn of it, for what it has not read is kept by the kernel, or cut.
    slow.read_on()
    assert await slow.closed() in {4001, 1006}
    seqs = slow.seqs(here)
    assert seqs == list(range(1, len(seqs) + 1))
    again = await connect(agent, resume={here: {"since": len(seqs)}})
    assert await again.reach(here, head) == list(range(len(seqs) + 1, head + 1))


async def test_a_reader_that_stalls_for_a_moment_receives_all_in_order(
    connect: Connect, patient: Server, customer: Person, http: HttpVersion
) -> None:
    here = customer.conversation_id
    writer, slow = await connect(customer, patient), await stalled(connect, customer, here, patient)
    for _ in range(flood(http)):
        await writer.send_message(here, LARGE)
    await writer.send_message(here, "The end")
    slow.read_on()
    assert await slow.reach(here, flood(http) + 1) == list(range(1, flood(http) + 2))
    await slow.fence()


async def test_a_reader_that_stalls_and_goes_on_speaking_is_heard(
    connect: Connect, patient: Server, customer: Person, http: HttpVersion
) -> None:
    here = customer.conversation_id
    writer, slow = await connect(customer, patient), await stalled(connect, customer, here, patient)
    for _ in range(flood(http)):
        await writer.send_message(here, LARGE)
    # More than anybody reads ahead of a handler that waits.
    for number in range(100):
        await slow.say("ping", t=number)
    slow.read_on()
    await slow.expect("pong", t=99)
    assert [pong["t"] for pong in slow.heard("pong")] == list(range(100))
    assert await slow.reach(here, flood(http)) == list(range(1, flood(http) + 1))


async def test_signals_are_dropped_first_and_entries_never(
    connect: Connect, patient: Server, customer: Person, agent: Person, http: HttpVersion
) -> None:
    here = customer.conversation_id
    ours, slow = await connect(agent, patient), await stalled(connect, customer, here, patient)
    await ours.join(here)
    for _ in range(flood(http)):
        await ours.say("typing_start", conversation_id=here)
        await ours.send_message(here, LARGE)
    head = (await ours.send_message(here, "The end"))["seq"]
    slow.read_on()
    assert await slow.reach(here, head) == list(range(1, head + 1))
    assert len(slow.heard("typing_indicator")) < 2 * flood(http)


async def test_states_come_late_but_come_and_are_the_newest(
    connect: Connect,
    patient: Server,
    customer: Person,
    agent: Person,
    installation: Installation,
    http: HttpVersion,
) -> None:
    """The list, presence and marks: of each the last, and none lost because its reader was slow when it changed."""
    here = customer.conversation_id
    other, colleague = await installation.customer(), await installation.agent("Grace")
    slow = await connect.bare("admin", patient, receive_buffer=4096)
    await slow.authenticate(agent.token)
    await slow.join(here)
    await slow.ask("follow_inbox")
    writer, theirs, ours = [await connect(each, patient) for each in (customer, other, colleague)]
    await ours.ask("follow_inbox")
    await slow.expect("presence_update", user_id=colleague.id, status="online")
    await slow.stop_reading()
    for _ in range(flood(http)):
        await writer.send_message(here, LARGE)
    head = (await writer.send_message(here, "The end"))["seq"]
    await writer.join(here)
    await writer.say("mark_read", conversation_id=here, seq=head)
    await writer.expect("receipt_updated", user_id=customer.id, read_seq=head)
    for number in range(1, 4):
        await theirs.send_message(other.conversation_id, f"Hello {number}")
        await ours.until(lambda: newest_row(ours, other.conversation_id).get("last_seq") == number)  # noqa: B023
    for status in ("busy", "away"):
        await ours.ask("set_presence", status=status)
    slow.read_on()
    await slow.expect("presence_update", user_id=colleague.id, status="away")
    await slow.expect("receipt_updated", user_id=customer.id, read_seq=head)
    await slow.until(lambda: newest_row(slow, other.conversation_id).get("last_seq") == 3)
    await slow.until(lambda: newest_row(slow, here).get("last_seq") == head)
    assert await slow.reach(here, head) == list(range(1, head + 1))


def newest_row(client: Client, conversation_id: str) -> Event:
    """Return a row of the list as the client knows it: of all that came, the one with the largest version."""
    rows: list[Event] = [event["conversation"] for event in client.heard("conversation_updated")]
    mine = [row for row in rows if row["id"] == conversation_id]
    return max(mine, key=lambda row: row["version"], default={})


# Over HTTP/2 who does not read learns of no room to write either.
@pytest.mark.parametrize("http", ["http/1.1"])
async def test_a_client_that_asks_and_does_not_read_is_not_read_either(
    connect: Connect, customer: Person, server: Server, installation: Installation
) -> None:
    """Answers are owed, so the requests wait: in the peer's own buffers, not in ours."""
    here = customer.conversation_id
    greedy = await stalled(connect, customer, here)
    before = psutil.Process(server.pid).memory_info().rss
    asking = asyncio.create_task(ask_for_ever(greedy, here))
    await asyncio.to_thread(
        server.wait_for,
        "connection_closed",
        lambda line: line["reason"] == "too slow" and line["user"] == customer.id,
    )
    assert psutil.Process(server.pid).memory_info().rss - before < 20 * 2**20
    greedy.cut()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def ask_for_ever(client: Client, conversation_id: str) -> None:
    echo = "x" * 60_000
    while True:
        await client.say("ping", t=echo)
        await asyncio.sleep(0)
