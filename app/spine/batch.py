"""Look-ups that share a statement: what is asked while one is at Postgres goes together in the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextvars import Context
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Batch(Generic[Key, Value]):
    """Group single look-ups into batches, without a timer: a lone one waits for nothing.

    A storm of reconnecting clients costs a few statements instead of one for each client.
    """

    def __init__(
        self, load: Callable[[list[Key]], Awaitable[Mapping[Key, Value]]], *, size: int = 500
    ) -> None:
        self._load = load
        self._size = size
        self._waiting: dict[Key, asyncio.Future[Value | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def load(self, key: Key) -> Value | None:
        """Return the value for `key`, or None where there is none.

        The same key asked twice is looked up once. Cancellation leaves the others alone.

        Raises:
            Whatever the loading function raises, to everyone who waits for that batch.
        """
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
            if self._task is None:
                # In no context: it works for whoever asks, and its logs are not those of the first.
                self._task = asyncio.create_task(self._run(), context=Context())
        return await asyncio.shield(future)

    async def _run(self) -> None:
        while self._waiting:
            batch = {key: self._waiting.pop(key) for key in list(self._waiting)[: self._size]}
            try:
                found = await self._load(list(batch))
            except Exception as error:  # noqa: BLE001 - whatever it was, it is told to those who asked.
                for future in batch.values():
                    future.set_exception(error)
                    future.exception()  # Its waiters may be gone; that is no news for the log.
            else:
                for key, future in batch.items():
                    future.set_result(found.get(key))
        self._task = None
