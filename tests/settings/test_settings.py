from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from app.settings import SECRETS, Settings, SettingsError, read_settings


def read(tmp_path: Path, dotenv: str = "", /, **environ: str) -> Settings:
    (tmp_path / ".env").write_text(dotenv)
    return read_settings(environ, tmp_path / ".env")


def test_nothing_need_be_set(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path / "no.env")
    assert settings.websocket_port == 3001
    assert settings.websocket_host == "127.0.0.1"
    assert settings.websocket_ping_interval == 25_000
    assert settings.websocket_ping_timeout == 60_000
    assert settings.websocket_cors_origin == ()
    assert settings.var_dir == Path.cwd() / "var"


def test_values_get_the_type_of_their_field(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        WEBSOCKET_PORT=" 8080 ",
        HTTP2="Off",
        LOG_FORMAT="JSON",
        DRAIN_SECONDS="0.5",
        VAR_DIR="~/data",
        WEBSOCKET_CORS_ORIGIN="https://A.example/, http://b.example:8080,http://müller.example:80,*,",
        PUBLIC_URL="https://Chat.example:443/",
        TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8,",
    )
    assert str(settings.trusted_proxies) == "127.0.0.1/32,10.0.0.0/8"
    assert settings.websocket_port == 8080
    assert settings.http2 is False
    assert settings.log_format == "json"
    assert settings.drain_seconds == 0.5
    assert settings.var_dir == Path.home() / "data"
    assert settings.websocket_cors_origin == (
        "https://a.example",
        "http://b.example:8080",
        "http://xn--mller-kva.example",
        "*",
    )
    assert settings.public_url == "https://chat.example"


def test_the_environment_wins_over_the_file_and_an_empty_value_is_none(tmp_path: Path) -> None:
    dotenv = "WEBSOCKET_PORT=1111\nDATABASE_POOL_SIZE=7\nLOG_LEVEL=debug\n"
    settings = read(tmp_path, dotenv, WEBSOCKET_PORT="2222", LOG_LEVEL="")
    assert (settings.websocket_port, settings.database_pool_size, settings.log_level) == (2222, 7, "debug")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("OPENAI_MODEL=plain", "plain"),
        ("export OPENAI_MODEL = spaced out  # comment", "spaced out"),
        ("OPENAI_MODEL=with#hash", "with#hash"),
        ("OPENAI_MODEL='single # \\n quoted' # comment", "single # \\n quoted"),
        ('OPENAI_MODEL="a \\"b\\" \\\\ c"', 'a "b" \\ c'),
        ("OPENAI_MODEL=a=b", "a=b"),
        ("OPENAI_MODEL= # nothing", ""),
        ("OPENAI_MODEL=", ""),
        ("\ufeffOPENAI_MODEL=bom\r", "bom"),
    ],
)
def test_a_line_of_the_file_reads_as_people_expect(tmp_path: Path, line: str, value: str) -> None:
    assert read(tmp_path, f"{line}\n\n# comment\n").openai_model == value


def test_a_malformed_line_is_named_by_its_number_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.env, line 2: expected NAME=value") as caught:
        read(tmp_path, "LOG_LEVEL=info\nJWT_SECRET: hunter2\n")
    assert "hunter2" not in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 40 + "\n")
    assert read(tmp_path, JWT_SECRET_FILE=str(tmp_path / "secret")).jwt_secret == "s" * 40


def test_a_secret_of_the_environment_wins_over_its_other_spelling_in_the_file(tmp_path: Path) -> None:
    settings = read(tmp_path, "METRICS_TOKEN_FILE=/nowhere\n", METRICS_TOKEN="from-environment")
    assert settings.metrics_token == "from-environment"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"WEBSOCKET_PORT": "http"},
            "WEBSOCKET_PORT: 'http' is not possible; give a whole number from 0 to 65535",
        ),
        ({"WEBSOCKET_PORT": "65536"}, "WEBSOCKET_PORT: '65536' is not possible"),
        (
            {"DATABASE_POOL_SIZE": "0"},
            "DATABASE_POOL_SIZE: '0' is not possible; give a whole number from 1 to 1000",
        ),
        ({"DRAIN_SECONDS": "nan"}, "DRAIN_SECONDS: 'nan' is not possible; give a number from 0 to 600"),
        (
            {"BOT_TIMEOUT_SECONDS": "0"},
            "BOT_TIMEOUT_SECONDS: '0' is not possible; give a number above 0, at most 600",
        ),
        ({"HTTP2": "perhaps"}, "HTTP2: 'perhaps' is not possible; give 1 or 0, true or false, on or off"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: 'loud' is not possible; give one of debug, error, info, warning"),
        (
            {"WEBSOCKET_CORS_ORIGIN": "https://a.example/app"},
            "WEBSOCKET_CORS_ORIGIN: 'https://a.example/app' is not possible: leave out what comes after",
        ),
        ({"WEBSOCKET_CORS_ORIGIN": "https://a.example,https://*.b.example"}, "there are no wildcards"),
        ({"WEBSOCKET_CORS_ORIGIN": "null"}, "'null' is not possible: begin with https:// or http://"),
        ({"PUBLIC_URL": "https://chat.example/app"}, "PUBLIC_URL: 'https://chat.example/app' must be"),
        (
            {"PUBLIC_URL": "chat.example"},
            "PUBLIC_URL: 'chat.example' must be https://host[:port]: begin with",
        ),
        ({"TRUSTED_PROXIES": "proxy.internal"}, "TRUSTED_PROXIES: 'proxy.internal' does not appear to be"),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUSTED_PROXIES: 10.0.0.1/8 has host bits set; give addresses"),
        ({"TRUSTED_PROXIES": "*"}, "TRUSTED_PROXIES: '*' does not appear to be an IPv4 or IPv6 network"),
        (
            {"WEBSOCKET_PING_TIMEOUT": "25000"},
            "WEBSOCKET_PING_TIMEOUT: 25000 must be more than WEBSOCKET_PING_INTERVAL",
        ),
        ({"TLS_CERTFILE": "cert.pem"}, "TLS_KEYFILE: not set; TLS needs both"),
        ({"TLS_KEYFILE": "key.pem", "TLS_CERTFILE": "/no.pem"}, "TLS_CERTFILE: there is no file '/no.pem'"),
        ({"JWT_SECRET_FILE": "/no/file"}, "JWT_SECRET_FILE: cannot read '/no/file'"),
        ({"JWT_SECRET_FILE": "/dev/null"}, "JWT_SECRET_FILE: '/dev/null' is empty"),
        ({"JWT_SECRET_FILE": "/dev/null", "JWT_SECRET": "x"}, "JWT_SECRET and JWT_SECRET_FILE are both set"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(
    tmp_path: Path, environ: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **environ)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", "hunter2"),
        ("DATABASE_URL", "mysql://me:hunter2@db.example"),
        ("REDIS_URL", "http://:hunter2@redis.example"),
        ("DATABASE_URL", "postgresql://me:hunter2@[db.example/x"),
    ],
)
def test_a_secret_is_never_shown_in_an_error(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: ") as caught:
        read(tmp_path, **{name: value})
    assert "hunter2" not in str(caught.value)


def test_every_secret_is_text_whose_conversion_cannot_fail_and_show_it() -> None:
    assert {get_type_hints(Settings)[name] for name in SECRETS} == {str}


def test_settings_in_a_traceback_show_no_secret(tmp_path: Path) -> None:
    urls = {"database_url": "postgresql://hunter2", "redis_url": "redis://hunter2"}
    values = {name: urls.get(name, "hunter2" * 8) for name in SECRETS}
    shown = repr(read(tmp_path, **{name.upper(): value for name, value in values.items()}))
    assert "hunter2" not in shown
    assert "websocket_port=3001" in shown


def test_a_misspelt_name_is_told_with_the_nearest_known_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        read(tmp_path, WEBSOCKET_PROT="1", PORT="2", WEBSOCKET_PORT="3")
    assert [record.getMessage() for record in caplog.records] == [
        "WEBSOCKET_PROT is no setting and has no effect; did you mean WEBSOCKET_PORT?"
    ]


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_command_tells_a_bad_value_in_one_line_and_exits_with_2(command: str) -> None:
    environment = {"PATH": os.environ["PATH"], "WEBSOCKET_PORT": "x"}
    result = subprocess.run(
        [sys.executable, "-m", "app", command], env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 2
    assert result.stderr == (
        "Error: WEBSOCKET_PORT: 'x' is not possible; give a whole number from 0 to 65535\n"
    )
    assert result.stdout == ""
