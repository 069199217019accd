"""POST /chat/sessions: how a customer comes in."""

from __future__ import annotations

from quart import Blueprint, request

from app.allowance import PERIOD_SECONDS
from app.blueprints.bearer import bearer_token
from app.blueprints.bodies import InboxAppearance, SessionOpened, SessionRequest
from app.blueprints.clients import client_of
from app.blueprints.operations import operation
from app.blueprints.origins import foreign_origin
from app.errors import AuthFailed, Forbidden, NotFound, RateLimited, TokenExpired
from app.protocol import User
from app.services import Services
from app.store.users import select_agents_online


def blueprint(services: Services) -> Blueprint:
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
        identity is someone else's, there is a new session (201). A closed conversation is followed by a new
        one.
        """
        if bearer_token() is None:
            await services.limiter.take(
                "sessions",
                client_of(request, services.settings.trusted_proxies),
                count=services.settings.limit_sessions,
                seconds=PERIOD_SECONDS,
            )
        session = await services.sessions.open(
            body.inbox,
            identity=body.identity,
            token=bearer_token(),
            origin=foreign_origin(services.origins),
        )
        inbox = session.inbox
        opened = SessionOpened(
            session.token,
            User(id=session.user_id, role="customer", name=session.name),
            session.conversation_id,
            InboxAppearance(inbox.name, inbox.welcome, inbox.colour, await select_agents_online(services.db)),
        )
        return opened, 201 if session.is_new else 200

    return sessions
