"""The proxies for which we ship a configuration, run with it: ports and certificate are all that is changed."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.server.processes import ROOT

TLS = ROOT / "tests" / "server" / "tls"
START_SECONDS = 20.0
PATIENCE_SECONDS = 45.0
"""Past this, what a test waits for will not come."""
PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])


class Ports(NamedTuple):
    http: int
    https: int
    control: int
    """The port at which Caddy is told to reload."""
    first: int
    second: int
    """The processes behind it."""

    def process(self, index: int) -> int:
        return (self.first, self.second)[index]


class Program(NamedTuple):
    """One kind of proxy, set up and run; paths are relative to its own directory."""

    file: str
    """In `deploy/`."""
    package: str
    replaced: Callable[[Ports], dict[str, str]]
    around: Callable[[Ports, str], str]
    """Makes the whole configuration of the part that we ship."""
    command: list[str]
    reload: Callable[[Running], None]
    is_up: Callable[[str, Ports, int], bool | None] | None = None
    """Whether it would send a request to a process, by its log; None where it is not of one mind. nginx never looks."""


class Running:
    """A proxy that runs."""

    def __init__(self, program: Program, ports: Ports, directory: Path, changed: dict[str, str]) -> None:
        self.name = program.package
        self.url = f"https://localhost:{ports.https}"
        self.plain_url = f"http://localhost:{ports.http}"
        self.ports = ports
        self.directory = directory
        self._program = program
        directory.mkdir(parents=True, exist_ok=True)
        pair = [(TLS / name).read_text() for name in ("certificate.pem", "key.pem")]
        (directory / "both.pem").write_text("".join(pair))
        self._configuration = directory / "configuration"
        self._configuration.write_text(program.around(ports, render(program, ports, changed)))
        self._log = directory / "log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [find(program.command[0]), *program.command[1:]],
                cwd=directory,
                env={"PATH": PATH, "HOME": str(directory), "XDG_CONFIG_HOME": str(directory)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_listens()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _wait_until_it_listens(self) -> None:
        ends_at = time.monotonic() + START_SECONDS
        while time.monotonic() < ends_at and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.ports.https), 1):
                return
            time.sleep(0.05)
        raise AssertionError(f"{self.name} does not listen:\n{self.log}")

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def reload(self) -> None:
        """Have it read its configuration again, as an operator does after a new certificate."""
        self._program.reload(self)

    async def sees(self, index: int, *, up: bool) -> None:
        """Wait until it has found out how a process is, if it looks at all."""
        is_up = self._program.is_up
        if is_up is None:
            return
        async with asyncio.timeout(PATIENCE_SECONDS):
            while is_up(self.log, self.ports, index) is not up:
                await asyncio.sleep(0.05)

    def run(self, *arguments: str) -> None:
        done = subprocess.run(
            [find(self._program.command[0]), *arguments], cwd=self.directory, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Missing(Exception):
    """A proxy's program is not installed."""


def find(program: str) -> str:
    """Return the program's path.

    Raises:
        Missing: There is none; the message says how to get it.
    """
    path = shutil.which(program, path=PATH)
    if path is None:
        raise Missing(
            f"{program} is not installed. As root: apt-get install --no-install-recommends {program}."
            f" Or name the others: PROXIES='{' '.join(name for name in ALL if name != program)}'"
        )
    return path


def render(program: Program, ports: Ports, changed: dict[str, str]) -> str:
    """Return the configuration that we ship, with the ports of a test."""
    text = (ROOT / "deploy" / program.file).read_text()
    both = {"127.0.0.1:3001": f"127.0.0.1:{ports.first}", "127.0.0.1:3002": f"127.0.0.1:{ports.second}"}
    for old, new in {**program.replaced(ports), **both, **changed}.items():
        assert old in text, f"{program.file} has no {old!r} any more; see {__file__}"
        text = text.replace(old, new)
    return text


def of_nginx(ports: Ports) -> dict[str, str]:
    return {
        "listen 80;": f"listen 127.0.0.1:{ports.http};",
        "listen [::]:80;": f"listen [::1]:{ports.http};",
        "listen 443 ": f"listen 127.0.0.1:{ports.https} ",
        "listen [::]:443 ": f"listen [::1]:{ports.https} ",
        "/etc/ssl/chat.example.com.pem": str(TLS / "certificate.pem"),
        "/etc/ssl/chat.example.com.key": str(TLS / "key.pem"),
        "chat.example.com": "localhost",
    }


def around_nginx(ports: Ports, text: str) -> str:
    folders = "".join(
        f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"daemon off; {user} pid pid; error_log stderr warn; worker_processes 2;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ access_log off; {folders}\n{text}\n}}\n"
    )


def of_caddy(ports: Ports) -> dict[str, str]:
    # For a name of the public Internet Caddy would ask for a certificate.
    certificate = f"\ttls {TLS / 'certificate.pem'} {TLS / 'key.pem'}\n"
    return {"chat.example.com {\n": f"https://localhost:{ports.https} {{\n{certificate}"}


def around_caddy(ports: Ports, text: str) -> str:
    options = (f"admin 127.0.0.1:{ports.control}", f"http_port {ports.http}", f"https_port {ports.https}")
    return "\n".join(["{", *options, "default_bind 127.0.0.1 ::1", "}", text])


def up_to_caddy(log: str, ports: Ports, index: int) -> bool | None:
    host = f'"host":"127.0.0.1:{ports.process(index)}"'
    looks = [
        '"msg":"host is up"' in line
        for line in log.splitlines()
        if "health_checker.active" in line and host in line
    ]
    # Both of its `reverse_proxy`s look. One tells of a failure before it acts on it, and of each anew.
    if all(looks[-2:]):
        return True
    return False if len(looks) >= 4 and not any(looks[-4:]) else None


def of_haproxy(ports: Ports) -> dict[str, str]:
    return {
        "bind :::80 v4v6": f"bind 127.0.0.1:{ports.http},[::1]:{ports.http}",
        "bind :::443 v4v6": f"bind 127.0.0.1:{ports.https},[::1]:{ports.https}",
        "/etc/ssl/chat.example.com.pem": "both.pem",
    }


def up_to_haproxy(log: str, ports: Ports, index: int) -> bool | None:
    changes = re.findall(rf"fireside/fireside-{3001 + index} is (UP|DOWN)", log)
    return not changes or changes[-1] == "UP"


ALL = {
    "nginx": Program(
        "nginx.conf",
        "nginx",
        of_nginx,
        around_nginx,
        ["nginx", "-e", "stderr", "-p", ".", "-c", "configuration"],
        lambda running: running.signal(signal.SIGHUP),
    ),
    "caddy": Program(
        "Caddyfile",
        "caddy",
        of_caddy,
        around_caddy,
        ["caddy", "run", "--adapter", "caddyfile", "--config", "configuration"],
        lambda running: running.run(
            "reload", "--force", "--adapter", "caddyfile", "--config", "configuration",
            "--address", f"127.0.0.1:{running.ports.control}",
        ),
        up_to_caddy,
    ),
    "haproxy": Program(
        "haproxy.cfg",
        "haproxy",
        of_haproxy,
        lambda ports, text: text,
        ["haproxy", "-W", "-f", "configuration"],
        lambda running: running.signal(signal.SIGUSR2),
        up_to_haproxy,
    ),
}  # fmt: skip
PROGRAMS = {name: ALL[name] for name in os.environ.get("PROXIES", " ".join(ALL)).split()}
"""Those to be tested, all unless `PROXIES` names some."""


@contextmanager
def run(name: str, ports: Ports, directory: Path, **changed: str) -> Iterator[Running]:
    running = Running(PROGRAMS[name], ports, directory, changed)
    try:
        yield running
    finally:
        running.stop()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, in either family."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(each.getsockname()[1]) for each in held]
    finally:
        for each in held:
            each.close()
