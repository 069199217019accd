"""From a token to an identity, for sockets and REST alike."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from time import monotonic
from uuid import UUID

from app.errors import AuthFailed, TokenExpired
from app.people.agent import Agent
from app.people.auth.store import (
    Session,
    select_api_keys,
    select_revoked,
    select_sessions,
    select_signed_in,
    update_seen_at,
)
from app.people.tokens import (
    API_KEY_PREFIX,
    SESSION_PREFIX,
    AccessToken,
    hash_token,
    make_token,
    read_access_token,
    sign_access_token,
    succeed_token,
)
from app.spine.batch import Batch
from app.spine.db import Database
from app.spine.identity import ApiKey, Identity, Reader
from app.spine.installation import insert_value
from app.spine.latest import keep

SEEN_SECONDS = 60.0
"""Seconds between two notes that a session was used over REST; whoever is gone is cleared after an hour."""
SEEN = 50_000
"""Sessions whose last note is remembered in this process; one beyond them costs a statement more."""


class Auth:
    """Check tokens.

    Look-ups that come together share a statement, so a storm of sockets costs a few of them.
    """

    def __init__(self, db: Database, *, secret: str, access_token_seconds: int) -> None:
        self._db = db
        self._secret = secret
        self._access_token_seconds = access_token_seconds
        self._agents: Batch[tuple[int, UUID | None], Agent] = Batch(partial(select_signed_in, db))
        self._sessions: Batch[bytes, Session] = Batch(partial(select_sessions, db))
        self._seen: dict[int, float] = {}
        """The time at which each session was last noted, on the monotonic clock, the oldest first."""
        self._api_keys: Batch[bytes, ApiKey] = Batch(partial(select_api_keys, db))

    async def start(self) -> None:
        """Make the secret that signs access tokens, where none is set; it is one for the database."""
        if not self._secret:
            self._secret = await insert_value(self._db, "jwt_secret", make_token())

    async def agent(self, token: str) -> Identity:
        """Return the agent whose access token this is.

        Raises:
            TokenExpired: Get a new one with the refresh cookie.
            AuthFailed: The token is not good, the sign-in has ended, or the account is disabled.
        """
        claims = read_access_token(token, secret=self._secret)
        agent = await self._agents.load((claims.user_id, claims.family))
        if agent is None:
            raise AuthFailed("You were signed out. Sign in again.")
        return Identity(
            user_id=agent.id,
            role="agent",
            name=agent.name,
            is_admin=agent.is_admin,
            family=claims.family,
            expires_at=claims.expires_at,
        )

    async def customer(self, token: str) -> Identity:
        """Return the customer whose session token this is.

        Raises:
            TokenExpired, AuthFailed: Ask for a new session.
        """
        session = await self.session(token)
        return Identity(user_id=session.user_id, role="customer", name=session.name, session_id=session.id)

    async def session(self, token: str) -> Session:
        """Return the session of a token; raises as `customer` does."""
        session = await self._sessions.load(hash_token(token))
        if session is None:
            raise AuthFailed("This session has ended. Ask for a new one.")
        if session.has_expired:
            raise TokenExpired("This session has expired. Ask for a new one.")
        return session

    async def anyone(self, token: str) -> Reader:
        """Return whose token it is: an agent's, a customer's, or a backend's; raises as those do."""
        if token.startswith(API_KEY_PREFIX):
            return await self.api_key(token)
        if token.startswith(SESSION_PREFIX):
            customer = await self.customer(token)
            await self._saw(customer.session_id)
            return customer
        return await self.agent(token)

    async def _saw(self, session_id: int | None) -> None:
        """Note that a customer is here who has no socket, or they would be cleared away while they read."""
        now = monotonic()
        if session_id is None or now - self._seen.get(session_id, -SEEN_SECONDS) < SEEN_SECONDS:
            return
        keep(self._seen, session_id, now, most=SEEN)
        await update_seen_at(self._db, session_id)

    async def api_key(self, token: str) -> ApiKey:
        """Return the backend's key.

        Raises:
            AuthFailed: There is no such key.
        """
        key = await self._api_keys.load(hash_token(token))
        if key is None:
            raise AuthFailed("This API key is not valid. Make one with `python -m app create-api-key`.")
        return key

    async def revoked(self, identities: Collection[Identity]) -> set[Identity]:
        """Return those who may no longer be here.

        Disabled users, and those whose session or sign-in has ended. One statement.
        """
        everyone = list(identities)
        return {everyone[index] for index in await select_revoked(self._db, everyone)}

    def issue_access_token(self, user: Agent, family: UUID | None = None) -> AccessToken:
        """Sign a short token for an agent, good while the sign-in `family` is, if one is given."""
        return sign_access_token(user.id, family, secret=self._secret, seconds=self._access_token_seconds)

    def succeed_refresh_token(self, token: str) -> str:
        """Return the refresh token that follows this one."""
        return succeed_token(token, self._secret)
