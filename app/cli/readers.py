"""Commands for changes that a reader of the log could not deal with."""

from __future__ import annotations

from uuid import UUID

import click

from app.cli.group import Failure, cli, load_settings
from app.cli.operators import table
from app.cli.provision import as_json, tell, with_database
from app.spine.log.set_aside import put_back, select_set_aside

__all__ = ["cli"]

COLUMNS = ("reader", "id", "conversation_id", "seq", "at", "tries", "is_put_back", "error")


@cli.command("list-set-aside")
@as_json
def list_set_aside_command(*, json: bool) -> None:
    """List the changes that readers of the log have set aside after several tries, the oldest first."""
    rows = with_database(load_settings(), select_set_aside)
    tell(rows, table(rows, COLUMNS), json=json)


@cli.command("put-back")
@click.option("--reader", required=True, help="As in `list-set-aside`.")
@click.option(
    "--id", "change_id", type=click.UUID, help="Of one change; without it, all that the reader has."
)
@as_json
def put_back_command(reader: str, change_id: UUID | None, *, json: bool) -> None:
    """Give a reader what it has set aside once more, when the cause is mended. It takes some seconds."""
    count = with_database(load_settings(), lambda db: put_back(db, reader, change_id))
    if not count:
        raise Failure(f"{reader} has nothing like it set aside; see list-set-aside.", as_json=json)
    tell({"reader": reader, "put_back": count}, f"Put back {count} change(s) of {reader}.", json=json)
