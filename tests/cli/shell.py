"""The commands as processes, of which only the first imports what all of them need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


class Interpreter:
    """An interpreter that has imported the commands, and forks for each: an import takes a busy machine seconds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.interpreter"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._turn = threading.Lock()

    def run(self, arguments: list[str], *, environment: dict[str, str], folder: Path, input: str) -> Done:
        asked = {"arguments": arguments, "environment": environment, "folder": str(folder), "input": input}
        with self._turn:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            print(json.dumps(asked), file=self._process.stdin, flush=True)
            return Done(**json.loads(self._process.stdout.readline()))

    def end(self) -> None:
        self._process.communicate()


class Shell:
    """An operator's, on the engines of these settings."""

    def __init__(self, interpreter: Interpreter, settings: Settings) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")},
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
        }
        self._interpreter = interpreter
        self._folder = settings.var_dir

    def run(self, *arguments: str, input: str = "") -> Done:
        return self._interpreter.run(
            list(arguments), environment=self.environment, folder=self._folder, input=input
        )

    def json(self, *arguments: str, input: str = "") -> Any:
        done = self.run(*arguments, "--json", input=input)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Interpreter]:
    running = Interpreter()
    yield running
    running.end()


@pytest.fixture
def shell(interpreter: Interpreter, settings: Settings) -> Shell:
    return Shell(interpreter, settings)
