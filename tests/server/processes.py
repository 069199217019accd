"""Servers as they run in production: processes of their own, on a database of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90.0
"""Past this, what a test waits for will not come; a busy machine takes half of it for a start."""
SERVE = ("-m", "app", "serve")
"""Arguments of the interpreter that runs a server."""
OF_THIS_MACHINE = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
"""The environment without which no process runs."""
Line = dict[str, Any]


class Server:
    """One `python -m app serve`, and what it logs."""

    def __init__(
        self,
        environment: dict[str, str],
        directory: Path,
        *,
        under: Sequence[str] = (),
        program: Sequence[str] = SERVE,
    ) -> None:
        self._process = subprocess.Popen(
            # A warning in a server is a fault, as it is in a test.
            [*under, sys.executable, "-W", "error", *program],
            cwd=directory,
            env=OF_THIS_MACHINE | environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[Line] = []
        """The log so far; a line that is no JSON is an event of its own without a level."""
        self._news = threading.Condition()
        self._ended = False
        self._log = threading.Thread(target=self._read, daemon=True)
        self._log.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def url(self) -> str:
        """The address it serves at; waits until it does."""
        return str(self.wait_for("serving")["address"])

    @property
    def host(self) -> tuple[str, int]:
        name, port = self.url.removeprefix("http://").rsplit(":", 1)
        return name, int(port)

    def _read(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            for text in stderr:
                with self._news:
                    self.lines.append(parsed(text))
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def wait_for(self, event: str, fits: Callable[[Line], bool] = lambda line: True) -> Line:
        """Wait until this event was logged, and return the line."""
        return self._wait_for(event, lambda line: line["event"] == event and fits(line))

    def hears_redis(self) -> None:
        """Wait until what it publishes comes back to it; on a busy machine it takes itself for deaf first."""
        self._wait_for("redis_heard", lambda line: line["event"] in {"redis_heard", "redis_heard_again"})

    def _wait_for(self, what: str, fits: Callable[[Line], bool]) -> Line:
        def found() -> Line | None:
            return next(filter(fits, self.lines), None)

        with self._news:
            self._news.wait_for(lambda: found() or self._ended, PATIENCE_SECONDS)
            line = found()
        assert line is not None, f"no {what!r} in the log:\n{self.log}"
        return line

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for its end and return the exit status."""
        status = self._process.wait(PATIENCE_SECONDS)
        self._log.join()
        return status

    def check(self) -> None:
        """Wait for the end of a server that was told to stop; complain of anything that was wrong with it."""
        assert self.wait() == 0, self.log
        wrong = [line for line in self.lines[1:] if line.get("level") not in {"debug", "info", "warning"}]
        # Besides errors that is what was printed past the log: warnings and tracebacks of libraries.
        assert not wrong, self.log

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self.wait()

    @property
    def log(self) -> str:
        return "\n".join(json.dumps(line) if len(line) > 1 else line["event"] for line in self.lines)


def parsed(text: str) -> Line:
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    return line if isinstance(line, dict) else {"event": text.rstrip("\n")}
