"""The commands. What goes wrong is one line on stderr: exit status 2 for how it was called or set, else 1."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from app.embedded import Engines, EnginesError, engines
from app.migrate import MigrationError, migrate
from app.settings import Settings, SettingsError

Result = TypeVar("Result")


class Failure(click.ClickException):
    """An expected error, told without a traceback."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]


class Commands(click.Group):
    """A group that translates errors, as the blueprints do for HTTP."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Failure(str(error), exit_code=2) from error
        except (EnginesError, MigrationError) as error:
            raise Failure(str(error)) from error
        except asyncio.CancelledError:
            raise Failure("Terminated.", exit_code=128 + signal.SIGTERM) from None


def load_settings() -> Settings:
    """Read the settings of this process: the environment, then `.env` in the current directory."""
    return Settings.from_environment(os.environ, Path(".env"))


def with_engines(settings: Settings, task: Callable[[Engines], Awaitable[Result]]) -> Result:
    """Run `task` in an event loop of its own, on engines that run; SIGTERM cancels it and stops them.

    Raises:
        EnginesError: if they cannot run here.
    """

    async def run() -> Result:
        if (current := asyncio.current_task()) is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, current.cancel)
        async with engines(settings) as running:
            return await task(running)

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(run())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop


def address(settings: Settings) -> str:
    """Return where users find us, without a slash at the end."""
    scheme = "https" if settings.tls_certfile else "http"
    return settings.public_url or f"{scheme}://{settings.websocket_host}:{settings.websocket_port}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Fireside, a self-hosted live chat. Settings come from the environment and from .env."""


@cli.command("serve")
def serve_command() -> None:
    """Serve until SIGTERM or Ctrl-C, on own engines unless DATABASE_URL and REDIS_URL are set."""
    settings = load_settings()
    # Imported only here: the other commands need nothing of what serving needs.
    from app.demo import create_demo
    from app.server.serve import serve

    async def run(running: Engines) -> None:
        click.echo(running.description, err=True)
        await migrate(running.database)
        demo = None if settings.database_url else await create_demo(running.database)

        def ready(address: str) -> None:
            if demo is not None:
                click.echo(
                    f"Try the shop at {address}/demo, and answer it at {address}/admin: sign in as {demo.email}\n"
                    f"with the password {demo.password} (shown only now)",
                    err=True,
                )

        await serve(settings, running, ready)

    with_engines(settings, run)


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the schema up to date; safe to repeat, and for many at once."""
    applied = with_engines(load_settings(), lambda running: migrate(running.database))
    for name in applied:
        click.echo(f"applied {name}")
    if not applied:
        click.echo("The schema is up to date.")
