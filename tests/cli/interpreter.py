"""An interpreter that has imported the commands, and runs each that it is asked for in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

from app.__main__ import cli


def become(arguments: list[str], environment: dict[str, str], folder: str, files: list[int]) -> None:
    """Be `python -m app` in a child that was just forked; does not return."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    cli(arguments, prog_name="python -m app")


def run(asked: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(asked["input"].encode())
        given.seek(0)
        files = [given.fileno(), out.fileno(), err.fileno()]
        child = os.fork()
        if child == 0:
            become(asked["arguments"], asked["environment"], asked["folder"], files)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return {
            "returncode": os.waitstatus_to_exitcode(status),
            "stdout": out.read().decode(),
            "stderr": err.read().decode(),
        }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
