"""What puts a conversation aside or closes it, and what opens it again: as the database decides, whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from msgspec import json

from app.desk.snoozing.store import wake_due_conversations
from app.people.customers.store import select_resumable
from app.protocol import Happening, Sender, Snoozed, StatusChanged
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.values.uuid7 import uuid7
from tests.spine.log.written import Written, open_written

CLOSED, OPENED = StatusChanged("closed"), StatusChanged("open")
SNOOZED = Snoozed(None, None)
WAKES = {"event": "woken", "data": {"cause": "customer"}}
REOPENS = {"event": "status_changed", "data": {"status": "open", "cause": "customer"}}


@pytest_asyncio.fixture
async def here(database_url: str) -> AsyncIterator[Written]:
    async with open_written(database_url) as written:
        yield written


async def customer_of(here: Written, conversation_id: UUID) -> Sender:
    user_id = await here.db.fetchval("select customer_id from conversations where id = $1", conversation_id)
    return Sender(user_id, "customer", "Visitor")


def said(conversation_id: UUID, sender: Sender, *, type: str = "message_received", **fields: Any) -> Draft:
    return Draft(
        conversation_id=conversation_id,
        sender=sender,
        type=type,
        client_msg_id=uuid4(),
        message_id=uuid7(),
        body=b'{"type":"text","text":"Hello"}',
        **fields,
    )


def done(conversation_id: UUID, happening: Happening, sender: Sender) -> Draft:
    lane = Lane.PUBLIC if isinstance(happening, StatusChanged) else Lane.TEAM
    return Draft.of_event(conversation_id, happening, sender=sender, lane=lane)


async def verdicts(here: Written, *drafts: Draft) -> list[str]:
    return [verdict.verdict for verdict in await append_entries(here.db, drafts)]


async def state(here: Written, conversation_id: UUID) -> str:
    found: str = await here.db.fetchval(
        """
        select case when h.snoozed_until is null then c.status else 'snoozed' end
          from conversation_heads h join conversations c on c.id = h.conversation_id
         where c.id = $1
        """,
        conversation_id,
    )
    return found


async def log(here: Written, conversation_id: UUID, lane: Lane) -> list[Any]:
    """Return the bodies of a lane, whose numbers have no hole."""
    rows = await here.db.fetch(
        "select seq, body from entries where conversation_id = $1 and lane = $2 order by seq",
        conversation_id,
        lane,
    )
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return [json.decode(row["body"]) for row in rows]


async def test_a_customers_message_wakes_a_snoozed_conversation_and_the_team_is_told_why(
    here: Written,
) -> None:
    one = await here.conversation()
    customer = await customer_of(here, one)
    await verdicts(here, done(one, SNOOZED, here.agent))
    message = said(one, customer)
    assert await verdicts(here, message) == ["new"]
    assert await state(here, one) == "open"
    assert (await log(here, one, Lane.TEAM))[-1] == WAKES
    assert len(await log(here, one, Lane.PUBLIC)) == 1
    # A repetition of a message that has been answered since is no news.
    await verdicts(here, done(one, SNOOZED, here.agent))
    assert await verdicts(here, message) == ["duplicate"]
    assert await state(here, one) == "snoozed"


async def test_nothing_else_wakes_it(here: Written) -> None:
    one = await here.conversation()
    customer = await customer_of(here, one)
    bot = Sender(
        await here.db.fetchval("insert into users (role, name) values ('bot', 'echo') returning id"),
        "bot",
        "echo",
    )
    await verdicts(here, said(one, customer), done(one, SNOOZED, here.agent))
    for draft in (
        said(one, bot),
        said(one, here.agent),
        said(one, here.agent, lane=Lane.TEAM),
        said(one, customer, type="message_edited", target_seq=1),
        said(one, customer, type="reaction_changed", target_seq=2),
    ):
        assert await verdicts(here, draft) == ["new"]
        assert await state(here, one) == "snoozed"


@pytest.mark.parametrize(
    ("order", "ends", "last_change"),
    [
        (["close", "write"], "open", REOPENS),
        (["write", "close"], "closed", {"event": "status_changed", "data": {"status": "closed"}}),
        (
            ["close", "write", "write", "close"],
            "closed",
            {"event": "status_changed", "data": {"status": "closed"}},
        ),
        (["snooze", "write"], "open", WAKES),
        (["write", "snooze"], "snoozed", {"event": "snoozed", "data": {"until": None, "zone": None}}),
        (["snooze", "note"], "snoozed", {"event": "snoozed", "data": {"until": None, "zone": None}}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
@pytest.mark.parametrize("together", [True, False], ids=["in one statement", "one by one"])
async def test_the_last_word_stands(
    here: Written, order: Sequence[str], ends: str, last_change: Any, *, together: bool
) -> None:
    one = await here.conversation()
    customer = await customer_of(here, one)
    makers = {
        "close": lambda: done(one, CLOSED, here.agent),
        "snooze": lambda: done(one, SNOOZED, here.agent),
        "write": lambda: said(one, customer),
        "note": lambda: said(one, here.agent, lane=Lane.TEAM),
    }
    drafts = [makers[what]() for what in order]
    for batch in [drafts] if together else [[draft] for draft in drafts]:
        assert set(await verdicts(here, *batch)) == {"new"}
    assert await state(here, one) == ends
    lane = Lane.PUBLIC if "close" in order else Lane.TEAM
    changes = [body for body in await log(here, one, lane) if "event" in body]
    assert changes[-1] == last_change


@pytest.mark.parametrize(
    ("days", "ago", "verdict"),
    [
        (7, "6 days 23 hours", "new"),
        (7, "7 days 1 hour", "closed"),
        (0, "0 seconds", "closed"),
        (30, "29 days", "new"),
    ],
)
async def test_a_closed_conversation_is_open_again_within_the_days_of_its_inbox(
    here: Written, days: int, ago: str, verdict: str
) -> None:
    one = await here.conversation()
    customer = await customer_of(here, one)
    await here.db.execute("update inboxes set reopen_days = $1", days)
    await verdicts(here, said(one, customer), done(one, CLOSED, here.agent))
    await here.db.execute(f"update conversation_heads set closed_at = now() - interval '{ago}'")
    assert await select_resumable(here.db, customer.id) == (one if verdict == "new" else None)
    # An edit or a colleague's message opens nothing.
    assert await verdicts(here, said(one, customer, type="message_edited", target_seq=1)) == ["closed"]
    assert await verdicts(here, said(one, here.agent)) == ["closed"]
    assert await verdicts(here, said(one, customer)) == [verdict]
    assert await state(here, one) == ("open" if verdict == "new" else "closed")
    if verdict == "new":
        assert (await log(here, one, Lane.PUBLIC))[-1] == REOPENS


async def test_what_an_older_version_has_closed_stays_closed(here: Written) -> None:
    one = await here.conversation()
    customer = await customer_of(here, one)
    await here.db.execute("update conversations set status = 'closed'")
    assert await verdicts(here, said(one, customer)) == ["closed"]


async def test_a_message_that_crosses_a_closing_is_in_an_open_conversation_or_before_the_closing(
    here: Written,
) -> None:
    for _ in range(15):
        one = await here.conversation()
        customer = await customer_of(here, one)
        await asyncio.gather(
            verdicts(here, done(one, CLOSED, here.agent)), verdicts(here, said(one, customer))
        )
        bodies = await log(here, one, Lane.PUBLIC)
        is_closed_last = bodies[-1].get("data") == {"status": "closed"}
        assert await state(here, one) == ("closed" if is_closed_last else "open")
        assert len(bodies) == (2 if is_closed_last else 3)


@pytest.mark.parametrize("together", [True, False], ids=["in one statement", "one by one"])
async def test_a_message_that_was_not_seen_by_whoever_snoozes_wins(here: Written, *, together: bool) -> None:
    one = await here.conversation()
    customer = await customer_of(here, one)
    drafts = [said(one, customer), done(one, Snoozed(None, None, seen_seq=0), here.agent)]
    for batch in [drafts] if together else [[draft] for draft in drafts]:
        assert set(await verdicts(here, *batch)) == {"new"}
    assert await state(here, one) == "open"
    assert (await log(here, one, Lane.TEAM))[-1] == WAKES
    await verdicts(here, done(one, Snoozed(None, None, seen_seq=1), here.agent))
    assert await state(here, one) == "snoozed"
    # Its own note and a colleague's answer are nothing that waits.
    await verdicts(here, said(one, here.agent), done(one, Snoozed(None, None, seen_seq=1), here.agent))
    assert await state(here, one) == "snoozed"


async def test_a_message_that_crosses_a_snooze_is_never_put_aside_unseen(here: Written) -> None:
    for _ in range(15):
        one = await here.conversation()
        customer = await customer_of(here, one)
        await asyncio.gather(
            verdicts(here, done(one, Snoozed(None, None, seen_seq=0), here.agent)),
            verdicts(here, said(one, customer)),
        )
        assert await state(here, one) == "open"
        assert [body["event"] for body in await log(here, one, Lane.TEAM)] == ["snoozed", "woken"]


async def snoozed(here: Written, count: int, until: str) -> list[UUID]:
    """Return conversations that are snoozed until then."""
    made = [await here.conversation() for _ in range(count)]
    await verdicts(here, *(done(one, SNOOZED, here.agent) for one in made))
    await here.db.execute(
        f"update conversation_heads set snoozed_until = {until} where conversation_id = any ($1)", made
    )
    return made


async def test_each_whose_time_has_come_is_woken_once_however_many_look(here: Written) -> None:
    due = await snoozed(here, 40, "now() - interval '1 minute'")
    later = await snoozed(here, 2, "now() + interval '1 hour'") + await snoozed(here, 2, "'infinity'")
    found = await asyncio.gather(*(wake_due_conversations(here.db, limit=7) for _ in range(24)))
    # Those that another had locked at that moment are left to the next look.
    while some := await wake_due_conversations(here.db, limit=7):
        found.append(some)
    assert sorted(each for some in found for each in some) == sorted(due)
    for one in due:
        assert (await log(here, one, Lane.TEAM))[1:] == [{"event": "woken", "data": {"cause": "time"}}]
    assert {await state(here, one) for one in due} == {"open"}
    assert {await state(here, one) for one in later} == {"snoozed"}


async def test_one_that_was_being_woken_by_a_process_that_died_is_woken_by_another(here: Written) -> None:
    (one,) = await snoozed(here, 1, "now()")
    dying = await asyncpg.connect(here.url)
    await dying.execute("begin")
    assert await dying.fetchval("select wake_due_conversations(10)") == one
    assert await wake_due_conversations(here.db, limit=10) == []
    dying.terminate()
    # Postgres lets go of its locks as soon as it notices; a message waits for that, and finds it snoozed.
    await verdicts(here, said(one, here.agent))
    assert await state(here, one) == "snoozed"
    assert await wake_due_conversations(here.db, limit=10) == [one]


async def test_the_look_at_the_clock_reads_what_is_due_and_nothing_else(here: Written) -> None:
    connection = await asyncpg.connect(here.url)
    # Of a table this small the planner would read all of it.
    await connection.execute("set enable_seqscan = off")
    plan = await connection.fetch(
        "explain select conversation_id from conversation_heads where snoozed_until <= now()"
        " order by snoozed_until limit 200 for update skip locked"
    )
    await connection.close()
    told = str([row[0] for row in plan])
    assert "conversation_heads_snoozed" in told
    assert "Index Cond: (snoozed_until <= now())" in told
