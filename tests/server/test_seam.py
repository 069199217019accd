"""The seam to Hypercorn: what we put into it, and what happens when its inside is another one."""

from __future__ import annotations

from typing import Any

import pytest
from hypercorn import protocol
from hypercorn.protocol import h2, h11

from app.cli.serve import make_config
from app.settings import Settings
from app.spine.server import seam
from app.spine.server.direct import DirectStream
from app.spine.server.hardened import HardenedBuffer, HardenedH2, HardenedStream
from app.spine.server.switching import StrictH11


def test_all_websockets_of_the_process_are_ours() -> None:
    for _ in range(2):
        seam.install()
        assert getattr(h11, "WSStream") is DirectStream  # noqa: B009
        assert getattr(h2, "WSStream") is HardenedStream  # noqa: B009
        assert h2.StreamBuffer is HardenedBuffer
        assert getattr(protocol, "H11Protocol") is StrictH11  # noqa: B009
        assert getattr(protocol, "H2Protocol") is HardenedH2  # noqa: B009


@pytest.mark.parametrize("name", list(seam.EXPECTED))
def test_a_hypercorn_with_another_inside_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def changed(self: Any, something: Any, new: Any, *, here: Any) -> None: ...

    _, parameters = seam.EXPECTED[name]
    monkeypatch.setitem(seam.EXPECTED, name, (changed, parameters))
    with pytest.raises(seam.UnknownHypercorn, match=name.replace(".", r"\.")) as refused:
        seam.install()
    assert "requirements.txt" in str(refused.value)


def test_everything_hypercorn_does_by_itself_is_switched_off_or_bounded() -> None:
    config = make_config(Settings())
    assert config.websocket_ping_interval is None
    assert config.backlog >= 2048
    assert config.websocket_max_message_size == 65_536
    assert config.workers == 1
    assert config.accesslog is None
