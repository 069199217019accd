"""`python -m app`: everything that can be done from a shell."""

import app.backup_commands
import app.operator_commands
from app.cli import cli

__all__ = ["app", "cli"]

if __name__ == "__main__":
    cli(prog_name="python -m app")
