"""`python -m app`: everything that can be done from a shell."""

import app.cli.backup
import app.cli.operators
import app.cli.readers
from app.cli.group import cli

__all__ = ["app", "cli"]

if __name__ == "__main__":
    cli(prog_name="python -m app")
