"""A log that is replaced beneath servers and clients: everyone ends up with exactly what the new one holds."""

from __future__ import annotations

import asyncio
import secrets
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import httpx2

from app.spine.db import Database
from app.spine.log.epochs import select_log_state
from app.values.postgres_address import PostgresAddress
from tests.client import Client, Event, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


class Backup:
    """The database as it was, and the way back to it: a restore, or a standby that had got no more."""

    def __init__(self, installation: Installation) -> None:
        self._url = urlsplit(installation.database_url)
        self._name = self._url.path[1:]
        self._copy = f"{self._name}_{secrets.token_hex(4)}"

    async def take(self) -> None:
        await self._alone(f'create database "{self._copy}" template "{self._name}"')

    async def restore(self) -> None:
        await self._alone(
            f'drop database "{self._name}" with (force)',
            f'alter database "{self._copy}" rename to "{self._name}"',
        )

    async def _alone(self, *statements: str) -> None:
        """Run statements that nobody else may be in the database for."""
        connection = await asyncpg.connect(urlunsplit(self._url._replace(path="/postgres")))
        try:
            await connection.execute(f'alter database "{self._name}" allow_connections false')
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", self._name
            )
            for statement in statements:
                await connection.execute(statement)
            await connection.execute(f'alter database "{self._name}" allow_connections true')
        finally:
            await connection.close()


async def forget_the_last(installation: Installation, conversation_id: str, count: int = 1) -> None:
    """Lose what was visible, and nothing else: as a standby that takes over on the same timeline, were there one."""
    await installation.sql(
        """
        with head as (
            update conversation_heads set last_seq = last_seq - $2, last_message_seq = last_seq - $2
             where conversation_id = $1 returning last_seq
        )
        delete from entries using head where conversation_id = $1 and lane = 0 and seq > head.last_seq
        """,
        UUID(conversation_id),
        count,
    )


async def write(client: Client, here: str, texts: list[str]) -> None:
    for text in texts:
        await client.send_message(here, text)


async def sent_away(client: Client) -> None:
    assert await client.closed() == 4002


async def store(connect: Connect, person: Person, server: Server, where: str, text: str) -> Event:
    """Send until there is an answer, as a client does: the processes may notice meanwhile, and send it away."""
    asked = message(where, text)
    while True:
        client = await connect(person, server)
        try:
            return await client.ask("send_message", **asked)
        except AssertionError:
            if client.close_code != 4002:
                raise


async def noticed(installation: Installation, servers: tuple[Server, ...]) -> str:
    """Wait until every server knows the log's epoch; return it."""
    epoch: str = await installation.sql("select value from installation where name = 'epoch'")
    for server in servers:
        await asyncio.to_thread(server.wait_for, "log_replaced", lambda line: line["epoch"] == epoch)
    return epoch


async def standing(client: Client, here: str, ack: Event) -> dict[str, object]:
    """Return what a client says of where it stands."""
    last = client.entries(here)[-1]
    return {"since": last["seq"], "epoch": ack["epoch"], "message_id": last["message_id"]}


async def texts(rest: httpx2.AsyncClient, person: Person) -> tuple[list[str], str]:
    path = f"/chat/conversations/{person.conversation_id}/messages"
    page = (await rest.get(path, headers=person.headers)).json()
    return [item["content"]["text"] for item in page["items"]], page["epoch"]


async def test_a_standby_that_lacks_what_was_seen(
    connect: Connect, installation: Installation, servers: tuple[Server, Server], rest: httpx2.AsyncClient
) -> None:
    """M1 was delivered as 2 and is gone; M2 is acked as 2. A client that saw M1 has to be told of M2."""
    customer, agent = await installation.customer(), await installation.agent()
    here = customer.conversation_id
    theirs, ours = await connect(customer, servers[0]), await connect(agent, servers[1])
    acks = [await client.join(here, since=0) for client in (theirs, ours)]
    await write(theirs, here, ["M0", "M1"])
    for client in (theirs, ours):
        await client.reach(here, 2)
    stood = [await standing(client, here, ack) for client, ack in zip((theirs, ours), acks, strict=True)]
    await forget_the_last(installation, here)
    assert (await store(connect, customer, servers[0], here, "M2"))["seq"] == 2
    for client in (theirs, ours):
        await sent_away(client)
    for person, server, position in ((customer, servers[1], stood[0]), (agent, servers[0], stood[1])):
        again = await connect(person, server, resume={here: position})
        told = again.welcome["conversations"][here]
        assert (told["status"], told["head"]) == ("reset", 2)
        assert told["epoch"] != position["epoch"]
        assert await texts(rest, customer) == (["M0", "M2"], told["epoch"])
        ghost = await connect(person, server, resume={here: {"since": 2}})
        assert ghost.welcome["conversations"][here]["status"] == "ok"  # Numbers alone do not tell.


async def test_a_restore_beneath_running_servers(
    connect: Connect, installation: Installation, servers: tuple[Server, Server], rest: httpx2.AsyncClient
) -> None:
    """The restored log has grown past where the client stood: the numbers alone would say that all is well."""
    customer = await installation.customer()
    here = customer.conversation_id
    client = await connect(customer, servers[0])
    epoch = (await client.join(here, since=0))["epoch"]
    await write(client, here, [f"kept {number}" for number in range(1, 6)])
    backup = Backup(installation)
    await backup.take()
    await write(client, here, [f"lost {number}" for number in range(6, 10)])
    assert (await client.reach(here, 9))[-1] == 9
    await backup.restore()
    await sent_away(client)
    now = await noticed(installation, servers)
    writer = await connect(customer, servers[1])
    await write(writer, here, [f"new {number}" for number in range(6, 13)])
    for server in servers:
        again = await connect(customer, server, resume={here: {"since": 9, "epoch": epoch}})
        told = again.welcome["conversations"][here]
        assert (told["status"], told["head"], told["epoch"], again.welcome["epoch"]) == (
            "reset",
            12,
            now,
            now,
        )
    stored = [f"kept {n}" for n in range(1, 6)] + [f"new {n}" for n in range(6, 13)]
    assert await texts(rest, customer) == (stored, now)
    # A client of today gives no epoch. It is served as before.
    numbers = await connect(customer, resume={here: {"since": 9}})
    assert numbers.welcome["conversations"][here]["status"] == "ok"
    assert await numbers.reach(here, 12) == [10, 11, 12]


async def test_another_entry_at_the_end_is_reset_whatever_the_epoch(
    connect: Connect, customer: Person, agent: Person
) -> None:
    """As after a cold copy was put back, which shows by nothing else."""
    here = customer.conversation_id
    writer, ours = await connect(customer), await connect(agent)
    joined = await ours.join(here)
    await write(writer, here, ["one", "two"])
    await ours.send_message(here, "note", lane="team")
    await ours.reach(here, 2)
    await ours.reach(here, 1, "team")
    epoch = joined["epoch"]
    public = ours.entries(here)[-1]["message_id"]
    team = ours.entries(here, "team")[-1]["message_id"]
    right = {"since": 2, "team_since": 1, "epoch": epoch, "message_id": public, "team_message_id": team}
    wrong = [
        {**right, "message_id": str(uuid4())},
        {**right, "team_message_id": str(uuid4())},
        {**right, "since": 1},
        {**right, "epoch": "00000000"},
        {**right, "since": 3, "message_id": None},
        {**right, "team_since": 2},
    ]
    for position, status in [(right, "ok"), *((one, "reset") for one in wrong)]:
        given = {name: value for name, value in position.items() if value is not None}
        resumed = await connect(agent, resume={here: given})
        assert resumed.welcome["conversations"][here]["status"] == status, given
        ack = await ours.ask("join_conversation", conversation_id=here, **given)
        assert ack["status"] == status, given
    # The team's lane is not the customer's, so nothing is found out about it either.
    theirs = await connect(customer, resume={here: {"since": 2, "team_since": 9, "team_message_id": team}})
    assert theirs.welcome["conversations"][here]["status"] == "ok"


async def test_a_long_poll_ends_when_the_log_is_replaced(
    connect: Connect, installation: Installation, server: Server
) -> None:
    customer = await installation.customer(server)
    here = customer.conversation_id
    writer = await connect(customer, server)
    await write(writer, here, ["one", "two"])
    path = f"/chat/conversations/{here}/events"
    async with httpx2.AsyncClient(base_url=server.url, headers=customer.headers, timeout=60) as http:
        epoch = (await http.get(path, params={"since": 0, "wait": 0})).json()["epoch"]
        params = {"since": 2, "wait": 55, "epoch": epoch}
        polling = asyncio.create_task(http.get(path, params=params))
        await writer.fence()
        await forget_the_last(installation, here)
        page = (await polling).json()
        assert (page["items"], page["head"]) == ([], 1)
        assert page["epoch"] != epoch
        # A client that still asks by the old one is told at once.
        again = (await http.get(path, params=params)).json()
        assert again["epoch"] == page["epoch"]


async def test_erasing_a_conversation_replaces_no_log(connect: Connect, installation: Installation) -> None:
    erased, staying = await installation.customer(), await installation.customer()
    client, other = await connect(staying), await connect(erased)
    await other.send_message(erased.conversation_id)
    epoch = client.welcome["epoch"]
    await installation.sql(
        """
        with gone as (delete from entries where conversation_id = $1)
        delete from conversation_heads where conversation_id = $1
        """,
        UUID(erased.conversation_id),
    )
    db = Database(PostgresAddress.read(installation.database_url), pool_size=1)
    await db.connect()
    state = await select_log_state(db, ())
    await db.disconnect()
    assert (state.epoch, state.given_to) == (epoch, state.fingerprint)
    await client.fence()
    assert (await connect(staying)).welcome["epoch"] == epoch


async def test_a_provider_that_keeps_the_cluster_to_itself_is_fine(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        undone = connection.transaction()
        await undone.start()
        before = await connection.fetchval("select log_fingerprint()")
        role = f"tenant_{secrets.token_hex(4)}"
        await connection.execute(
            f"revoke execute on function pg_control_system() from public; create role {role}; set local role {role}"
        )
        found = await connection.fetchval("select log_fingerprint()")
        await undone.rollback()
        assert before.endswith(found)
        assert before != found
    finally:
        await connection.close()
