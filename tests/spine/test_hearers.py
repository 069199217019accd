"""Facts told inside the process, and that everything which is told this way is guarded."""

from __future__ import annotations

from typing import Any

from structlog.testing import capture_logs

from app.factory import make
from app.settings import Settings
from app.spine.hearers import Hearers


def test_each_is_told_whatever_the_others_raise() -> None:
    told: list[tuple[str, int]] = []

    def broken(number: int) -> None:
        raise RuntimeError("broken")

    hearers: Hearers[[int]] = Hearers()
    hearers.add(lambda number: told.append(("first", number)))
    hearers.add(broken)
    hearers.add(lambda number: told.append(("last", number)))
    with capture_logs() as logged:
        hearers.tell(7)
    assert told == [("first", 7), ("last", 7)]
    assert [(line["event"], line["log_level"]) for line in logged] == [("hearer_failed", "error")]
    assert "broken" in logged[0]["hearer"]


async def test_every_hook_of_every_service_is_guarded() -> None:
    areas = make(
        Settings(database_url="postgresql://nobody@127.0.0.1/nothing", redis_url="redis://127.0.0.1")
    )
    spine = areas.spine
    parts = [each for area in (spine, areas.people, areas.talk, areas.desk) for each in vars(area).values()]
    hooks: dict[str, Any] = {
        f"{type(part).__name__}.{name}": hook
        for part in parts
        for name, hook in getattr(part, "__dict__", {}).items()
        if name.startswith("on_")
    }
    hooks |= {f"journal.{name}": vars(spine.journal)[name] for name in ("offer", "publish", "news")}
    hooks |= vars(spine.news)
    topics = hooks.pop("Broker.on_notice")
    assert topics
    hooks |= topics
    assert len(hooks) > 10
    assert [name for name, hook in hooks.items() if not isinstance(hook, Hearers)] == []
