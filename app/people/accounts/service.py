"""Agents signing in, staying signed in, and signing out."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from msgspec import Struct

from app.errors import AuthFailed, FiresideError, Forbidden, RateLimited
from app.people.accounts.emails import Email, fold_email
from app.people.accounts.passwords import Passwords, check_password
from app.people.accounts.refresh_token_store import insert_refresh_token, revoke_family, rotate_refresh_token
from app.people.accounts.store import (
    replace_password,
    select_agent,
    select_agents,
    select_agents_online,
    select_login,
    update_name,
    update_password_hash,
)
from app.people.agent import Agent
from app.people.auth.service import Auth
from app.people.tokens import AccessToken, hash_token, make_token
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.identity import Identity
from app.spine.limiter import Limiter
from app.values.client import Subject
from app.values.text import Line

FAILURE_SECONDS = 300
"""The time in which `failures` wrong passwords are let pass."""


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
        self.on_ended: Hearers[[int]] = Hearers()
        """Told whose sign-in has ended, for the sockets that live on it."""

    async def sign_in(self, email: Email, password: str, *, address: Subject) -> SignIn:
        """Begin a family of refresh tokens for the agent; `address` is where the request comes from.

        Raises:
            AuthFailed: Address or password is wrong; which one is not said.
            RateLimited: Too many are signing in, or there were too many wrong passwords.
        """
        agent, password_hash = await self._check_password(email, password, address)
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

    async def _check_password(self, email: Email, password: str, address: Subject) -> tuple[Agent, str]:
        """Return the agent and the hash of the password, which is right.

        Each try is paid for before it is judged, and given back where it was right or was not judged at all. Were it
        the other way round, tries that come together would pass together, and those after which the count cannot be
        written would be free.
        """
        await self._pay(email, address)
        try:
            agent, password_hash = await select_login(self._db, email) or (None, None)
            is_right = await self._passwords.verify(password_hash, password)
        except FiresideError:
            await self._give_back(email, address)
            raise
        if not is_right or agent is None or password_hash is None:
            raise AuthFailed("That email and password don't match.")
        await self._give_back(email, address)
        return agent, password_hash

    async def _pay(self, email: Email, address: Subject) -> None:
        """Count a try against the address and, ten times as strictly, against the account.

        The address comes first: whoever is refused there cannot close the door of an account.
        """
        by_address, by_account = self._counts(email, address)
        await self._limiter.take(*by_address, seconds=FAILURE_SECONDS)
        try:
            await self._limiter.take(*by_account, seconds=FAILURE_SECONDS)
        except RateLimited:
            await self._limiter.give_back(*by_address, seconds=FAILURE_SECONDS)
            raise

    async def _give_back(self, email: Email, address: Subject) -> None:
        for counted in self._counts(email, address):
            await self._limiter.give_back(*counted, seconds=FAILURE_SECONDS)

    def _counts(self, email: Email, address: Subject) -> tuple[tuple[str, str, int], tuple[str, str, int]]:
        account = hash_token(email).hex()
        return ("login_address", address, self._failures * 10), ("login", account, self._failures)

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
            self.on_ended.tell(rotation.agent.id)
            raise AuthFailed("This sign-in was used from two places and has been ended. Sign in again.")
        return SignIn(
            agent=rotation.agent,
            access=self._auth.issue_access_token(rotation.agent, rotation.family),
            refresh_token=successor,
            refresh_expires_at=rotation.expires_at,
        )

    async def rename(self, user_id: int, name: Line) -> Agent:
        """Raises AuthFailed: The agent has been disabled."""
        agent = await update_name(self._db, user_id, name)
        if agent is None:
            raise AuthFailed("This account is disabled.")
        return agent

    async def change_password(self, identity: Identity, password: str, new: str, *, address: Subject) -> None:
        """Replace the password and end the agent's other sign-ins.

        Wrong passwords count as they do at sign-in: a stolen access token is no way to try them faster.

        Raises:
            Forbidden: The present password is wrong.
            Invalid: The new one is too short or too long.
            RateLimited: There were too many wrong ones.
        """
        check_password(new)
        agent = await self.find(identity.user_id)
        if agent is None:
            raise AuthFailed("This account is disabled.")
        try:
            _, password_hash = await self._check_password(fold_email(agent.email), password, address)
        except AuthFailed:
            raise Forbidden("That is not your present password.") from None
        new_hash = await self._passwords.hash(new)
        if not await replace_password(
            self._db, agent.id, password_hash, new_hash, keep_family=identity.family
        ):
            raise Forbidden("Your password was changed meanwhile. Try again with the new one.")
        self.on_ended.tell(agent.id)

    async def find(self, user_id: int) -> Agent | None:
        """Return the agent with this id, unless they are disabled."""
        return await select_agent(self._db, user_id)

    async def all(self) -> list[Agent]:
        """Return the agents by name, without those who are disabled."""
        return await select_agents(self._db)

    async def any_here(self) -> bool:
        """Tell whether any agent is here to answer."""
        return await select_agents_online(self._db)

    async def sign_out(self, token: str) -> None:
        """End the sign-in. Its open sockets are closed."""
        user_id = await revoke_family(self._db, hash_token(token))
        if user_id is not None:
            self.on_ended.tell(user_id)
