"""Commands of an operator: who and what there is, and how it ends. Open sockets follow within 30 s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
import msgspec
from msgspec import Struct

from app.cli.group import cli, load_settings
from app.cli.provision import as_json, read_password, tell, with_database
from app.people.erasure.service import erase_customer
from app.people.inboxes.service import Inboxes
from app.people.operating.service import (
    disable_agent,
    end_sessions,
    end_sign_ins,
    find_agent,
    find_customer,
    reset_password,
    revoke_api_key,
    select_admin_left,
    select_agent_rows,
    select_api_key_rows,
)
from app.spine.db import Database

__all__ = ["cli"]

SOON = "Open pages are signed out within half a minute."

NUMBER = click.IntRange(1, 2**31 - 1)
"""A user's; Postgres keeps it in four bytes."""

which_agent = click.option("--email", required=True, help="The address that the agent signs in with.")


def which_customer(command: Any) -> Any:
    """Add the ways to say which customer is meant."""
    for option in (
        click.option("--customer", "user_id", type=NUMBER, help="The customer's number."),
        click.option("--conversation", help="A conversation of theirs, from the address of its page."),
    ):
        command = option(command)
    return command


@cli.command("list-agents")
@as_json
def list_agents_command(*, json: bool) -> None:
    """List all agents, with their role, sign-ins, and whether they are disabled."""
    rows = with_database(load_settings(), select_agent_rows)
    tell(
        rows, table(rows, ("id", "email", "name", "role", "sign_ins", "last_seen", "disabled_at")), json=json
    )


@cli.command("list-keys")
@as_json
def list_keys_command(*, json: bool) -> None:
    """List all API keys by name; the keys themselves are not kept."""
    rows = with_database(load_settings(), select_api_key_rows)
    tell(rows, table(rows, ("id", "name", "created_at", "revoked_at")), json=json)


@cli.command("list-inboxes")
@as_json
def list_inboxes_command(*, json: bool) -> None:
    """List all inboxes, with their keys, bots and sites."""
    inboxes = with_database(load_settings(), lambda db: Inboxes(db).all())
    facts = [
        {"id": each.id, "key": each.key, "name": each.name, "bot": each.bot, "origins": each.origins}
        for each in inboxes
    ]
    tell(facts, table(inboxes, ("id", "key", "name", "bot", "origins")), json=json)


@cli.command("disable-agent")
@which_agent
@as_json
def disable_agent_command(email: str, *, json: bool) -> None:
    """Sign an agent out everywhere and let them in no more; what they wrote stays. `create-agent` undoes it."""

    async def disable(db: Database) -> tuple[bool, bool]:
        return await disable_agent(db, email), await select_admin_left(db)

    is_news, is_admin_left = with_database(load_settings(), disable)
    sentence = f"Disabled {email}. {SOON}" if is_news else f"{email} was disabled already."
    if not is_admin_left:
        sentence += "\nNo admin is left: make one with `create-agent --role admin`."
    tell({"email": email, "disabled": is_news, "admin_left": is_admin_left}, sentence, json=json)


@cli.command("reset-password")
@which_agent
@click.option("--password", help="`-` reads it from standard input. Without it, one is made.")
@as_json
def reset_password_command(email: str, password: str | None, *, json: bool) -> None:
    """Give an agent a new password, and sign them out everywhere."""
    given = read_password(password)
    new = with_database(load_settings(), lambda db: reset_password(db, email, given))
    facts = {"email": email, **({"password": new} if given is None else {})}
    sentence = f"{email} has a new password. {SOON}"
    if given is None:
        sentence += f"\nPassword, shown this once: {new}"
    tell(facts, sentence, json=json)


@cli.command("end-sessions")
@click.option("--email", help="Of an agent: signs them out everywhere.")
@which_customer
@as_json
def end_sessions_command(
    email: str | None, user_id: int | None, conversation: str | None, *, json: bool
) -> None:
    """End all sessions of an agent or of a customer, who may come in again."""

    async def end(db: Database) -> tuple[int, str]:
        if email is not None and user_id is None and conversation is None:
            return await end_sign_ins(db, await find_agent(db, email)), email
        customer = await find_customer(db, user_id=user_id, conversation=conversation, email=email)
        return await end_sessions(db, customer.id), customer.name

    count, who = with_database(load_settings(), end)
    tell({"who": who, "ended": count}, f"Ended {count} session(s) of {who}. {SOON}", json=json)


@cli.command("revoke-api-key")
@click.option("--name", required=True, help="As in `list-keys`.")
@as_json
def revoke_api_key_command(name: str, *, json: bool) -> None:
    """Let a backend's key be good no more, at once."""
    is_news = with_database(load_settings(), lambda db: revoke_api_key(db, name))
    sentence = f"Revoked the API key {name}." if is_news else f"The API key {name} was revoked already."
    tell({"name": name, "revoked": is_news}, sentence, json=json)


@cli.command("erase-visitor")
@click.option("--email", help="The address that the website gave for them.")
@which_customer
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase_visitor_command(
    email: str | None, user_id: int | None, conversation: str | None, *, yes: bool, json: bool
) -> None:
    """Erase a customer: all texts of their conversations, their name, address, identity, sessions and marks.

    The conversations stay as empty, closed ones. Backups are not touched.
    """
    settings = load_settings()
    customer = with_database(
        settings, lambda db: find_customer(db, user_id=user_id, conversation=conversation, email=email)
    )
    who = f"customer {customer.id}, {customer.name}" + (f" <{customer.email}>" if customer.email else "")
    if not yes:
        click.confirm(
            f"Erase {who}, and all that was written with them? This cannot be undone.", abort=True, err=True
        )
    erased = with_database(settings, lambda db: erase_customer(db, customer.id))
    facts = {"id": customer.id, "messages": erased.messages, "conversations": erased.conversations}
    sentence = (
        f"Erased customer {customer.id}: {erased.messages} message(s) in {erased.conversations} conversation(s)."
        f" Open pages of theirs are closed within half a minute. Backups still hold what they held."
    )
    tell(facts, sentence, json=json)


def table(rows: Sequence[Struct], columns: Sequence[str]) -> str:
    """Return rows as text, in columns that line up."""
    cells = [list(columns), *([_cell(getattr(row, column)) for column in columns] for row in rows)]
    widths = [max(len(line[number]) for line in cells) for number in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def _cell(value: Any) -> str:
    match value:
        case None | [] | ():
            return "-"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case list():
            return " ".join(value)
        case _:
            return str(msgspec.to_builtins(value))
