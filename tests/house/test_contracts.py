"""Each contract of `pyproject.toml` is kept by the app and broken by an import that it is there to forbid."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import _register_contract_types, read_user_options
from importlinter.domain.contract import Contract, registry

PYPROJECT = str(Path(__file__).parents[2] / "pyproject.toml")
FORBIDDEN = {
    "Imports go down one list": [("app.spine.rooms.rooms", "app.talk.marks.service")],
    "Inside a feature: what is asked, the service, the store": [
        ("app.talk.marks.store", "app.talk.marks.service")
    ],
    "Siblings do not run in circles": [("app.people.auth.service", "app.people.accounts.service")],
    "Hypercorn's inside is the server's own business": [("app.talk", "app.spine.server.front")],
    "Only commands start engines and migrate": [("app.operate.health", "app.operate.migrate")],
    "Only app.spine.db knows databases": [("app.talk.marks.store", "databases")],
    "A store is asked by its own folder": [
        ("app.desk.conversations.service", "app.talk.marks.store"),
    ],
    "An area has at most twelve features": [
        (f"app.desk.feature_{number}.service", "app.errors") for number in range(12)
    ],
}
"""An import or more for each contract that breaks it."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


def contracts() -> dict[str, Contract]:
    _register_contract_types(read_user_options(PYPROJECT))
    found = read_configuration(PYPROJECT)
    return {
        options["name"]: registry.get_contract_class(options["type"])(
            options["name"], found["session_options"], options
        )
        for options in found["contracts_options"]
    }


CONTRACTS = contracts()


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_kept_and_a_forbidden_import_breaks_it(
    name: str, graph: grimp.ImportGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    assert CONTRACTS[name].check(deepcopy(graph), verbose=False).kept
    broken = deepcopy(graph)
    for importer, imported in FORBIDDEN[name]:
        add(broken, importer)
        broken.add_import(importer=importer, imported=imported)
    check = CONTRACTS[name].check(deepcopy(broken), verbose=False)
    assert not check.kept
    CONTRACTS[name].render_broken_contract(check)
    assert imported.partition(".")[0] in capsys.readouterr().out


def add(graph: Any, module: str) -> None:
    """Add a module and the packages around it."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        graph.add_module(".".join(parts[:length]))
