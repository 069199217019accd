"""Logs: one line an event, for people or for machines."""

from __future__ import annotations

import atexit
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

import structlog

from app.spine.sink import Sink

Format = Literal["console", "json"]

log = structlog.get_logger()


class Level:
    """The least that is logged. It can be changed while we run, which a level that is built in could not."""

    least = logging.INFO


class Printer:
    """The logger that structlog hands its lines to."""

    def __init__(self, *_: object) -> None:
        self.debug = self.info = self.warning = self.error = self.critical = self.msg = sink.write


class Handler(logging.Handler):
    """Hands the lines of libraries to the same place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sink.write(self.format(record))
        except Exception:  # noqa: BLE001 - a line that cannot be made is no reason to fail.
            sink.write(f"a log line of {record.name} could not be made")


def configure_logging(form: Format, level: str) -> None:
    """Send our log lines and those of the libraries to stderr, in one format; may be called again."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any
    if form == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
        sys.excepthook = tell_crash
        logging.captureWarnings(capture=True)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[drop_below, *shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=Printer,
        cache_logger_on_first_use=True,
    )
    handler = Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], force=True)
    set_level(level)


def set_level(level: str) -> None:
    """Change the least that is logged; of libraries nothing below warnings is."""
    Level.least = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger().setLevel(max(Level.least, logging.WARNING))


def drop_below(_: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if structlog.processors.NAME_TO_LEVEL[method] < Level.least:
        raise structlog.DropEvent
    return event


def tell_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Log what ends the process, so that it too is one line."""
    log.critical("crashed", exc_info=(kind, error, traceback))


def flush() -> None:
    """Wait a moment for the last lines to be written."""
    sink.flush()


def dropped_line(count: int) -> str:
    line = {"event": "log_lines_dropped", "count": count, "level": "warning"}
    line["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    renderer = structlog.get_config()["processors"][-1]
    return str(renderer(None, "warning", line))


sink = Sink(2, dropped_line)
atexit.register(flush)
