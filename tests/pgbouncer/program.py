"""A PgBouncer before the Postgres of the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.spine.postgres.front import front

PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])
START_SECONDS = 20.0
CONFIGURATION = """\
[databases]
{database} = host=127.0.0.1 port={postgres} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {server_connections}
max_client_conn = {client_connections}
"""


class PgBouncer:
    """A pooler that runs."""

    def __init__(self, folder: Path, database: str, port: int, **configuration: object) -> None:
        (folder / "users").write_text('"postgres" ""\n"careless" ""\n')
        self._file = folder / "pgbouncer.ini"
        self._file.write_text(
            CONFIGURATION.format(folder=folder, database=database, port=port, **configuration)
        )
        self._log = folder / "log"
        self._database, self._port = database, port
        self.start()

    def start(self) -> None:
        program = shutil.which("pgbouncer", path=PATH)
        assert program, "pgbouncer is not installed; `make test-pgbouncer` says how"
        # It refuses to run as root.
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [program, *user, str(self._file)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        ends_at = time.monotonic() + START_SECONDS
        while time.monotonic() < ends_at and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
        raise AssertionError(self._log.read_text())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def url(self, parameters: str = "pgbouncer=true", user: str = "postgres") -> str:
        return f"postgresql://{user}@127.0.0.1:{self._port}/{self._database}?{parameters}"


@contextmanager
def pgbouncer(
    database_url: str, mode: str, *, server_connections: int = 2, client_connections: int = 100
) -> Iterator[PgBouncer]:
    with front(database_url) as road, tempfile.TemporaryDirectory(prefix="fireside-tests-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        made = PgBouncer(
            folder,
            urlsplit(database_url).path[1:],
            port,
            postgres=road.port,
            mode=mode,
            server_connections=server_connections,
            client_connections=client_connections,
        )
        try:
            yield made
        finally:
            made.kill()
