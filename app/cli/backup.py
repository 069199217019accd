"""Commands that keep a database in a file, and bring it back."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.group import Failure, cli, load_settings, with_engines
from app.errors import FiresideError
from app.operate.backup import BackupError, dump, load, require_empty
from app.operate.embedded import Engines
from app.operate.migrate import migrate

__all__ = ["cli"]


@cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """Write all that is worth keeping to FILE. Servers may run meanwhile."""

    async def write(engines: Engines) -> None:
        dump(engines.database, file)

    try:
        with_engines(load_settings(), write)
    except BackupError as error:
        raise Failure(f"No backup: {error}") from error
    click.echo(
        f"Wrote {file}, {file.stat().st_size / 1e6:.1f} MB. It holds what people wrote: keep it as you keep that."
    )


@cli.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore_command(file: Path) -> None:
    """Read FILE, made by `backup` or pg_dump, into an empty database, and bring the schema up to date."""

    async def read(engines: Engines) -> None:
        await require_empty(engines.database)
        load(engines.database, file)
        await migrate(engines.database)

    try:
        with_engines(load_settings(), read)
    except (BackupError, FiresideError) as error:
        raise Failure(f"Nothing was restored: {error}") from error
    click.echo(f"Restored {file}. Start the servers: clients that have seen more are told to load anew.")
