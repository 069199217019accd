from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON_LOCKS = ["deploy/requirements.txt", "tests/requirements.txt", "frontend/requirements.txt"]


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ \\]+)", (ROOT / lock).read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;! ]", requirement, maxsplit=1)[0] for requirement in requirements}


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_a_lock_for_python_has_a_hash_for_each_pin_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", ""), re.MULTILINE)
    for block in re.split(r"\n(?=[a-z])", text.strip()):
        assert "--hash=sha256:" in block, block


def test_the_lock_for_npm_has_no_address_of_a_registry() -> None:
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    for path, package in packages.items():
        assert "://" not in package.get("resolved", ""), path
        is_ours = package.get("link") or not path.startswith("node_modules/")
        assert is_ours or package["integrity"].startswith("sha512-"), path


def test_every_requirement_is_locked_and_both_locks_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, everything = pins("deploy/requirements.txt"), pins("tests/requirements.txt")
    assert names(project["project"]["dependencies"]) <= runtime.keys()
    assert names(project["dependency-groups"]["dev"]) <= everything.keys()
    assert names(project["dependency-groups"]["node"]) <= pins("frontend/requirements.txt").keys()
    assert {name: everything.get(name) for name in runtime} == runtime


def test_make_names_no_folder_that_may_have_a_space(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    for name in ("Makefile", *PYTHON_LOCKS, "frontend/package-lock.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    said = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "install", "run", "lint", "build", "lock", "faults"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert "-m app serve" in said.stdout
    assert "a folder" not in said.stdout


def test_a_server_installs_no_tool_of_developers() -> None:
    developers = names(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["dev"])
    assert not developers & pins("deploy/requirements.txt").keys()
