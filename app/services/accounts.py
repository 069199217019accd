"""Agents signing in, staying signed in, and signing out."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from msgspec import Struct

from app.client import Subject
from app.db import Database
from app.errors import AuthFailed
from app.services.auth import Auth
from app.services.limiter import Limiter
from app.services.passwords import Passwords
from app.services.tokens import AccessToken, hash_token, make_token
from app.store.refresh_tokens import insert_refresh_token, revoke_family, rotate_refresh_token
from app.store.users import Agent, select_login, update_password_hash

FAILURE_SECONDS = 300
"""The time in which so many wrong passwords are let pass."""


class SignIn(Struct, frozen=True, kw_only=True):
    agent: Agent
    access: AccessToken
    refresh_token: str
    refresh_expires_at: datetime


class Accounts:
    def __init__(
        self,
        db: Database,
        auth: Auth,
        passwords: Passwords,
        limiter: Limiter,
        *,
        refresh_token_days: int,
        failures: int,
    ) -> None:
        self._db = db
        self._auth = auth
        self._passwords = passwords
        self._limiter = limiter
        self._failures = failures
        self._days = refresh_token_days

    async def sign_in(self, email: str, password: str, *, address: Subject) -> SignIn:
        """Begin a family of refresh tokens for the agent; `address` is where the request comes from.

        Raises:
            AuthFailed: Address or password is wrong; which one is not said.
            RateLimited: Too many are signing in, or there were too many wrong passwords.
            Unavailable: Wrong passwords cannot be counted, for Redis is away.
        """
        await self._count_failure(email, address, cost=0)
        login = await select_login(self._db, email.strip())
        agent, password_hash = login or (None, None)
        if (
            not await self._passwords.verify(password_hash, password)
            or agent is None
            or password_hash is None
        ):
            await self._count_failure(email, address, cost=1)
            raise AuthFailed("That email and password don't match.")
        if self._passwords.is_outdated(password_hash):
            await update_password_hash(
                self._db, agent.id, password_hash, await self._passwords.hash(password)
            )
        token, family = make_token(), uuid4()
        expires_at = await insert_refresh_token(
            self._db, hash_token(token), family=family, user_id=agent.id, days=self._days
        )
        return SignIn(
            agent=agent,
            access=self._auth.issue_access_token(agent, family),
            refresh_token=token,
            refresh_expires_at=expires_at,
        )

    async def _count_failure(self, email: str, address: Subject, *, cost: int) -> None:
        """Count a wrong password against the account and, ten times as patiently, against the address."""
        for what, subject, count in (
            ("login", hash_token(email.strip().lower()).hex(), self._failures),
            ("login_address", address, self._failures * 10),
        ):
            await self._limiter.take(
                what, subject, count=count, seconds=FAILURE_SECONDS, cost=cost, open_without_redis=False
            )

    async def refresh(self, token: str) -> SignIn:
        """Give a new access token, and the refresh token that follows `token`.

        Safe to repeat for a few seconds: the answer may have been lost, or another tab may have asked too.

        Raises:
            AuthFailed: The token is unknown, ended, or was used before; in the last case its family ends.
        """
        successor = self._auth.succeed_refresh_token(token)
        rotation = await rotate_refresh_token(
            self._db, hash_token(token), hash_token(successor), days=self._days
        )
        if rotation is None or rotation.verdict == "ended":
            raise AuthFailed("You were signed out. Sign in again.")
        if rotation.verdict == "reused":
            raise AuthFailed("This sign-in was used from two places and has been ended. Sign in again.")
        return SignIn(
            agent=rotation.agent,
            access=self._auth.issue_access_token(rotation.agent, rotation.family),
            refresh_token=successor,
            refresh_expires_at=rotation.expires_at,
        )

    async def sign_out(self, token: str) -> None:
        """End the sign-in. Its open sockets are closed within half a minute."""
        await revoke_family(self._db, hash_token(token))
