"""Customers coming in: a session for a browser, and a conversation to write in."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct

from app.db import Database
from app.errors import AuthFailed, Forbidden, Invalid, NotFound
from app.origin import Origin
from app.services.auth import Auth
from app.services.tokens import SESSION_PREFIX, hash_token, make_token, read_identity_token
from app.store.conversations import open_conversation
from app.store.inboxes import Inbox, select_inbox
from app.store.sessions import insert_identified, insert_visitor, update_session
from app.text import NAME_CHARS, Line, line
from app.uuid7 import uuid7


class SignedIdentity(Struct, frozen=True, kw_only=True):
    """What a website says of its customer: `sub` is the customer's id there."""

    sub: Line
    name: Line | None = None
    email: Line | None = None

    def __post_init__(self) -> None:
        for claim in self.__struct_fields__:
            said = getattr(self, claim)
            if said is not None:
                line(said, f"claim `{claim}`", NAME_CHARS)


class OpenSession(Struct, frozen=True, kw_only=True):
    token: str
    is_new: bool
    user_id: int
    name: str
    conversation_id: UUID
    inbox: Inbox


class Sessions:
    def __init__(self, db: Database, auth: Auth, *, session_days: int) -> None:
        self._db = db
        self._auth = auth
        self._days = session_days

    async def open(
        self, inbox_key: str, *, identity: str | None, token: str | None, origin: Origin | None
    ) -> OpenSession:
        """Resume the session of `token` or begin a new one, and open a conversation if none is open.

        `origin` is the foreign site that asks, if it is one. Repeating it with the token changes nothing.

        Raises:
            NotFound: There is no such inbox.
            Forbidden: The site may not embed this inbox.
            AuthFailed, TokenExpired: The token or the identity is not good; come again without it.
        """
        inbox = await select_inbox(self._db, inbox_key)
        if inbox is None:
            raise NotFound("There is no inbox with this key. Copy it from `create-inbox`.")
        if origin is not None and not inbox.allows(origin):
            raise Forbidden(f"This inbox may not be used on {origin}. Allow it with `create-inbox --origin`.")
        who = _read_identity(identity, inbox) if identity is not None else None
        resumed = await self._resume(token, inbox, who) if token is not None else None
        token, user_id, name = resumed or await self._begin(inbox, who)
        return OpenSession(
            token=token,
            is_new=resumed is None,
            user_id=user_id,
            name=name,
            conversation_id=await open_conversation(self._db, user_id, uuid7()),
            inbox=inbox,
        )

    async def _resume(
        self, token: str, inbox: Inbox, who: SignedIdentity | None
    ) -> tuple[str, int, str] | None:
        session = await self._auth.session(token)
        if session.inbox_id != inbox.id:
            raise AuthFailed("This session belongs to another inbox. Ask for a new one.")
        name = await update_session(
            self._db,
            session.id,
            external_id=who.sub if who else None,
            name=who.name if who else None,
            email=who.email if who else None,
            days=self._days,
        )
        # Someone else has signed in on this browser: they get a session of their own.
        return None if name is None else (token, session.user_id, name)

    async def _begin(self, inbox: Inbox, who: SignedIdentity | None) -> tuple[str, int, str]:
        token = make_token(SESSION_PREFIX)
        if who is None:
            _, user_id, name = await insert_visitor(
                self._db, hash_token(token), inbox_id=inbox.id, days=self._days
            )
            return token, user_id, name
        customer = await insert_identified(
            self._db,
            hash_token(token),
            inbox_id=inbox.id,
            external_id=who.sub,
            name=who.name,
            email=who.email,
            days=self._days,
        )
        if customer is None:
            raise AuthFailed("This customer's account is disabled.")
        _, user_id, name = customer
        return token, user_id, name


def _read_identity(token: str, inbox: Inbox) -> SignedIdentity:
    claims = read_identity_token(token, secret=inbox.identity_secret)
    try:
        return msgspec.convert(claims, SignedIdentity)
    except Invalid as error:
        raise AuthFailed(f"The identity is refused. {error.message}") from error
    except msgspec.ValidationError as error:
        raise AuthFailed(f"The identity has a claim that cannot be: {error}.") from error
