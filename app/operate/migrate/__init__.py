"""Bring the database's schema up to date: numbered SQL files, forward only, each in a transaction of its own.

Functions lie beside them, one a file, and are applied again when their text has changed: a new rule is then a
change of some lines and not a copy of the whole. A changed signature is a new name, for the processes of the
version before go on calling the old one while they are restarted one by one.
"""

from app.operate.migrate.apply import migrate
from app.operate.migrate.files import MIGRATIONS, MigrationError, read_functions, read_migrations

__all__ = ["MIGRATIONS", "MigrationError", "migrate", "read_functions", "read_migrations"]
