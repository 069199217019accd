"""Asking servers of others: one client with limits, and their failures in our words."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import httpx2
from msgspec import json

from app.bots.bot import BotFailed

CONNECT_SECONDS = 5.0
CONNECTIONS = 64
RETRY_SECONDS = 0.5
"""Pause before a second try, when the server does not say how long to wait."""
RETRY_SECONDS_MAX = 5.0
"""A customer waits no longer for a second try; a server that asks for more has failed."""

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Status codes after which the same request may succeed; 529 is how model providers say "overloaded"."""


def open_client(timeout_seconds: float) -> httpx2.AsyncClient:
    """Make the client that all bots share. No redirects: requests carry keys and what customers wrote."""
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
        limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS // 4),
        # Answers are bounded as they are read; a compressed one would be bounded only after it was unpacked.
        headers={"accept-encoding": "identity", "user-agent": "Fireside"},
    )


@asynccontextmanager
async def post(
    client: httpx2.AsyncClient, url: str, *, headers: Mapping[str, str], body: object
) -> AsyncGenerator[httpx2.Response, None]:
    """Send `body` as JSON; give the response if its status is a success, with its body still to be read.

    Raises:
        BotFailed: also for what goes wrong while the caller reads the response.
    """
    content = body if isinstance(body, bytes) else json.encode(body)
    try:
        async with client.stream(
            "POST", url, headers={"content-type": "application/json", **headers}, content=content
        ) as response:
            _check_status(response)
            yield response
    except httpx2.ConnectTimeout as error:
        raise BotFailed("no connection in time", reason="timeout", retry_after=RETRY_SECONDS) from error
    except httpx2.TimeoutException as error:
        raise BotFailed("no answer in time", reason="timeout") from error
    except httpx2.TransportError as error:
        raise BotFailed(
            f"the connection failed: {type(error).__name__}", retry_after=RETRY_SECONDS
        ) from error
    except (httpx2.InvalidURL, httpx2.TooManyRedirects) as error:
        raise BotFailed("the address is not usable") from error


def _check_status(response: httpx2.Response) -> None:
    if response.is_success:
        return
    retry_after = _retry_after(response) if response.status_code in RETRIED else None
    raise BotFailed(f"the answer has the status {response.status_code}", retry_after=retry_after)


def _retry_after(response: httpx2.Response) -> float | None:
    try:
        seconds = float(response.headers.get("retry-after", RETRY_SECONDS))
    except ValueError:  # A date, which is rarely meant for seconds.
        return RETRY_SECONDS
    return max(seconds, 0.0) if seconds <= RETRY_SECONDS_MAX else None
