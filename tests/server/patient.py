"""`python -m app serve` that waits an hour for a reader who takes nothing: whoever reads on is never too late."""

from __future__ import annotations

from app.cli.provision import cli
from app.spine.sockets import pump

if __name__ == "__main__":
    pump.SLOW_SECONDS = 3600.0
    cli(["serve"])
