"""Commands of an operator, as processes beside one that serves."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from app.settings import Settings
from app.spine.sockets.close_codes import REVOKED
from tests.cli.shell import Interpreter, Shell
from tests.client import Client, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

NOBODY = "00000000-0000-7000-8000-000000000000"


class Beside:
    """A shell whose commands run while the test goes on."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    async def run(self, *arguments: str, input: str = "", status: int = 0) -> tuple[str, str]:
        """Run a command; return what it says on both ways out."""
        done = await asyncio.to_thread(self._shell.run, *arguments, input=input)
        assert done.returncode == status, done.stderr
        return done.stdout, done.stderr

    async def json(self, *arguments: str, input: str = "") -> Any:
        out, _ = await self.run(*arguments, "--json", input=input)
        return json.loads(out)


@pytest.fixture
def shell(interpreter: Interpreter, installation: Installation) -> Beside:
    settings = Settings(
        database_url=installation.database_url,
        redis_url=installation.redis_url,
        var_dir=installation.directory,
    )
    return Beside(Shell(interpreter, settings))


@pytest.fixture
def mark() -> str:
    """Part of the names that a test gives, so that it may run again in the same installation."""
    return uuid4().hex[:8]


async def sign_in(rest: httpx2.AsyncClient, shell: Beside, email: str, *, role: str = "agent") -> Person:
    made = await shell.json("create-agent", "--email", email, "--name", "Ada", "--role", role)
    answer = await rest.post("/auth/login", json={"email": email, "password": made["password"]})
    assert answer.status_code == 200, answer.text
    return Person(made["id"], "Ada", "agent", answer.json()["access_token"])


async def test_people_who_are_ended_leave_within_half_a_minute(
    connect: Connect,
    rest: httpx2.AsyncClient,
    shell: Beside,
    installation: Installation,
    server: Server,
    mark: str,
) -> None:
    disabled = await sign_in(rest, shell, f"disabled-{mark}@example.com")
    signed_out = await sign_in(rest, shell, f"signed-out-{mark}@example.com")
    renewed = await sign_in(rest, shell, f"renewed-{mark}@example.com")
    ended = await installation.customer(server)
    clients = [await connect(person) for person in (disabled, signed_out, renewed, ended)]

    told = await shell.json("disable-agent", "--email", f"Disabled-{mark}@example.com")
    assert told["disabled"]
    out, _ = await shell.run("end-sessions", "--email", f"signed-out-{mark}@example.com")
    assert (
        out
        == f"Ended 1 session(s) of signed-out-{mark}@example.com. Open pages are signed out within half a minute.\n"
    )
    new = await shell.json(
        "reset-password", "--email", f"renewed-{mark}@example.com", "--password", "-", input="a new one\n"
    )
    assert new == {"email": f"renewed-{mark}@example.com"}
    told = await shell.json("end-sessions", "--conversation", ended.conversation_id)
    assert told == {"who": ended.name, "ended": 1}

    assert await asyncio.gather(*(client.closed() for client in clients)) == [REVOKED] * 4
    me = [
        await rest.get("/chat/agents", headers=person.headers) for person in (disabled, signed_out, renewed)
    ]
    assert [answer.status_code for answer in me] == [401] * 3
    for email, password, status in [
        (f"disabled-{mark}@example.com", "whatever it was", 401),
        (f"renewed-{mark}@example.com", "a new one", 200),
    ]:
        answer = await rest.post("/auth/login", json={"email": email, "password": password})
        assert answer.status_code == status
    headers = {"Authorization": f"Bearer {ended.token}"}
    again = await rest.post("/chat/sessions", json={"inbox": installation.inbox_key}, headers=headers)
    assert again.status_code == 401


async def test_a_key_is_good_no_more_at_once(rest: httpx2.AsyncClient, shell: Beside, mark: str) -> None:
    key = (await shell.json("create-api-key", "--name", mark))["key"]
    headers = {"Authorization": f"Bearer {key}"}
    assert (await rest.get("/chat/conversations", headers=headers)).status_code == 200
    assert await shell.json("revoke-api-key", "--name", mark) == {"name": mark, "revoked": True}
    assert (await rest.get("/chat/conversations", headers=headers)).status_code == 401
    out, _ = await shell.run("revoke-api-key", "--name", mark)
    assert out == f"The API key {mark} was revoked already.\n"
    (row,) = [row for row in await shell.json("list-keys") if row["name"] == mark]
    assert row["revoked_at"] is not None


async def test_everything_there_is_can_be_listed(shell: Beside, installation: Installation) -> None:
    await shell.json(
        "create-agent", "--email", "grace@example.com", "--name", "Grace Hopper", "--role", "admin"
    )
    await shell.json("create-inbox", "--name", "Listed", "--origin", "https://shop.example", "--bot", "echo")
    out, _ = await shell.run("list-agents")
    heading, *lines = out.splitlines()
    assert heading.split() == ["id", "email", "name", "role", "sign_ins", "last_seen", "disabled_at"]
    assert any(line.split()[1:5] == ["grace@example.com", "Grace", "Hopper", "admin"] for line in lines)
    out, _ = await shell.run("list-inboxes")
    assert any("Listed" in line and line.endswith("echo  https://shop.example") for line in out.splitlines())
    assert {"Listed": "echo"}.items() <= {
        row["name"]: row["bot"] for row in await shell.json("list-inboxes")
    }.items()


async def test_an_order_that_cannot_be_followed_says_what_to_do(shell: Beside, customer: Person) -> None:
    for arguments, status, what in [
        (("disable-agent", "--email", "no@example.com"), 1, "list-agents"),
        (("reset-password", "--email", "no@example.com"), 1, "list-agents"),
        (("revoke-api-key", "--name", "none"), 1, "list-keys"),
        (("end-sessions",), 2, "give one of"),
        (("end-sessions", "--customer", "1", "--conversation", NOBODY), 2, "give one of"),
        (("end-sessions", "--conversation", NOBODY), 1, "no such customer"),
        (("erase-visitor", "--yes", "--conversation", "x"), 2, "is no conversation"),
        (("erase-visitor", "--yes", "--customer", "1"), 1, "no such customer"),
        (("erase-visitor", "--conversation", customer.conversation_id), 1, "Aborted"),
    ]:
        out, err = await shell.run(*arguments, status=status)
        assert what in err
        assert out == ""


async def test_nothing_of_an_erased_visitor_comes_back(
    connect: Connect,
    rest: httpx2.AsyncClient,
    shell: Beside,
    installation: Installation,
    customer: Person,
    agent: Person,
    mark: str,
) -> None:
    secret = f"Ovomaltine{mark}"
    here = customer.conversation_id
    await installation.sql(
        "update users set name = $2, email = $2 || '@example.com', external_id = $2 where id = $1",
        customer.id,
        secret,
    )
    theirs, ours, list_ = await connect(customer), await connect(agent), await connect(agent)
    await theirs.join(here)
    await ours.join(here)
    await list_.ask("follow_inbox")
    await theirs.send_message(here, f"My name is {secret}")
    await theirs.ask("edit_message", **message(here, f"I am {secret}"), target_seq=1)
    await ours.send_message(here, f"Hello {secret}")
    await ours.send_message(here, f"{secret} again", lane="team")
    await theirs.say("mark_read", conversation_id=here, seq=3)
    await ours.expect("receipt_updated", user_id=customer.id, read_seq=3)

    told = await shell.json("erase-visitor", "--yes", "--email", f"{secret}@example.com")
    assert told == {"id": customer.id, "messages": 3, "conversations": 1}

    # The visitor may be put out before it hears of any of this.
    # Closed before anything is deleted, so that nobody can write behind the deletions.
    closed = await ours.expect("conversation_event", seq=4)
    assert (closed["event"], closed["data"]) == ("status_changed", {"status": "closed"})
    assert (await ours.expect("message_deleted", seq=5))["target_seq"] == 1
    assert (await ours.expect("message_deleted", seq=6))["target_seq"] == 3
    await ours.expect("message_deleted", lane="team", target_seq=1)
    await list_.until(lambda: _closed_in_list(list_, here), "the end in the list")
    assert secret not in str(list_.heard("conversation_updated")[-1])

    late = await connect(agent)
    await late.join(here, since=0, team_since=0)
    await late.reach(here, 6)
    for path in (
        f"/chat/conversations/{here}",
        "/chat/conversations",
        f"/chat/conversations/{here}/messages",
    ):
        answer = await rest.get(path, headers=agent.headers)
        assert answer.status_code == 200
        assert secret not in answer.text
    assert [event for event in late.seen if secret in str(event)] == []
    assert [entry["seq"] for entry in late.entries(here)] == [1, 2, 3, 4, 5, 6]

    assert await theirs.closed() == REVOKED
    await _nothing_left(installation, secret)
    kept = await installation.rows(
        """
        select (select count(*) from sessions where user_id = $1), (select count(*) from marks where user_id = $1),
               (select count(*) from user_presence where user_id = $1)
        """,
        customer.id,
    )
    assert kept == [(0, 0, 0)]
    assert (await shell.json("erase-visitor", "--yes", "--customer", str(customer.id)))["messages"] == 0


def _closed_in_list(client: Client, conversation_id: str) -> bool:
    return any(
        event["conversation"]["id"] == conversation_id and event["conversation"]["status"] == "closed"
        for event in client.heard("conversation_updated")
    )


async def _nothing_left(installation: Installation, word: str) -> None:
    """Look through every column of every table."""
    connection = await asyncpg.connect(installation.database_url)
    try:
        for table in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
            name = table["tablename"]
            found = await connection.fetch(f'select t from "{name}" t where t::text like $1', f"%{word}%")
            assert not found, name
    finally:
        await connection.close()
