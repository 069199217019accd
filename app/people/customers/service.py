"""Customers coming in: a session for a browser, and a conversation to write in."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from app.errors import AuthFailed, Forbidden, NotFound, TooManyConversations
from app.people.auth.service import Auth
from app.people.customers.device import Device
from app.people.customers.site_identity import SiteIdentity, read_identity
from app.people.customers.store import (
    begin_conversation,
    has_others,
    insert_identified,
    insert_visitor,
    open_conversation,
    raise_session,
    revoke_session,
    select_customer,
    select_resumable,
    update_attributes,
    update_device,
    update_session,
    update_zone,
)
from app.people.inboxes.inbox import Inbox
from app.people.inboxes.service import Inboxes
from app.people.tokens import SESSION_PREFIX, hash_token, make_token
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.identity import Identity, Reader
from app.values.origin import Origin
from app.values.uuid7 import uuid7


class OpenSession(Struct, frozen=True, kw_only=True):
    token: str
    is_new: bool
    is_identified: bool
    """A website has vouched for the customer."""
    user_id: int
    name: str
    conversation_id: UUID
    has_others: bool
    """The customer has said something, or was told something, in another conversation too."""
    inbox: Inbox


class Sessions:
    def __init__(self, db: Database, auth: Auth, *, session_days: int, most_open: int) -> None:
        self._db = db
        self._auth = auth
        self._inboxes = Inboxes(db)
        self._days = session_days
        self._most_open = most_open
        self.on_ended: Hearers[[int]] = Hearers()
        """Told whose session has ended, for the sockets that live on it."""
        self.on_risen: Hearers[[int]] = Hearers()
        """Told who has a new token now instead of the old one, which the answer is yet to tell."""
        self.on_begun: Hearers[[int, UUID]] = Hearers()
        """Told whose conversation has begun, for their other tabs and devices."""

    async def open(
        self,
        inbox_key: str,
        *,
        identity: str | None,
        token: str | None,
        origin: Origin | None,
        resume_closed: bool = False,
        wish: UUID | None = None,
        device: Device | None = None,
    ) -> OpenSession:
        """Resume the session of `token` or begin a new one, and open a conversation if none is open.

        With `resume_closed` one that a message opens again will do, and the wish whichever it is, if it is theirs.

        `origin` is the foreign site that asks, if it is one. Repeating it with the token changes nothing, but
        for a visitor who is identified with it: their token is replaced. A browser that did not get that answer comes
        again with the old token and the identity, and has a session.

        Raises:
            NotFound: There is no such inbox.
            Forbidden: The site may not embed this inbox.
            AuthFailed, TokenExpired: The token or the identity is not good; come again without it.
        """
        inbox = await self._inboxes.find(inbox_key)
        if inbox is None:
            raise NotFound("There is no inbox with this key. Copy it from `create-inbox`.")
        if origin is not None and not inbox.allows(origin):
            raise Forbidden(f"This inbox may not be used on {origin}. Allow it with `create-inbox --origin`.")
        who = read_identity(identity, inbox.identity_secret) if identity else None
        resumed = await self._resume(token, inbox, who) if token is not None else None
        token, user_id, name, is_identified = resumed or await self._begin(inbox, who, device)
        if device is not None and (resumed or who):
            await update_device(self._db, user_id, device)
        if who is not None and who.attributes is not None:
            await update_attributes(self._db, user_id, who.attributes)
        is_known = resumed is not None or is_identified
        conversation_id = await self.conversation_of(
            user_id, resume_closed=resume_closed, wish=wish, is_known=is_known
        )
        return OpenSession(
            token=token,
            is_new=resumed is None,
            is_identified=is_identified,
            user_id=user_id,
            name=name,
            conversation_id=conversation_id,
            has_others=is_known and await has_others(self._db, user_id, conversation_id),
            inbox=inbox,
        )

    async def conversation_of(
        self, user_id: int, *, resume_closed: bool = False, wish: UUID | None = None, is_known: bool = True
    ) -> UUID:
        """Return a customer's open conversation, or a closed one that a message opens again; else a new one.

        With `resume_closed` it is the wish, if that is theirs. A customer who is not known is in no other tab.
        """
        found = await select_resumable(self._db, user_id, wish=wish) if resume_closed and is_known else None
        if found is None:
            new_id = uuid7()
            found = await open_conversation(self._db, user_id, new_id)
            if found == new_id and is_known:
                self.on_begun.tell(user_id, found)
        return found

    async def begin(self, user_id: int, client_id: UUID) -> UUID:
        """Begin a further conversation; the same `client_id` again is the same conversation.

        Raises:
            TooManyConversations: So many of theirs are open that one has to be closed first.
        """
        new_id = uuid7()
        begun = await begin_conversation(
            self._db, user_id, new_id, client_id=client_id, most_open=self._most_open
        )
        if begun is None:
            raise TooManyConversations(
                f"You have {self._most_open} open conversations. Go on in one of them."
            )
        if begun == new_id:
            self.on_begun.tell(user_id, begun)
        return begun

    async def customer_in(self, reader: Reader, conversation_id: UUID) -> Identity | None:
        """Return the customer of a conversation that this reader sees."""
        return await select_customer(self._db, reader, conversation_id)

    async def place(self, user_id: int, zone: str) -> None:
        """Keep the time zone that a customer's browser is set to."""
        await update_zone(self._db, user_id, zone)

    async def end(self, session_id: int, user_id: int) -> None:
        """End a customer's session: its token opens nothing from now on, and its sockets are closed."""
        await revoke_session(self._db, session_id)
        self.on_ended.tell(user_id)

    async def _resume(
        self, token: str, inbox: Inbox, who: SiteIdentity | None
    ) -> tuple[str, int, str, bool] | None:
        try:
            session = await self._auth.session(token)
        except AuthFailed:
            if who is None:
                raise
            return None  # The identity alone is enough.
        if session.inbox_id != inbox.id:
            raise AuthFailed("This session belongs to another inbox. Ask for a new one.")
        name, email = (who.name, who.email) if who else (None, None)
        if who is None or session.external_id == who.sub:
            name_now = await update_session(self._db, session.id, name=name, email=email, days=self._days)
        elif session.external_id is not None:
            return None  # Someone else has signed in on this browser: they get a session of their own.
        else:
            token = make_token(SESSION_PREFIX)
            name_now = await raise_session(
                self._db,
                session.user_id,
                hash_token(token),
                external_id=who.sub,
                name=name,
                email=email,
                days=self._days,
            )
            if name_now is not None:
                self.on_risen.tell(session.user_id)
        if name_now is None:
            return None
        return token, session.user_id, name_now, who is not None or session.external_id is not None

    async def _begin(
        self, inbox: Inbox, who: SiteIdentity | None, device: Device | None
    ) -> tuple[str, int, str, bool]:
        token = make_token(SESSION_PREFIX)
        if who is None:
            _, user_id, name = await insert_visitor(
                self._db, hash_token(token), inbox_id=inbox.id, days=self._days, device=device
            )
            return token, user_id, name, False
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
        return token, user_id, name, True
