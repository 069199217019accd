"""Who hears what is said in one place, and no constructor reaches into another object."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.sources import calls, last_name, modules

WIRING = "app/factory.py"


def hooks() -> set[str]:
    """Return the names of all attributes that hold hearers."""
    return {
        last_name(node.target)
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and "Hearers[" in ast.unparse(node.annotation)
    }


def hearers_added(tree: ast.Module, names: set[str]) -> Iterator[str]:
    for call, method in calls(tree):
        if method.attr == "add" and isinstance(method.value, (ast.Attribute, ast.Subscript)):
            whose = method.value.value if isinstance(method.value, ast.Subscript) else method.value
            if last_name(whose) in names:
                yield f"line {call.lineno}: {ast.unparse(call)}"


def attributes_of_others_set(tree: ast.Module) -> Iterator[str]:
    constructors = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    )
    for constructor in constructors:
        for node in ast.walk(constructor):
            for target in node.targets if isinstance(node, ast.Assign) else ():
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) != "self":
                    yield f"line {target.lineno}: {ast.unparse(target)}"


def test_the_hooks_are_found() -> None:
    assert {"appended", "entry", "on_change", "on_hints", "on_notice"} <= hooks()


def test_hearers_are_added_by_the_wiring_alone() -> None:
    names = hooks()
    added = {path: [*hearers_added(tree, names)] for path, tree in modules().items()}
    assert added.pop(WIRING)
    assert [found for found in added.items() if found[1]] == []


def test_a_constructor_sets_attributes_of_its_own_object_alone() -> None:
    found = {path: [*attributes_of_others_set(tree)] for path, tree in modules().items()}
    assert [each for each in found.items() if each[1]] == []


def test_what_is_forbidden_is_seen() -> None:
    wrong = ast.parse(
        "class Feed:\n"
        "    def __init__(self, rooms, broker):\n"
        "        rooms.news.entry.add(self.touch)\n"
        "        broker.on_notice['agent'].add(self.take)\n"
        "        broker.epoch = self.epoch\n"
    )
    assert len([*hearers_added(wrong, hooks())]) == 2
    assert len([*attributes_of_others_set(wrong)]) == 1
