"""The referee notices what is missing: each scene without the mechanism that it needs.

A product that is broken so does not come to rest, and on a busy machine it may break before the scene begins. These
have a command of their own, `make test-mutations`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.engines import OwnEngines
from tests.faults.scenes import SCENES, findings_of


# A scene that waits for what is missing does so for a minute, and may more than once.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SCENES)
async def test_the_referee_notices_what_is_missing(
    mortal_engines: OwnEngines, tmp_path: Path, name: str
) -> None:
    assert SCENES[name].broken_rule in await findings_of(
        SCENES[name], mortal_engines, tmp_path, is_whole=False
    )
