"""The commands. A failure is one line on stderr: exit status 2 for how it was called or set, else 1."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click
import structlog

from app.errors import FiresideError, Invalid, Retryable
from app.operate.embedded import Engines, EnginesError, engines
from app.operate.migrate import MigrationError, migrate
from app.settings import Settings, SettingsError, dotenv, read_settings
from app.spine.db import why
from app.spine.server.errors import StartError
from app.spine.telemetry import configure_logging

log = structlog.get_logger()
Result = TypeVar("Result")


class Failure(click.ClickException):
    """An expected error, told without a traceback."""

    def __init__(self, message: str, exit_code: int = 1, *, as_json: bool = False) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]
        self._as_json = as_json

    def show(self, file: Any = None) -> None:
        """Tell it to people, or as every other line of the log."""
        if self._as_json:
            log.error("failed", reason=self.message)
        else:
            super().show(file)


class Commands(click.Group):
    """A group that translates errors, as the blueprints do for HTTP."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            raise Failure(*failure, as_json=ctx.invoked_subcommand in SERVICES and logs_json()) from error
        except asyncio.CancelledError:
            raise Failure("Terminated.", exit_code=128 + signal.SIGTERM) from None


SERVICES = frozenset({"serve", "migrate"})
"""Commands that a supervisor runs, whose lines go where the log goes."""


def failure_of(error: Exception) -> tuple[str, int] | None:
    """Return what to say of an expected error, and the exit status; None for a fault of ours."""
    if isinstance(error, SettingsError):
        return str(error), 2
    if isinstance(error, Invalid):
        return error.message, 2
    if isinstance(error, EnginesError | MigrationError | StartError):
        return str(error), 1
    if isinstance(error, Retryable):
        return why(error), 1
    if isinstance(error, FiresideError):
        return error.message, 1
    return None


def load_settings() -> Settings:
    """Read the settings of this process: the environment, then `.env` in the current directory."""
    return read_settings(os.environ, Path(".env"))


def load_service_settings() -> Settings:
    """Read the settings and set up the log, so that also what is wrong with the settings is told in its format."""
    configure_logging("json" if logs_json() else "console", "info")
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    return settings


def logs_json() -> bool:
    """Whether LOG_FORMAT asks for JSON, however wrong the other settings are."""
    with suppress(OSError, ValueError):
        given = {**dotenv.read(Path(".env")), **os.environ}
        return given.get("LOG_FORMAT", "").strip().lower() == "json"
    return False


def with_engines(settings: Settings, task: Callable[[Engines], Awaitable[Result]]) -> Result:
    """Run `task` in an event loop of its own, on engines that run; a signal to end cancels it and stops them.

    Raises:
        EnginesError: if they cannot run here.
    """

    async def run() -> Result:
        loop, current = asyncio.get_running_loop(), asyncio.current_task()
        assert current is not None  # noqa: S101 - this is a coroutine, and it runs.
        for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP):
            loop.add_signal_handler(number, current.cancel)
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
    settings = load_service_settings()
    # Imported only here: the other commands need nothing of what serving needs.
    from app.cli.demo import create_demo
    from app.cli.serve import serve
    from app.spine.server.listener import listen

    async def run(running: Engines) -> None:
        log.info("engines", description=running.description)
        await migrate(running.database)
        demo = None if settings.database_url else await create_demo(running.database)

        def ready(address: str) -> None:
            if demo is not None:
                click.echo(
                    f"Try the shop at {address}/demo, and answer it at {address}/admin: sign in as {demo.email}\n"
                    f"with the password {demo.password} (shown only now)",
                    err=True,
                )

        await serve(settings, running, listener, ready, load_settings)

    # First of all: who finds the port taken has started nothing, and made no demo whose password is shown once.
    with listen(settings) as listener:
        with_engines(settings, run)


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the schema up to date; safe to repeat, and for many at once."""
    applied = with_engines(load_service_settings(), lambda running: migrate(running.database))
    for name in applied:
        click.echo(f"applied {name}")
    if not applied:
        click.echo("The schema is up to date.")
