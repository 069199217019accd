"""The map in docs/architecture.md has every room of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.sources import ROOT

MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
AREAS = ("people", "talk", "desk", "connect")


def rooms(folder: str) -> list[Path]:
    """Return the folders that hold code, and the modules beside them."""
    found = [each for each in (ROOT / "app" / folder).iterdir() if not each.name.startswith("__")]
    return [each for each in found if each.suffix == ".py" or any(each.glob("*.py"))]


@pytest.mark.parametrize("area", AREAS)
def test_every_feature_stands_in_the_row_of_its_area(area: str) -> None:
    [row] = [line for line in MAP.splitlines() if line.startswith(f"| `app/{area}/`")]
    assert [each.name for each in rooms(area) if each.is_dir() and each.name not in row] == []


def test_every_folder_and_module_of_the_spine_is_named() -> None:
    assert [each.name for each in rooms("spine") if f"app/spine/{each.name}" not in MAP] == []


def test_every_area_is_named() -> None:
    assert [each.name for each in rooms("") if f"app/{each.name}" not in MAP] == []
