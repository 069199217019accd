"""POST /chat/sessions: how a customer comes in. POST /chat/conversations: how they begin another conversation."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from quart import Blueprint, request

from app.errors import (
    AuthFailed,
    Forbidden,
    NotFound,
    RateLimited,
    TokenExpired,
    TooManyConversations,
)
from app.people.accounts.service import Accounts
from app.people.customers.device import ZONE, read_device
from app.people.customers.service import Sessions
from app.people.tokens import hash_token
from app.protocol import User
from app.spine.allowance import PERIOD_SECONDS
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate, bearer_token
from app.spine.http.clients import client_of
from app.spine.http.operations import operation
from app.spine.http.origins import foreign_origin
from app.spine.identity import ApiKey
from app.spine.sockets.spine import Spine
from app.values.text import NO_NUL


class SessionRequest(Struct, frozen=True):
    inbox: Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
    """The inbox's public key."""
    identity: str | None = None
    """JWT by which the website vouches for its customer; HS256 with the inbox's secret, `sub` and `exp`.

    An empty one is none. Any other fault of it is in the answer's `reason`.
    """
    resume_closed: bool = False
    """Go on in a closed conversation as long as a message opens it again, rather than in a new one."""
    conversation_id: UUID | None = None
    """With `resume_closed`: go on in this one, open or closed. One that is not this customer's counts for nothing."""


class SessionZone(Struct, frozen=True):
    zone: Annotated[str, Meta(max_length=64, pattern=ZONE)]
    """Its name in the IANA database."""


class InboxAppearance(Struct, frozen=True):
    name: str
    welcome: str
    colour: str | None
    agents_online: bool


class SessionOpened(Struct, frozen=True):
    session_token: str
    user: User
    conversation_id: UUID
    inbox: InboxAppearance
    is_identified: bool
    """A website has vouched for this customer. Show such a session on no page that does not vouch again."""
    has_others: bool
    """There are other conversations of theirs beside this one; `GET /chat/conversations` lists all."""


class Beginning(Struct, frozen=True):
    client_id: UUID
    """Of your choice: makes a repetition safe."""


class Begun(Struct, frozen=True):
    """The conversation, empty but for what was said in it since it was first asked for."""

    conversation_id: UUID


def blueprint(spine: Spine, customers: Sessions, accounts: Accounts) -> Blueprint:
    sessions = Blueprint("sessions", __name__, url_prefix="/chat")

    @sessions.post("/sessions")
    @operation(
        body=SessionRequest,
        gives={200: SessionOpened, 201: SessionOpened},
        errors=[AuthFailed, TokenExpired, Forbidden, NotFound, RateLimited],
    )
    async def open_session(body: SessionRequest) -> tuple[SessionOpened, int]:
        """Come in as a customer of a website.

        With an earlier session's token as bearer the same customer goes on (200); without, or when the
        identity is someone else's, there is a new session (201). The token is a new one where an identity is
        given for a visitor, and the old one ends. A closed conversation is followed by a new one, unless it is to
        be resumed.
        """
        token = bearer_token()
        if token is None:
            await count_newcomer()
        else:
            await spine.limiter.take(
                "session_joins",
                hash_token(token).hex(),
                count=spine.settings.limits.widget.joins,
                seconds=PERIOD_SECONDS,
            )
        try:
            session = await customers.open(
                body.inbox,
                identity=body.identity,
                token=token,
                origin=foreign_origin(spine.origins),
                resume_closed=body.resume_closed,
                wish=body.conversation_id,
                device=read_device(request.headers.get("User-Agent"), request.headers.get("Accept-Language")),
            )
        except AuthFailed:
            if token is not None:
                # Or whoever makes tokens up would be counted by nobody.
                await count_newcomer()
            raise
        inbox = session.inbox
        opened = SessionOpened(
            session.token,
            User(id=session.user_id, role="customer", name=session.name),
            session.conversation_id,
            InboxAppearance(inbox.name, inbox.welcome, inbox.colour, await accounts.any_here()),
            session.is_identified,
            session.has_others,
        )
        return opened, 201 if session.is_new else 200

    async def count_newcomer() -> None:
        await spine.limiter.take(
            "sessions",
            client_of(request, spine.settings.trusted_proxies),
            count=spine.settings.limits.sessions,
            seconds=PERIOD_SECONDS,
        )

    @sessions.post("/conversations")
    @operation(
        body=Beginning,
        gives={201: Begun},
        errors=[Forbidden, TooManyConversations, RateLimited],
        by=["session"],
    )
    async def begin_conversation(body: Beginning) -> tuple[Begun, int]:
        """Begin another conversation, beside those that are open.

        The same `client_id` again is answered as the first time. While there is one in which nothing was said
        yet, it is that one.
        """
        who = await authenticate(spine.auth)
        if isinstance(who, ApiKey) or who.session_id is None:
            raise Forbidden("This is for customers; a backend begins with POST /chat.")
        await allow(spine, who, "joins")
        return Begun(await customers.begin(who.user_id, body.client_id)), 201

    @sessions.put("/sessions/zone")
    @operation(body=SessionZone, gives={204: None}, errors=[Forbidden, RateLimited], by=["session"])
    async def place_session(body: SessionZone) -> None:
        """Say to which time zone the customer's browser is set: agents read what time it is there."""
        who = await authenticate(spine.auth)
        if isinstance(who, ApiKey) or who.session_id is None:
            raise Forbidden("This is for customers, whose token is a session's.")
        await allow(spine, who, "joins")
        await customers.place(who.user_id, body.zone)

    @sessions.delete("/sessions")
    @operation(gives={204: None}, errors=[Forbidden], by=["session"])
    async def end_session() -> None:
        """End the session whose token is the bearer. Its open sockets are closed with 4202."""
        who = await authenticate(spine.auth)
        if isinstance(who, ApiKey) or who.session_id is None:
            raise Forbidden("This ends a customer's session; agents sign out with POST /auth/logout.")
        await customers.end(who.session_id, who.user_id)

    return sessions
