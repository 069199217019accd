"""SQL stands in stores: whoever looks for a statement, or for all that touch a table, looks there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePath

from tests.house.contracts import is_store
from tests.house.sources import calls, last_name, modules

ASKING = frozenset({"fetch", "fetchrow", "fetchval", "execute"})
SPINES_STORES = frozenset(
    f"app/spine/{name}.py"
    for name in ("log/entries", "log/epochs", "log/heads", "log/set_aside", "installation", "stored_origins")
)
"""Stores of the spine, each called by the noun that it keeps."""


def statements(tree: ast.Module) -> Iterator[str]:
    for call, method in calls(tree):
        if method.attr in ASKING and last_name(method.value) in {"db", "_db"}:
            yield f"line {call.lineno}: {ast.unparse(method)}"


def test_statements_are_made_in_stores_alone() -> None:
    found = {
        path: [*statements(tree)]
        for path, tree in modules().items()
        if path not in SPINES_STORES and not is_store(PurePath(path).stem)
    }
    assert [each for each in found.items() if each[1]] == []


def test_a_statement_in_a_service_is_seen() -> None:
    wrong = "class Service:\n    async def one(self):\n        return await self._db.fetchval('select 1')\n"
    assert [*statements(ast.parse(wrong))] == ["line 3: self._db.fetchval"]
