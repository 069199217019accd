"""Everything that the docs name is there: files, links, commands, settings, figures, and all of the protocol."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
import pytest

from app import errors, protocol
from app.__main__ import cli
from app.settings import SECRETS
from app.settings.variables import VARIABLES
from app.spine.sockets import close_codes

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), ROOT / "bench" / "README.md"]
SOURCES = (
    "app/**/*.py",
    "migrations/**/*.sql",
    "frontend/*/src/**/*.ts*",
    "tests/**/*.py",
    "deploy/*",
    "Makefile",
)
OTHERS_VARIABLES = frozenset({"NOTIFY_SOCKET", "WATCHDOG_USEC", "TCP_USER_TIMEOUT"})
OTHERS_NAMES = frozenset(
    {
        "application_name",
        "connect_timeout",
        "tcp_user_timeout",
        "ssl_min_protocol_version",
        "stream_close_delay",
    }
    | {"synchronous_standby_names", "max_connections", "pool_mode"}
)
"""Names of libpq, Postgres, PgBouncer and the proxies."""
FIGURES = "fireside_"
"""The beginning of the names of all metrics."""


@cache
def source() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for each in SOURCES for path in ROOT.glob(each) if path.is_file()
    )


def code_of(page: Path) -> list[str]:
    """Return what a page shows as code, in lines and in fences."""
    text = page.read_text(encoding="utf-8")
    fences = re.findall(r"^ *```\w*\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    continued = "".join(fences).replace("\\\n", " ")
    return [*spans_of(text), *continued.splitlines()]


def spans_of(text: str) -> list[str]:
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


@pytest.fixture(params=DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def page(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_every_file_that_is_named_exists(page: Path) -> None:
    named = {code for code in code_of(page) if re.fullmatch(r"[\w.@-]+/[\w./@-]*|\w+\.(py|md|sql)", code)}
    places = (ROOT, page.parent, ROOT / "tests") if page.name == "SECURITY.md" else (ROOT, page.parent)
    missing = {
        each
        for each in named - {"var/"}
        if not any((place / each).exists() for place in places) and f"/{each}" not in all_paths()
    }
    assert not missing


@cache
def all_paths() -> str:
    """Return where a bare file name may be found, for pages that have said the folder before."""
    return "\n".join(f"/{path.name}" for path in (ROOT / "app").rglob("*.py"))


def test_every_link_leads_somewhere(page: Path) -> None:
    for target, fragment in re.findall(
        r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")
    ):
        file = page.parent / target if target else page
        assert file.exists(), target
        if fragment:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert fragment in map(anchor, headings), f"{target}#{fragment}"


def test_every_command_is_one_with_these_options(page: Path) -> None:
    for code in code_of(page):
        for name, rest in re.findall(r"python -m app ([a-z][a-z-]*)([^#|`)]*)", code):
            assert name in cli.commands, code
            assert options(rest) <= options_of(cli.commands[name]), code
        if (words := code.split()) and words[0] in cli.commands:
            assert options(code) <= options_of(cli.commands[words[0]]), code


def options(text: str) -> set[str]:
    return set(re.findall(r"(?<!\S)--[a-z-]+", text))


def options_of(command: click.Command) -> set[str]:
    return {each for parameter in command.params for each in parameter.opts} | {"--help"}


def test_every_target_of_make_is_one(page: Path) -> None:
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    for code in code_of(page):
        if named := re.match(r"make ([a-z][a-z-]*)", code):
            assert named[1] in targets, code


def test_every_variable_is_a_setting(page: Path) -> None:
    known = set(VARIABLES) | {f"{name.upper()}_FILE" for name in SECRETS}
    named = {code.partition("=")[0] for code in code_of(page)}
    variables = {each for each in named if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", each)}
    assert variables <= known | OTHERS_VARIABLES


def test_every_name_in_snake_case_is_in_the_code(page: Path) -> None:
    """Figures, lines of the log, tables, fields."""
    named = {
        each
        for code in spans_of(page.read_text(encoding="utf-8"))
        for each in re.findall(r"(?<![\w/.-])[a-z]+(?:_[a-z0-9]+)+(?![\w/.-])", code)
    }
    missing = {each for each in named - OTHERS_NAMES if each.removeprefix(FIGURES) not in source()}
    assert not missing


PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[list[str], str]]:
    """Return the rows of the first table under a heading: what they are of, and all that they say."""
    table = PROTOCOL.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [(re.findall(r"`([a-z_]+)`", line.split("|")[1]), line) for line in lines]


def told_of(heading: str, tag: str) -> str:
    lines = [line for names, line in rows(heading) if tag in names]
    assert lines, f"{tag} is not in docs/protocol.md"
    return "".join(lines)


def tag_of(struct: Any) -> str:
    return str(struct.__struct_config__.tag)


@pytest.mark.parametrize("request_type", get_args(protocol.AdminRequest), ids=tag_of)
def test_the_protocol_tells_every_field_of_a_request(request_type: type[msgspec.Struct]) -> None:
    told = told_of("From client to server", tag_of(request_type))
    assert not {each for each in request_type.__struct_fields__ if not re.search(rf"\b{each}\b", told)}


@pytest.mark.parametrize("event", get_args(protocol.ServerEvent), ids=lambda event: event.__name__)
def test_the_protocol_tells_every_field_of_an_event(event: type[msgspec.Struct]) -> None:
    told = told_of("From server to client", tag_of(event))
    if issubclass(event, protocol.Entry):
        # The fields that all entries share are told once.
        told += told_of("From server to client", "message_received")
    if event is protocol.Reconnected:
        told += told_of("From server to client", "authenticated")
    assert not {each for each in event.__struct_fields__ if not re.search(rf"\b{each}\b", told)}


@pytest.mark.parametrize(
    ("struct", "heading", "tag"),
    [
        (protocol.Conversation, "From server to client", "conversation_updated"),
        (protocol.Resumed, "From server to client", "reconnected"),
        (protocol.Sender, "From server to client", "message_received"),
        (protocol.InboxFilters, "From client to server", "follow_inbox"),
        (protocol.Since, "From client to server", "authenticate"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_the_protocol_tells_what_is_inside(struct: type[msgspec.Struct], heading: str, tag: str) -> None:
    told = told_of(heading, tag)
    assert not {each for each in struct.__struct_fields__ if not re.search(rf"\b{each}\b", told)}


@pytest.mark.parametrize("happening", get_args(protocol.Happenings), ids=lambda kind: kind.event)
def test_the_protocol_tells_the_data_of_every_event_of_a_conversation(
    happening: type[protocol.Happening],
) -> None:
    told = told_of("From server to client", "conversation_event")
    data = re.search(rf"`{happening.event} {{(.*?)}}`", told)
    assert data
    assert not {each for each in happening.__struct_fields__ if not re.search(rf"\b{each}\b", data[1])}


def test_the_protocol_tells_every_error_and_every_close_code() -> None:
    # REST has more of its own, which /openapi.json tells.
    shared = [each for each in subclasses(errors.FiresideError) if each.__module__ == errors.__name__]
    codes = {each.code for each in shared if hasattr(each, "code")}
    assert codes == {name for names, _ in rows("Errors") for name in names}
    closes = {value for name, value in vars(close_codes).items() if name.isupper()}
    told = {
        int(code)
        for code in re.findall(
            r"\b[14]\d{3}\b", PROTOCOL.partition("| close code |")[2].partition("\n## ")[0]
        )
    }
    assert closes <= told
    # A browser makes codes below these itself; ours are told only if they are sent.
    assert {code for code in told if code >= 4000} <= closes


def subclasses(of: type[errors.FiresideError]) -> set[type[errors.FiresideError]]:
    return {of} | {each for child in of.__subclasses__() for each in subclasses(child)}


def test_the_architecture_names_every_module() -> None:
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(app/[\w./]*)`", table))
    modules = [path.relative_to(ROOT) for path in (ROOT / "app").rglob("*.py") if path.stat().st_size]
    packages = {each.rstrip("/") for each in named if each.endswith("/")}
    missing = {
        str(each) for each in modules if str(each) not in named and not packages & set(map(str, each.parents))
    }
    assert missing <= {"app/__init__.py", "app/__main__.py"}
