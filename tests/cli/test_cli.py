"""The commands that set things up, as processes."""

from __future__ import annotations

import asyncpg
import click
import pytest
from click.testing import CliRunner

from app.__main__ import cli
from app.cli.demo import create_demo
from app.cli.group import failure_of
from app.errors import FiresideError, Invalid, Stale
from app.settings import Settings
from app.values.postgres_address import PostgresAddress
from tests.cli.shell import Shell


def test_an_agent_gets_a_password_once_and_keeps_it(shell: Shell, settings: Settings) -> None:
    agent = ("create-agent", "--email", "ada@example.com", "--name", "Ada")
    first = shell.json(*agent)
    assert first["created"]
    assert len(first["password"]) >= 16
    again = shell.json("create-agent", "--email", "ADA@example.com", "--name", "Ada L.", "--role", "admin")
    assert again == {"id": first["id"], "email": "ADA@example.com", "created": False}
    told = shell.run(*agent)
    assert told.stdout == "Updated the agent Ada <ada@example.com>.\n"


async def test_settings_that_an_update_does_not_name_stay(shell: Shell, settings: Settings) -> None:
    shell.json("create-agent", "--email", "ada@example.com", "--name", "Ada", "--role", "admin")
    connection = await asyncpg.connect(settings.database_url)
    before = await connection.fetchrow("select is_admin, password_hash from users where role = 'agent'")
    shell.json("create-agent", "--email", "ada@example.com", "--name", "Ada")
    assert (
        await connection.fetchrow("select is_admin, password_hash from users where role = 'agent'") == before
    )
    assert before["is_admin"]
    assert (
        shell.run(
            "create-agent",
            "--email",
            "ada@example.com",
            "--name",
            "Ada",
            "--password",
            "-",
            input="from a pipe\n",
        ).returncode
        == 0
    )
    after = await connection.fetchval("select password_hash from users where role = 'agent'")
    assert after != before["password_hash"]
    assert after.startswith("$argon2id$")
    await connection.close()


def test_a_password_that_everybody_could_see_is_warned_of(shell: Shell) -> None:
    agent = ("create-agent", "--email", "ada@example.com", "--name", "Ada", "--password")
    seen = shell.run(*agent, "correct horse")
    assert seen.returncode == 0
    assert "`--password -`" in seen.stderr
    assert "correct horse" not in seen.stderr + seen.stdout
    assert shell.run(*agent, "-", input="correct horse\n").stderr == ""


def test_an_inbox_keeps_its_key_and_takes_what_is_given(shell: Shell) -> None:
    sites = ("--origin", "https://shop.example", "--origin", "http://Müller.example:80/")
    first = shell.json("create-inbox", "--name", "Shop", *sites, "--bot", "echo")
    assert first["origins"] == ["https://shop.example", "http://xn--mller-kva.example"]
    assert first["bot"] == "echo"
    again = shell.json("create-inbox", "--name", "Shop", "--bot", "none")
    assert again == {**first, "bot": "none"}
    secret = shell.json("create-inbox", "--name", "Shop", "--any-origin", "--show-identity-secret")
    assert secret["origins"] == []
    assert len(secret["identity_secret"]) >= 32
    told = shell.run("create-inbox", "--name", "Shop")
    assert f'data-inbox="{first["key"]}"' in told.stdout
    assert secret["identity_secret"] not in told.stdout
    assert "PUBLIC_URL is not set" in told.stderr


def test_an_api_key_is_shown_once_and_replaced_only_when_told_to(shell: Shell) -> None:
    key = shell.json("create-api-key", "--name", "backend")["key"]
    assert key.startswith("fsk_")
    refused = shell.run("create-api-key", "--name", "backend")
    assert refused.returncode == 2
    assert "--rotate" in refused.stderr
    assert shell.json("create-api-key", "--name", "backend", "--rotate")["key"] != key


def test_an_order_that_cannot_be_followed_is_answered_by_one_clear_line(
    shell: Shell, subtests: pytest.Subtests
) -> None:
    for arguments, status, reason in [
        (("create-agent", "--email", "nobody", "--name", "N"), 2, "'nobody' is no email address"),
        (("create-agent", "--email", "a@b.example", "--name", ""), 2, "The name is empty"),
        (("create-agent", "--email", "a@b.example", "--name", "a\x1bb"), 2, "control character"),
        (("create-agent", "--email", "a@b.example", "--name", "N", "--password", "short"), 2, "8 to 1024"),
        (("create-agent", "--name", "N"), 2, "--email"),
        (("create-inbox", "--name", "S", "--origin", "https://shop.example/a"), 2, "leave out what comes"),
        (("create-inbox", "--name", "S", "--origin", "shop.example; x"), 2, "begin with https://"),
        (("create-inbox", "--name", "S", "--origin", "http://[::1]:8000"), 2, "IPv6"),
        (("create-inbox", "--name", "S", "--origin", "https://a.example", "--any-origin"), 2, "either"),
        (("create-inbox", "--name", "S", "--colour", "red"), 2, "#c2410c"),
        (("create-inbox", "--name", "S", "--bot", "openai"), 2, "OPENAI_BASE_URL"),
        (("create-inbox", "--name", "S", "--bot", "parrot"), 2, "'parrot'"),
    ]:
        with subtests.test(reason):
            # In this process: a dozen interpreters would take as many seconds.
            done = CliRunner().invoke(cli, arguments, env=shell.environment)
            assert done.exit_code == status
            assert reason in done.stderr
            assert done.stdout == ""


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**53, 2**63, 10**40])
def test_a_number_that_nothing_can_have_is_a_wrong_call(shell: Shell, number: int) -> None:
    taken = [
        (name, option.opts[0])
        for name, command in cli.commands.items()
        for option in command.params
        if isinstance(option.type, click.types.IntParamType)
        # Within no day at all a conversation opens again never.
        if (number, option.opts[0]) != (0, "--reopen-days")
    ]
    assert ("erase-visitor", "--customer") in taken
    for name, option in taken:
        done = CliRunner().invoke(cli, (name, option, str(number)), env=shell.environment)
        assert done.exit_code == 2, name
        assert f"'{option}': {number} is not in the range" in done.stderr


async def test_the_first_run_makes_a_demo_and_a_second_does_not(settings: Settings) -> None:
    demo = await create_demo(PostgresAddress.read(settings.database_url))
    assert demo is not None
    assert await create_demo(PostgresAddress.read(settings.database_url)) is None
    connection = await asyncpg.connect(settings.database_url)
    assert await connection.fetchval("select email from users where role = 'agent'") == demo.email
    await connection.close()


async def test_a_database_in_use_gets_no_demo(settings: Settings, shell: Shell) -> None:
    shell.json("create-inbox", "--name", "Shop")
    assert await create_demo(PostgresAddress.read(settings.database_url)) is None


def test_each_command_tells_a_wrong_call_by_its_exit_status(subtests: pytest.Subtests) -> None:
    for name in cli.commands:
        with subtests.test(name):
            assert CliRunner().invoke(cli, (name, "--no-such-option")).exit_code == 2


def test_only_a_wrong_call_or_setting_has_the_exit_status_of_one() -> None:
    def kinds(kind: type[FiresideError]) -> list[type[FiresideError]]:
        return [kind, *(each for child in kind.__subclasses__() for each in kinds(child))]

    for kind in kinds(FiresideError):
        failure = failure_of(Stale("Why.", []) if kind is Stale else kind("Why."))
        assert failure is not None
        assert failure[1] == (2 if issubclass(kind, Invalid) else 1), kind
