"""A chosen status with an end, activity by the server's clock, and who sees what of it, over two processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.client import Client
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.waiting import until

ENVIRONMENT = {"PRESENCE_GRACE_SECONDS": "3"}
ALMOST_MS = 299_000
"""A second before an agent without input is idle."""


@pytest.fixture(params=["same process", "other process"])
def there(request: pytest.FixtureRequest, servers: tuple[Server, Server]) -> Server:
    return servers[request.param == "other process"]


async def watcher(connect: Connect, installation: Installation, server: Server | None = None) -> Client:
    return await connect(await installation.agent("Watcher"), server)


NOBODY_IS_HERE = """
select not exists (select from user_presence p join users u on u.id = p.user_id
                    where u.role = 'agent' and p.status in ('online', 'busy'))
"""


async def newer(client: Client, person: Person, than: dict[str, Any]) -> dict[str, Any]:
    """Return what a client is told of a person after that."""

    def told() -> dict[str, Any] | None:
        of_them = client.heard("presence_update", user_id=person.id)
        return next((event for event in of_them if event["version"] > than["version"]), None)

    found: dict[str, Any] = await client.until(told)
    return found


def soon(seconds: float) -> tuple[datetime, str]:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at, at.isoformat()


async def test_a_status_ends_in_its_second_on_every_process(
    connect: Connect, agent: Person, installation: Installation, there: Server
) -> None:
    watching = await watcher(connect, installation, there)
    ours = await connect(agent)
    at, ends = soon(1.5)
    await ours.ask("set_presence", status="busy", text="Lunch", emoji="🍜", until=ends)
    for client in (ours, watching):
        busy = await client.expect("presence_update", user_id=agent.id, status="busy")
        assert (busy["text"], busy["emoji"], datetime.fromisoformat(busy["until"])) == ("Lunch", "🍜", at)
        assert busy["assignable"] is False
        again = await newer(client, agent, busy)
        assert again["status"] == "online"
        assert at.timestamp() <= again["version"] / 1000 < at.timestamp() + 1
        assert (again["assignable"], {"text", "emoji", "until"} & again.keys()) == (True, set())


async def test_a_status_ends_though_the_process_where_it_was_chosen_was_killed(
    connect: Connect, agent: Person, installation: Installation
) -> None:
    doomed = installation.start()
    doomed.hears_redis()
    watching, second = await watcher(connect, installation), await connect(agent)
    ours = await connect(agent, doomed)
    at, ends = soon(2)
    await ours.ask("set_presence", status="away", until=ends)
    await second.expect("presence_update", user_id=agent.id, status="away")
    doomed.kill()
    installation.servers.remove(doomed)
    away = await watching.expect("presence_update", user_id=agent.id, status="away")
    again = await newer(watching, agent, away)
    assert again["status"] == "online"
    assert again["version"] / 1000 >= at.timestamp()


async def test_an_agent_is_away_when_all_devices_are_idle_and_back_with_an_input(
    connect: Connect, agent: Person, installation: Installation, servers: tuple[Server, Server]
) -> None:
    watching = await watcher(connect, installation)
    laptop, phone = [await connect(agent, server) for server in servers]
    await watching.expect("presence_update", user_id=agent.id, status="online")
    await laptop.say("active", ago_ms=ALMOST_MS)
    await phone.say("active", ago_ms=ALMOST_MS)
    away = await watching.expect("presence_update", user_id=agent.id)
    assert (away["status"], away["assignable"]) == ("away", False)
    await phone.say("active")
    await watching.expect("presence_update", user_id=agent.id, status="online")
    # Nothing of what follows makes them away: the phone is in use.
    await laptop.say("active", ago_ms=ALMOST_MS)
    theirs = await installation.agent("Other")
    other = await connect(theirs)
    await other.say("active", ago_ms=ALMOST_MS)
    await watching.expect("presence_update", user_id=theirs.id, status="away")
    assert len(watching.heard("presence_update", user_id=agent.id)) == 3


async def test_coming_back_is_no_input(
    connect: Connect, agent: Person, installation: Installation, there: Server
) -> None:
    watching = await watcher(connect, installation)
    ours = await connect(agent)
    await ours.say("active", ago_ms=2 * ALMOST_MS)
    away = await watching.expect("presence_update", user_id=agent.id, status="away")
    ours.cut()
    again = await connect(agent, there)
    own = await newer(again, agent, {"version": away["version"] - 1})
    assert (own["status"], own["chosen"]) == ("away", "automatic")
    await again.say("active", ago_ms=2 * ALMOST_MS)
    await again.say("active")
    assert (await newer(watching, agent, away))["status"] == "online"


async def test_an_invisible_agent_is_offline_to_all_but_themself(
    connect: Connect,
    agent: Person,
    customer: Person,
    installation: Installation,
    there: Server,
    rest: httpx2.AsyncClient,
) -> None:
    watching = await watcher(connect, installation, there)
    ours, theirs = await connect(agent), await connect(customer, there)
    await theirs.join(customer.conversation_id)
    await ours.join(customer.conversation_id)
    await ours.send_message(customer.conversation_id)
    await theirs.expect("presence_update", user_id=agent.id, status="online")
    await watching.expect("presence_update", user_id=agent.id, status="online")
    await ours.ask("set_presence", status="invisible", text="Hiding", emoji="🫥", until=soon(3600)[1])
    own = await ours.expect("presence_update", user_id=agent.id, chosen="invisible")
    assert (own["status"], own["text"]) == ("offline", "Hiding")
    seen = await watching.expect("presence_update", user_id=agent.id, status="offline")
    assert {"text", "emoji", "until", "chosen"} & seen.keys() == set()
    await theirs.expect("presence_update", user_id=agent.id, status="offline")
    for person, chosen in ((watching, None), (ours, "invisible")):
        ack = await person.join(customer.conversation_id)
        [told] = [presence for presence in ack["presence"] if presence["user_id"] == agent.id]
        assert (told["status"], told.get("chosen")) == ("offline", chosen)
    answer = await rest.get("/chat/agents", headers={"Authorization": f"Bearer {agent.token}"})
    listed = {row["id"]: row["presence"] for row in answer.json()["items"]}
    assert listed[agent.id]["chosen"] == "invisible"
    assert all("chosen" not in presence for user_id, presence in listed.items() if user_id != agent.id)


async def test_a_customer_is_told_whether_anyone_is_there(
    connect: Connect, agent: Person, customer: Person, installation: Installation, there: Server
) -> None:
    await until(lambda: installation.sql(NOBODY_IS_HERE))
    theirs = await connect(customer, there)
    assert theirs.welcome["team_here"] is False
    ours = await connect(agent)
    assert "team_here" not in ours.welcome
    assert (await theirs.expect("team_here"))["online"] is True
    await ours.ask("set_presence", status="away")
    assert (await theirs.expect("team_here"))["online"] is False
    await ours.ask("set_presence", status="busy")
    assert (await theirs.expect("team_here"))["online"] is True
    assert (await connect(await installation.customer(), there)).welcome["team_here"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "busy", "until": "tomorrow"},
        {"status": "busy", "until": "2030-01-01T12:00:00"},
        {"status": "busy", "emoji": "lunch"},
        {"status": "busy", "emoji": "🍜🍜"},
        {"status": "busy", "text": "two\nlines"},
    ],
)
async def test_a_choice_that_cannot_be_is_invalid(
    connect: Connect, agent: Person, fields: dict[str, str]
) -> None:
    ours = await connect(agent)
    assert await ours.refusal("set_presence", **fields) == "invalid"


async def test_customers_report_no_input(connect: Connect, customer: Person) -> None:
    theirs = await connect(customer)
    await theirs.say("active")
    assert (await theirs.expect("error"))["code"] == "unknown_type"
