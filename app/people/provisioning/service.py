"""Agents, inboxes and API keys, as an operator sets them up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from app.errors import Invalid
from app.people.accounts.emails import fold_email
from app.people.accounts.passwords import Passwords, check_password
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.store import (
    insert_api_key,
    select_agent_exists,
    upsert_agent,
    upsert_api_key,
    upsert_inbox,
)
from app.people.tokens import API_KEY_PREFIX, hash_token, make_token
from app.spine.db import Database
from app.values import text
from app.values.origin import NotAnOrigin, Origin, is_source, parse_origin

EMAIL = re.compile(r"[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+")
WELCOME_CHARS = 500
COLOUR = re.compile(r"#[0-9a-f]{6}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that are not mistaken for one another when copied by hand."""


class NewAgent(Struct, frozen=True, kw_only=True):
    id: int
    is_new: bool
    generated_password: str | None
    """Told this once; only its hash is kept."""


async def create_agent(
    db: Database, *, email: str, name: str, password: str | None, role: Literal["admin", "agent"] | None
) -> NewAgent:
    """Create the agent with this address or update them.

    A new agent without a password gets a generated one and is no admin unless `role` says so. An existing one
    keeps what is not given; a new password ends all sign-ins.

    Raises:
        Invalid: A value cannot be.
    """
    folded = fold_email(email)
    if len(folded) > 254 or not EMAIL.fullmatch(folded):
        raise Invalid(f"{email!r} is no email address.")
    text.name(name)
    if password is not None:
        check_password(password)
    generated = None
    if password is None and not await select_agent_exists(db, folded):
        password = generated = make_password()
    user_id, is_new = await upsert_agent(
        db,
        email=folded,
        name=name,
        is_admin=None if role is None else role == "admin",
        password_hash=None if password is None else await Passwords().hash(password),
    )
    return NewAgent(id=user_id, is_new=is_new, generated_password=generated)


async def create_inbox(
    db: Database,
    *,
    name: str,
    origins: Sequence[str] | None = None,
    bot: str | None = None,
    welcome: str | None = None,
    colour: str | None = None,
    reopen_days: int | None = None,
) -> Inbox:
    """Create the inbox of this name, or update what is given; its key stays the same.

    Raises:
        Invalid: A value cannot be.
    """
    text.name(name)
    sites = None if origins is None else list(dict.fromkeys(map(read_site, origins)))
    if colour is not None and not COLOUR.fullmatch(colour.lower()):
        raise Invalid(f"{colour!r} is no colour; give one such as #c2410c.")
    if welcome:
        text.prose(welcome, "welcome", WELCOME_CHARS)
    return await upsert_inbox(
        db,
        name,
        key=secrets.token_hex(8),
        identity_secret=make_token(),
        origins=sites,
        bot=bot,
        welcome=welcome,
        colour=colour and colour.lower(),
        reopen_days=reopen_days,
    )


async def create_api_key(db: Database, *, name: str, rotate: bool) -> str:
    """Return a new API key; only its hash is kept.

    Raises:
        Invalid: The name is taken, and its key is not to be replaced.
    """
    text.name(name)
    key = make_token(API_KEY_PREFIX)
    if rotate:
        await upsert_api_key(db, name, hash_token(key))
    elif await insert_api_key(db, name, hash_token(key)) is None:
        raise Invalid(
            f"There is an API key {name!r} already. Take another name, or replace it with --rotate."
        )
    return key


def read_site(written: str) -> Origin:
    try:
        origin = parse_origin(written.strip())
    except NotAnOrigin as error:
        raise Invalid(f"{written!r} is no origin: {error}. Give one such as https://shop.example.") from error
    if not is_source(origin):
        raise Invalid(
            f"{written!r} cannot embed the widget: browsers take neither IPv6 addresses nor underscores in the"
            " list of sites that may. Reach the site by another name, or give --any-origin."
        )
    return origin


def make_password() -> str:
    """Return a password of about 79 random bits that can be read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
