"""People who speak HTTP to the app."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from quart.typing import TestClientProtocol as Client

from app.people.inboxes.inbox import Inbox

__all__ = ["PASSWORD", "Client", "Person", "come_in_to"]

PASSWORD = "correct horse"


async def come_in_to(client: Client, inbox: Inbox) -> Person:
    """Return a new customer."""
    response = await client.post("/chat/sessions", json={"inbox": inbox.key})
    body = await response.get_json()
    assert response.status_code == 201, body
    return Person(client, body["session_token"], body["user"]["id"], body["conversation_id"])


class Person:
    """Someone with a token."""

    def __init__(self, client: Client, token: str, id: int = 0, conversation_id: str = "") -> None:
        self.client = client
        self.token = token
        self.id = id
        self.conversation_id = conversation_id
        self.headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, **options: Any) -> Any:
        return await self.client.get(path, headers=self.headers, **options)

    async def post(self, path: str, json: Any, **headers: str) -> Any:
        return await self.client.post(path, headers={**self.headers, **headers}, json=json)

    async def patch(self, path: str, json: Any) -> Any:
        return await self.client.patch(path, headers=self.headers, json=json)

    async def say(self, text: str, conversation_id: str = "", **fields: Any) -> Any:
        message = {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": text}, **fields}
        return await self.post(
            f"/chat/conversations/{conversation_id or self.conversation_id}/messages", message
        )
