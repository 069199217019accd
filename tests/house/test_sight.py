"""What is read for somebody comes from `visible()`, and not from the table of conversations."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.sources import ROOT, modules

FROM_CONVERSATIONS = re.compile(r"\b(?:from|join|using|update|into)\s+conversations\b", re.IGNORECASE)
FOR_NOBODY = {
    "app/bots/store.py": "queues of the system's own; what a bot reads, `claim_turn` asks for",
    "app/people/clearing/store.py": "what nobody needs is deleted",
    "app/people/erasure/store.py": "the operator erases a customer",
    "app/people/operating/store.py": "the operator looks for a customer",
    "migrations/functions/append_entries.sql": "the bot falls silent, by an entry that was allowed",
    "migrations/functions/apply_conversation_event.sql": "the state follows an entry that was allowed",
    "migrations/functions/begin_conversation.sql": "the row is made",
    "migrations/functions/facets.sql": "the row beside it has the same facets",
    "migrations/functions/lock_customers.sql": "rows are locked for an entry that is then judged",
    "migrations/functions/open_conversation.sql": "the row is made",
    "migrations/functions/visible.sql": "the rule",
}
"""Files that go to the table itself, and why no reader is behind it."""


def statements(path: Path) -> str:
    """Return what a file says to Postgres, as far as its strings tell."""
    if path.suffix == ".sql":
        return re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    strings = [
        node.value
        for node in ast.walk(modules()[str(path.relative_to(ROOT))])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "\n".join(strings)


def test_only_these_go_past_the_rule() -> None:
    files = [*(ROOT / path for path in modules()), *(ROOT / "migrations" / "functions").glob("*.sql")]
    found = {str(path.relative_to(ROOT)) for path in files if FROM_CONVERSATIONS.search(statements(path))}
    assert found == set(FOR_NOBODY)


def test_a_way_past_the_rule_is_seen() -> None:
    for wrong in (
        "select * from conversations c",
        "left join\n  conversations on true",
        "UPDATE conversations",
    ):
        assert FROM_CONVERSATIONS.search(wrong)
    for right in ("from conversations_gone", "join visible($1, $2) c", "from conversation_heads"):
        assert not FROM_CONVERSATIONS.search(right)
