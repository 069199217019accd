"""Engines that may be killed: started once for all tests of faults, apart from everybody else's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.engines import OwnEngines, own_engines


@pytest.fixture(scope="session")
def mortal_engines() -> Iterator[OwnEngines]:
    with tempfile.TemporaryDirectory(prefix="fireside-faults-") as var_dir, own_engines(Path(var_dir)) as own:
        yield own
