from __future__ import annotations

import base64
import hashlib
import hmac
import time

import msgspec
import pytest

from app.bots.webhook import key_of, signed
from tests.bots.asking import pieces_of
from tests.bots.dialects import TURN, WEBHOOK
from tests.bots.upstream import Upstream


async def test_the_receiver_gets_the_message_and_what_came_before(upstream: Upstream) -> None:
    upstream.will_answer(b'{"reply": "Yes."}', content_type="application/json")
    await pieces_of("webhook", WEBHOOK.settings(upstream.url))
    asked = upstream.asked[0]
    assert asked.path == "/bot"
    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {
        "type": "message_received",
        "data": {
            "conversation_id": str(TURN.conversation_id),
            "message_id": str(TURN.message_id),
            "created_at": "2026-01-02T03:04:05Z",
            "text": "Do you ship to Norway?",
            "customer": {"id": 7, "name": "Ada", "email": "ada@example.com"},
            "history": [
                {"role": "customer", "name": "Ada", "text": "Hello"},
                {"role": "customer", "name": "Ada", "text": "Anyone there?"},
                {"role": "bot", "name": "Bot", "text": "Hi! How can I help?"},
            ],
        },
    }


@pytest.mark.parametrize("secret", ["plain words", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
async def test_the_receiver_can_check_who_asks_and_when(secret: str, upstream: Upstream) -> None:
    upstream.will_answer(b'{"reply": "Yes."}', content_type="application/json")
    settings = msgspec.structs.replace(WEBHOOK.settings(upstream.url), bot_webhook_secret=secret)
    before = int(time.time())
    await pieces_of("webhook", settings)
    headers = upstream.asked[0].headers
    assert before <= int(headers["webhook-timestamp"]) <= time.time()
    assert headers["webhook-id"] == str(TURN.message_id)
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + upstream.asked[0].body
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signature = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"


def test_the_signature_is_the_one_of_the_standard() -> None:
    # A published example, so that the libraries that receivers use agree with us.
    headers = signed(
        key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
