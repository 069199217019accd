"""The files of the schema, as they lie in `migrations/`."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

MIGRATIONS = Path(__file__).parents[3] / "migrations"
FUNCTIONS = "functions"
"""The folder of the functions, in that of the migrations."""
COMPATIBLE_SINCE = "compatible_since"
"""The file that says, by its number, the last migration a process must know to run on this schema.

A process of an older version starts on a newer schema if it knows that one: so a process that crashes in the middle of
an upgrade comes back, and an upgrade can be taken back. The migration that breaks older versions raises the number.
"""
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
REVISION = re.compile(r"-- revision (\d+)\n")
"""The first line of a function's file. A process of the version before leaves a higher revision as it is."""


class MigrationError(Exception):
    """The schema cannot be brought up to date; the message says why and what to do."""


class Migration(msgspec.Struct, frozen=True):
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class Function(Migration, frozen=True):
    """A file that may change; `number` is its revision."""


class Schema(msgspec.Struct, frozen=True):
    """All of them."""

    migrations: list[Migration]
    functions: list[Function]
    compatible_since: int


def read_schema(directory: Path = MIGRATIONS) -> Schema:
    """Read all files of `directory`.

    Raises:
        MigrationError: if one of them is out of line.
    """
    migrations = read_migrations(directory)
    path = directory / COMPATIBLE_SINCE
    since = int(path.read_text(encoding="utf-8")) if path.exists() else newest(migrations)
    return Schema(migrations, read_functions(directory), since)


def read_migrations(directory: Path = MIGRATIONS) -> list[Migration]:
    """Return the files of `directory` in order.

    Numbers may be missing: features that are built side by side take theirs before they are done.

    Raises:
        MigrationError: if a name is malformed or a number used twice.
    """
    migrations: list[Migration] = []
    for path in sorted(directory.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: a migration is called like 0001_what_it_does.sql")
        number = int(match[1])
        if number == newest(migrations):
            raise MigrationError(f"{path.name}: its number is that of {migrations[-1].name}; take another")
        # Read as text, so that a checkout with other line ends has the same checksum.
        migrations.append(Migration(number, path.name, path.read_text(encoding="utf-8")))
    return migrations


def newest(migrations: list[Migration]) -> int:
    """Return the highest number; 0 where there are none."""
    return migrations[-1].number if migrations else 0


def read_functions(directory: Path = MIGRATIONS) -> list[Function]:
    """Return the functions beside the migrations of `directory`, by name.

    Raises:
        MigrationError: if a file does not begin with its revision.
    """
    functions = []
    for path in sorted((directory / FUNCTIONS).glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        match = REVISION.match(sql)
        if match is None:
            raise MigrationError(f"{path.name}: a function's file begins with a line like '-- revision 1'")
        functions.append(Function(int(match[1]), f"{FUNCTIONS}/{path.name}", sql))
    return functions
