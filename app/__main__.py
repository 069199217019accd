"""`python -m app`: everything that can be done from a shell."""

from app.operator_commands import cli

if __name__ == "__main__":
    cli(prog_name="python -m app")
