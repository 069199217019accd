"""Facts told inside the process: each hearer is guarded, so that none can harm the teller or the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

import structlog

log = structlog.get_logger()

Fact = ParamSpec("Fact")


def guarded(hearer: Callable[Fact, object], *args: Fact.args, **kwargs: Fact.kwargs) -> None:
    """Tell one hearer; what it raises is logged and goes no further."""
    try:
        hearer(*args, **kwargs)
    except Exception:
        log.exception("hearer_failed", hearer=getattr(hearer, "__qualname__", repr(hearer)))


class Hearers(Generic[Fact]):
    """The hearers of one kind of fact, told in the order in which they were added. Hearers never wait."""

    __slots__ = ("_hearers",)

    def __init__(self) -> None:
        self._hearers: tuple[Callable[Fact, object], ...] = ()

    def add(self, hearer: Callable[Fact, object]) -> None:
        self._hearers = (*self._hearers, hearer)

    def tell(self, *args: Fact.args, **kwargs: Fact.kwargs) -> None:
        """Tell everyone, whatever becomes of the others. Never raises."""
        for hearer in self._hearers:
            guarded(hearer, *args, **kwargs)
