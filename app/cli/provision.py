"""Commands that set up agents, inboxes and API keys; each joins the engines that run, or starts them."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click
import msgspec

from app.bots import NEEDS, check_configuration
from app.cli.group import Failure, address, cli, load_settings, with_engines
from app.operate.embedded import Engines
from app.operate.migrate import migrate
from app.people.provisioning.service import create_agent, create_api_key, create_inbox
from app.settings import Settings
from app.spine.db import Database

__all__ = ["cli"]

Result = TypeVar("Result")

as_json = click.option("--json", "json", is_flag=True, help="Print one JSON object, for scripts.")


def with_database(settings: Settings, task: Callable[[Database], Awaitable[Result]]) -> Result:
    """Run `task` on a migrated database."""

    async def run(engines: Engines) -> Result:
        if engines.started and not settings.database_url:
            # Or an agent of production is made where nobody looks, for its environment was not at hand.
            here = f"the database in {settings.var_dir}, which no server uses now"
            click.echo(f"Note: DATABASE_URL is not set, so this is about {here}.", err=True)
        await migrate(engines.database)
        db = Database(engines.database, pool_size=1)
        try:
            await db.connect()
            return await task(db)
        finally:
            await db.disconnect()

    return with_engines(settings, run)


def tell(facts: Any, sentence: str, *, json: bool) -> None:
    click.echo(msgspec.json.encode(facts).decode() if json else sentence)


def read_password(given: str | None) -> str | None:
    """Return the password that an option gives, or the first line of standard input where it says so."""
    if given == "-":
        return sys.stdin.readline().rstrip("\n")
    if given is not None:
        seen = "Everybody on this machine could see that password; give `--password -` and type or pipe it."
        click.echo(f"Warning: {seen}", err=True)
    return given


@cli.command("create-agent")
@click.option("--email", required=True)
@click.option("--name", required=True, help="As customers see it.")
@click.option(
    "--password",
    help="Give `-` and it is read from standard input; what stands here is seen in the list of processes."
    " Without it, a new agent gets one made.",
)
@click.option("--role", type=click.Choice(["admin", "agent"]), help="A new agent is `agent` by default.")
@as_json
def create_agent_command(email: str, name: str, password: str | None, role: Any, *, json: bool) -> None:
    """Create an agent, or update the one with this address; a new password signs them out everywhere."""
    given = read_password(password)
    agent = with_database(
        load_settings(), lambda db: create_agent(db, email=email, name=name, password=given, role=role)
    )
    facts = {"id": agent.id, "email": email, "created": agent.is_new}
    sentence = f"{'Created' if agent.is_new else 'Updated'} the agent {name} <{email}>."
    if agent.generated_password is not None:
        facts["password"] = agent.generated_password
        sentence += f"\nPassword, shown this once: {agent.generated_password}"
    tell(facts, sentence, json=json)


@cli.command("create-inbox")
@click.option("--name", required=True, help="As customers see it.")
@click.option("--origin", "origins", multiple=True, help="A site that may embed the widget; may be repeated.")
@click.option("--any-origin", is_flag=True, help="Any site may embed it; so it is by default.")
@click.option("--bot", type=click.Choice(list(NEEDS)), help="Who answers until an agent does.")
@click.option("--welcome", help="What a customer reads first.")
@click.option("--colour", help="Of the launcher, such as #c2410c.")
@click.option(
    "--reopen-days",
    type=click.IntRange(0, 3650),
    help="Days in which a customer's message opens a closed conversation again; 7 at first.",
)
@click.option("--show-identity-secret", is_flag=True, help="Also print what your site signs identities with.")
@as_json
def create_inbox_command(
    name: str,
    origins: tuple[str, ...],
    bot: str | None,
    welcome: str | None,
    colour: str | None,
    reopen_days: int | None,
    *,
    any_origin: bool,
    show_identity_secret: bool,
    json: bool,
) -> None:
    """Create an inbox, which is a website with a widget, or update the one of this name; its key stays."""
    settings = load_settings()
    if any_origin and origins:
        raise Failure("Give either --origin or --any-origin.", exit_code=2)
    if bot is not None and (trouble := check_configuration(bot, settings)) is not None:
        raise Failure(trouble, exit_code=2)
    inbox = with_database(
        settings,
        lambda db: create_inbox(
            db,
            name=name,
            origins=origins if origins or any_origin else None,
            bot=bot,
            welcome=welcome,
            colour=colour,
            reopen_days=reopen_days,
        ),
    )
    facts = {
        "id": inbox.id,
        "key": inbox.key,
        "name": inbox.name,
        "origins": inbox.origins,
        "bot": inbox.bot,
        "reopen_days": inbox.reopen_days,
    }
    script = f'<script src="{address(settings)}/widget.js" data-inbox="{inbox.key}" async></script>'
    sentence = f"The key of {name} is {inbox.key}. For its pages:\n{script}"
    if not settings.public_url and not json:
        unseen = f"put the address that users see in place of {address(settings)}, or set PUBLIC_URL"
        click.echo(f"Note: PUBLIC_URL is not set; {unseen}.", err=True)
    if show_identity_secret:
        facts["identity_secret"] = inbox.identity_secret
        sentence += f"\nIdentity secret: {inbox.identity_secret}"
    tell(facts, sentence, json=json)


@cli.command("create-api-key")
@click.option("--name", required=True, help="What it is for.")
@click.option("--rotate", is_flag=True, help="Replace the key of this name; the old one ends at once.")
@as_json
def create_api_key_command(name: str, *, rotate: bool, json: bool) -> None:
    """Create a key with which a backend may use the REST API. It is shown this once."""
    key = with_database(load_settings(), lambda db: create_api_key(db, name=name, rotate=rotate))
    tell({"name": name, "key": key}, key, json=json)
