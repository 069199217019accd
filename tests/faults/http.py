"""HTTP requests, each on a connection of its own, as plainly as they can be made."""

from __future__ import annotations

import asyncio

PATIENCE_SECONDS = 1.0


async def ask(
    port: int, path: str, *, token: str = "", body: bytes | None = None, seconds: float = PATIENCE_SECONDS
) -> tuple[int, bytes]:
    """GET a path, or POST a JSON body to it; return the status and the body, (0, nothing) without an answer in time."""
    lines = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        *([f"Authorization: Bearer {token}"] if token else []),
        *([f"Content-Type: application/json\r\nContent-Length: {len(body)}"] if body is not None else []),
    ]
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
                head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
                return int(head.split(b" ", 2)[1]), answer
            finally:
                writer.close()
    except (OSError, TimeoutError, IndexError, ValueError):
        return 0, b""
