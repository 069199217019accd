"""The end of agents, sign-ins, sessions and keys by an operator. Open sockets follow within 30 s."""

from __future__ import annotations

from uuid import UUID

from app.errors import Invalid, NotFound
from app.people.accounts.emails import fold_email
from app.people.accounts.passwords import Passwords, check_password
from app.people.operating import store
from app.people.operating.store import (
    Customer,
    end_sessions,
    end_sign_ins,
    select_admin_left,
    select_agent_rows,
    select_api_key_rows,
    select_customers,
)
from app.people.provisioning.service import make_password
from app.spine.db import Database

__all__ = [
    "disable_agent",
    "end_sessions",
    "end_sign_ins",
    "find_agent",
    "find_customer",
    "reset_password",
    "revoke_api_key",
    "select_admin_left",
    "select_agent_rows",
    "select_api_key_rows",
]


async def find_agent(db: Database, email: str) -> int:
    """Return the number of the agent with this address.

    Raises:
        NotFound: There is none.
    """
    user_id = await store.select_agent_id(db, fold_email(email))
    if user_id is None:
        raise NotFound(f"There is no agent with the address {email!r}. See who there is with `list-agents`.")
    return user_id


async def find_customer(
    db: Database, *, user_id: int | None, conversation: str | None, email: str | None
) -> Customer:
    """Return the one customer with this number, in this conversation or with this address.

    Raises:
        Invalid: None or more than one of the three is given, it cannot be, or several customers have the address.
        NotFound: There is none.
    """
    if sum(each is not None for each in (user_id, conversation, email)) != 1:
        raise Invalid("Say who: give one of --customer, --conversation and --email.")
    try:
        conversation_id = None if conversation is None else UUID(conversation)
    except ValueError as error:
        raise Invalid(
            f"{conversation!r} is no conversation. Copy it from the address of its page in the admin."
        ) from error
    found = await select_customers(db, user_id=user_id, conversation_id=conversation_id, email=email)
    if not found:
        raise NotFound(
            "There is no such customer. Copy the number from beside the conversation in the admin,"
            " or the conversation from the address of its page."
        )
    if len(found) > 1:
        numbers = ", ".join(f"{each.id} in {each.inbox}" for each in found)
        raise Invalid(f"Several customers have this address: {numbers}. Give one with --customer.")
    return found[0]


async def disable_agent(db: Database, email: str) -> bool:
    """Let an agent in no more; tell whether that is news. `create-agent` lets them in again."""
    return await store.disable_agent(db, await find_agent(db, email))


async def reset_password(db: Database, email: str, password: str | None) -> str:
    """Give an agent a password, the given one or a made one, and end all sign-ins; return it."""
    user_id = await find_agent(db, email)
    if password is None:
        password = make_password()
    check_password(password)
    await store.replace_password(db, user_id, await Passwords().hash(password))
    return password


async def revoke_api_key(db: Database, name: str) -> bool:
    """Let a backend's key be good no more; tell whether that is news.

    Raises:
        NotFound: There is no such key.
    """
    was_good = await store.revoke_api_key(db, name)
    if was_good is None:
        raise NotFound(f"There is no API key {name!r}. See which there are with `list-keys`.")
    return was_good
