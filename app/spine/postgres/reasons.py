"""Why Postgres cannot be used, in one sentence that says what to do."""

from __future__ import annotations

import ssl

import asyncpg

STANDBY = (
    "this server is a standby and takes no writes. Point DATABASE_URL at the primary, or name all servers and add"
    " target_session_attrs=read-write"
)
PRIVILEGE = "the role may not do that. Let it own schema and tables, or grant it what is missing"


def reason_of(error: BaseException) -> str:
    """Return what `error` means to an operator, without a full stop."""
    said = str(error).partition("\n")[0] or type(error).__name__
    match error:
        case asyncpg.ReadOnlySQLTransactionError():
            return f"{said}: {STANDBY}"
        case asyncpg.InsufficientPrivilegeError():
            return f"{said}: {PRIVILEGE}"
        case asyncpg.InvalidCatalogNameError():
            return f"{said}. Create it, or correct its name in DATABASE_URL"
        case asyncpg.InvalidAuthorizationSpecificationError():
            return f"{said}. Check user and password in DATABASE_URL, and pg_hba.conf on the server"
        case asyncpg.InvalidSchemaNameError():
            return f"{said}. Create the schema, or correct search_path in DATABASE_URL"
        case asyncpg.TooManyConnectionsError():
            return f"{said}. Raise the server's or the role's limit, or lower DATABASE_POOL_SIZE"
        case asyncpg.DiskFullError():
            return f"{said}. Make room on the server's disk"
        case ssl.SSLError():
            return f"{said}. Check sslmode, sslrootcert, sslcert and sslkey in DATABASE_URL"
        case OSError() | asyncpg.InterfaceError() | asyncpg.PostgresConnectionError():
            return f"{said}. Check DATABASE_URL, and that the server runs"
        case _:
            return said
