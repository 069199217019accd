"""A process that cannot serve says in one line what to do, and ends."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.installation import Installation
from tests.server.processes import OF_THIS_MACHINE

TLS = Path(__file__).parent / "tls"
CERTIFICATE, KEY = TLS / "certificate.pem", TLS / "key.pem"
GARBAGE = "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n"

Start = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def start(installation: Installation, tmp_path: Path) -> Start:
    """Run `serve` until it ends by itself."""

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", "serve"],
            cwd=tmp_path,
            env=OF_THIS_MACHINE | installation.variables | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what was said in the end; beyond the line that tells of the engines there is nothing else."""
    lines = done.stderr.splitlines()
    assert len(lines) <= 2, done.stderr
    return lines[-1]


@pytest.mark.parametrize(
    "broken", ["another's", "encrypted", "garbage for a key", "garbage", "empty", "a key"]
)
def test_a_certificate_that_cannot_be_used_ends_the_start(broken: str, start: Start, tmp_path: Path) -> None:
    certificate, key = CERTIFICATE, KEY
    if broken == "another's":
        key = KEY.with_name("renewed_key.pem")
    elif broken == "encrypted":
        key = KEY.with_name("encrypted_key.pem")
    elif broken == "garbage for a key":
        key = tmp_path / "key.pem"
        key.write_text("none")
    elif broken == "a key":
        certificate = KEY
    else:
        certificate = tmp_path / "certificate.pem"
        certificate.write_text(GARBAGE if broken == "garbage" else "")
    done = start(TLS_CERTFILE=str(certificate), TLS_KEYFILE=str(key))
    assert done.returncode == 1
    assert f"TLS_CERTFILE '{certificate}' and TLS_KEYFILE '{key}' cannot be used" in last_line(done)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_taken_port_is_told_before_anything_is_begun(start: Start, taken: int, log_format: str) -> None:
    done = start(WEBSOCKET_PORT=str(taken), LOG_FORMAT=log_format)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    reason = f"Port {taken} on 127.0.0.1 is taken. Stop what listens there, or set WEBSOCKET_PORT."
    if log_format == "console":
        assert line == f"Error: {reason}"
    else:
        said = json.loads(line)
        assert (said["event"], said["level"], said["reason"]) == ("failed", "error", reason)


@pytest.mark.parametrize(
    ("environment", "status", "reason"),
    [
        ({"WEBSOCKET_HOST": "192.0.2.1"}, 1, "192.0.2.1 is no address of this machine"),
        ({"WEBSOCKET_HOST": "2001:db8::1"}, 1, "2001:db8::1 is no address of this machine"),
        (
            {"WEBSOCKET_HOST": "no.such.host.invalid"},
            1,
            "WEBSOCKET_HOST: 'no.such.host.invalid' is no address",
        ),
        ({"WEBSOCKET_PORT": "x"}, 2, "WEBSOCKET_PORT: 'x' is not possible"),
        ({"REDIS_URL": "redis://h?foo=bar"}, 2, "REDIS_URL: there is no parameter 'foo'"),
        ({"REDIS_URL": "rediss://h?ssl_ca_certs=/no"}, 2, "REDIS_URL: ssl_ca_certs: there is no file '/no'"),
        ({"METRICS_TOKEN": "x"}, 2, "METRICS_TOKEN: too short"),
        ({"BOT_WEBHOOK_SECRET": "abc"}, 2, "BOT_WEBHOOK_SECRET: too short"),
    ],
)
def test_every_expected_failure_is_one_line_of_json_where_the_log_is_json(
    start: Start, environment: dict[str, str], status: int, reason: str
) -> None:
    done = start(**environment, LOG_FORMAT="json", WEBSOCKET_PROT="1")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == status
    assert reason in lines[-1]["reason"]
    # The misspelt name is told in the same format.
    assert ["WEBSOCKET_PROT" in line["event"] for line in lines[:-1]] == [True] * (len(lines) - 1)
