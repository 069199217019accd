"""Your own bot: a signed POST that is answered with the reply. docs/bots.md tells its receiver's side.

Signed as https://www.standardwebhooks.com asks, so that receivers find a library that checks it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import AsyncGenerator

import httpx2
from msgspec import Struct, json

from app.bots.body import read_document
from app.bots.bot import BotSilent, Markdown, Turn
from app.bots.decode import decode
from app.bots.upstream import post
from app.settings import Settings
from app.values.text import is_blank

ENCODED_SECRET = "whsec_"  # noqa: S105 - the prefix of one, not one.


class Answer(Struct):
    reply: str | None
    """Nothing in it is silence; without it, the answer is to another question than ours."""
    format: str | None = None
    """`markdown`, where the reply is written in it."""


class WebhookBot:
    def __init__(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._url = settings.bot_webhook_url
        self._key = key_of(settings.bot_webhook_secret)

    async def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        body = json.encode({"type": "message_received", "data": turn})
        headers = signed(self._key, str(turn.message_id), int(time.time()), body)
        async with post(self._client, self._url, headers=headers, body=body) as response:
            if response.status_code == 204:
                raise BotSilent
            answer = decode(await read_document(response), Answer)
            reply = answer.reply
            if reply is None or is_blank(reply):
                raise BotSilent
            yield Markdown(reply) if answer.format == "markdown" else reply


def key_of(secret: str) -> bytes:
    """Return the bytes of a secret: base64 after `whsec_`, or else the text itself.

    Raises:
        ValueError: The part after `whsec_` is not base64.
    """
    if not secret.startswith(ENCODED_SECRET):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(ENCODED_SECRET), validate=True)
    except binascii.Error as error:
        raise ValueError("what follows whsec_ is not base64") from error


def signed(key: bytes, webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent `body`, and when. `webhook_id` is the same at every try."""
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
