"""States are as safe as messages: whoever comes back, reads slowly or misses a notice sees what Postgres has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.engines import OwnEngines
from tests.faults.scenes import SCENES, findings_of


@pytest.mark.parametrize("name", SCENES)
async def test_states_are_as_postgres_has_them(mortal_engines: OwnEngines, tmp_path: Path, name: str) -> None:
    assert await findings_of(SCENES[name], mortal_engines, tmp_path, is_whole=True) == set()
