"""Rows for the fuzzer to speak of: whoever makes up numbers finds nothing, and has tried nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from schemathesis import Case

from tests.server.installation import Installation, Person

PASSWORD = "a password of the fuzzer's"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
MAKE = {
    "label_id": "insert into labels (name, colour) values (gen_random_uuid()::text, 'red') returning id",
    "into": "insert into labels (name, colour) values (gen_random_uuid()::text, 'blue') returning id",
    "team_id": "insert into teams (name) values (gen_random_uuid()::text) returning id",
    "reply_id": "insert into canned_replies (owner_id, title, body) values ($1, 'Hours', 'We open at 9.') returning id",
    "note_id": "insert into customer_notes (customer_id, author_id, text) values ($2, $1, 'Likes tea') returning id",
    "notification_id": """
        insert into notifications (user_id, conversation_id, lane, seq, kind, verdict)
        select $1, c.id, 0, nextval('notifications_id_seq'), 'replied', 'told' from conversations c
         where c.customer_id = $2 limit 1 returning id
    """,
    "inbox_id": """
        insert into inboxes (key, name, origins, identity_secret)
        values (gen_random_uuid()::text, gen_random_uuid()::text, '{}', 'secret') returning id
    """,
    "action_id": """
        insert into bulk_actions (id, user_id, state, change)
        values (gen_random_uuid(), $1, 'done', '{"priority": "high"}') returning id::text
    """,
    "view_id": """
        insert into saved_views (owner_id, name, predicate, sort)
        values ($1, 'Mine', '{"op": "is", "field": "waiting", "value": [true]}', 'activity') returning id
    """,
}
"""The row of each name, made by the agent $1 about the customer $2."""

FREE = """
    with labels as (update labels set name = gen_random_uuid()::text where deleted_at is null),
         teams as (update teams set name = gen_random_uuid()::text)
    update canned_replies set shortcut = ''
"""
"""Frees the names that an earlier example has taken."""


class Rows:
    """What one operation may speak of. What an example takes away, the next one has anew."""

    def __init__(self, installation: Installation, customer: Person, agent: Person) -> None:
        self._installation = installation
        self._customer = customer
        self._agent = agent

    def put_into(self, case: Case[Any]) -> None:
        """Let a call speak of what there is, and wait for nothing."""
        if "conversation_id" in case.path_parameters:
            case.path_parameters["conversation_id"] = self._customer.conversation_id
        for name in MAKE.keys() & case.path_parameters.keys():
            case.path_parameters[name] = self._made(name)
        if case.operation.path.endswith("/events"):
            case.query["wait"] = 0
        if isinstance(case.body, dict):
            if case.body.keys() & {"name", "shortcut"}:
                self._run(FREE)
            self._fill(case.body)

    def _fill(self, body: dict[str, Any]) -> None:
        if "conversation_id" in body:
            body["conversation_id"] = self._customer.conversation_id
        if "inbox" in body:
            body["inbox"] = self._installation.inbox_key
        if isinstance(body.get("change"), dict):
            self._fill(body["change"])
        if "view" in body:
            body["view"] = "open"
        if "into" in body:
            body["into"] = self._made("into")
        if "new_password" in body:
            body["password"] = PASSWORD
            self._run("update users set password_hash = $2 where id = $1", self._agent.id, HASH)
        if body.get("snoozed_until"):
            # A description knows nothing of today.
            body["snoozed_until"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        if body.get("member_ids"):
            body["member_ids"] = [self._agent.id]
        if body.get("inbox_ids"):
            # Not the customer's, which would be hidden from whoever is no member.
            body["inbox_ids"] = [self._run(MAKE["inbox_id"])]
        if isinstance(body.get("values"), dict):
            body["values"] = without_nul(body["values"])
        content = body.get("content")
        if isinstance(content, dict) and content.get("mentions"):
            # They are for notes, and each is of somebody who is there and named in the text. A description that said so
            # of the body and its content together would take the fuzzer five seconds to break.
            body["lane"] = "team"
            content["mentions"] = [{"kind": "user", "id": self._agent.id, "name": self._agent.name}]
            content["text"] = f"@{self._agent.name}"

    def _made(self, name: str) -> Any:
        people = {"$1": self._agent.id, "$2": self._customer.id}
        return self._run(MAKE[name], *(user_id for place, user_id in people.items() if place in MAKE[name]))

    def _run(self, statement: str, *arguments: object) -> Any:
        return asyncio.run(self._installation.sql(statement, *arguments))


def without_nul(value: Any) -> Any:
    """Leave out what Postgres cannot store, of which a description cannot say that it is nowhere inside."""
    match value:
        case dict():
            return {without_nul(key): without_nul(item) for key, item in value.items()}
        case list():
            return [without_nul(item) for item in value]
        case str():
            return value.replace("\0", "")
        case _:
            return value
