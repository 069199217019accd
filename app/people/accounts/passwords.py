"""Passwords, hashed with argon2id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid, RateLimited

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 2
"""Hashes at the same time; each takes 64 MiB and some 50 ms of a core, in a thread."""
WAITING = 32
"""Sign-ins queued before we answer `rate_limited`; about 2 s of hashing."""
MIN_CHARS = 8
"""NIST SP 800-63B, section 3.1.1.2."""
MAX_CHARS = 1024


def check_password(password: str) -> None:
    """Raises Invalid: It is too short or too long."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise Invalid(f"The password must have {MIN_CHARS} to {MAX_CHARS} characters.")


class Passwords:
    """Hash and check passwords without blocking the loop, a few at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._decoy = ""

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; None takes as long and is always wrong.

        So the time of an answer does not say which addresses have an account.

        Raises:
            RateLimited: Too many are being checked.
        """
        if not self._decoy:
            self._decoy = await self.hash("a password that nobody has")
        good = await self._run(self._matches, password_hash or self._decoy, password)
        return good and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        if self._waiting >= WAITING:
            raise RateLimited("Too many people are signing in right now. Try again.", retry_after_ms=2000)
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(work, *arguments, **options)
        finally:
            self._waiting -= 1
