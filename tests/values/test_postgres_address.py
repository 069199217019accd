"""The meaning of a URL of Postgres, and what is said of one that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.values.postgres_address import AddressError, Host, Keepalive, PostgresAddress, Tls

CERTIFICATE = str(Path(__file__).parents[1] / "spine/postgres/tls" / "ours.pem")
HOST = (Host("db.example"),)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://", {"hosts": ()}),
        ("postgres://db.example", {"hosts": HOST}),
        ("postgresql://db.example/", {"hosts": HOST, "database": None}),
        ("postgresql://db.example:5433/chat", {"hosts": (Host("db.example", 5433),), "database": "chat"}),
        ("postgresql://me@db.example/chat", {"user": "me", "password": None, "hosts": HOST}),
        ("postgresql://me:p%40s%3As%2Fw%23%25@db.example", {"user": "me", "password": "p@s:s/w#%"}),
        ("postgresql://me:p@ss@db.example", {"user": "me", "password": "p@ss", "hosts": HOST}),
        ("postgresql://me:pä+:ss@db.example", {"password": "pä+:ss"}),
        ("postgresql://m%C3%A9@db.example/ch%20at", {"user": "mé", "database": "ch at"}),
        ("postgresql:///chat?user=me&password=a+b", {"user": "me", "password": "a+b", "database": "chat"}),
        ("postgresql://db.example?dbname=chat", {"database": "chat"}),
        ("postgresql://db.example?database=chat", {"database": "chat"}),
        # Several hosts, in all the ways in which they are written.
        ("postgresql://a:1,b:2/c", {"hosts": (Host("a", 1), Host("b", 2))}),
        ("postgresql://a,b:2", {"hosts": (Host("a"), Host("b", 2))}),
        ("postgresql://a,b?port=7", {"hosts": (Host("a", 7), Host("b", 7))}),
        ("postgresql://?host=a,b&port=1,2", {"hosts": (Host("a", 1), Host("b", 2))}),
        ("postgresql:///c?host=a:1,b:2", {"hosts": (Host("a", 1), Host("b", 2))}),
        ("postgresql://[::1]:5433,[fe80::2]", {"hosts": (Host("::1", 5433), Host("fe80::2"))}),
        ("postgresql:///c?host=::1&port=5433", {"hosts": (Host("::1", 5433),)}),
        # Sockets.
        ("postgresql:///c?host=/run/postgresql", {"hosts": (Host("/run/postgresql"),)}),
        ("postgresql:///c?host=/run/postgresql&port=5433", {"hosts": (Host("/run/postgresql", 5433),)}),
        ("postgresql://%2Frun%2Fpostgresql:5433/c", {"hosts": (Host("/run/postgresql", 5433),)}),
        ("postgresql:///c?port=5433", {"hosts": (Host("localhost", 5433),)}),
        # TLS.
        ("postgresql://h?sslmode=disable", {"tls": Tls(sslmode="disable")}),
        (
            f"postgresql://h?sslmode=verify-full&sslrootcert={CERTIFICATE}",
            {"tls": Tls(sslmode="verify-full", sslrootcert=CERTIFICATE)},
        ),
        (
            f"postgresql://h?sslmode=verify-ca&sslrootcert={CERTIFICATE}&sslcert={CERTIFICATE}&sslkey={CERTIFICATE}&sslpassword=x&ssl_min_protocol_version=TLSv1.3&sslnegotiation=direct",
            {
                "tls": Tls(
                    sslmode="verify-ca",
                    sslrootcert=CERTIFICATE,
                    sslcert=CERTIFICATE,
                    sslkey=CERTIFICATE,
                    sslpassword="x",
                    ssl_min_protocol_version="TLSv1.3",
                    sslnegotiation="direct",
                )
            },
        ),
        (
            "postgresql://h?sslmode=verify-full&sslrootcert=system",
            {"tls": Tls(sslmode="verify-full", sslrootcert="system")},
        ),
        # asyncpg cannot bind a channel: the certificate is verified instead.
        (
            "postgresql://h?sslmode=require&channel_binding=require",
            {"tls": Tls(sslmode="verify-full", sslrootcert="system")},
        ),
        (
            f"postgresql://h?sslmode=verify-ca&sslrootcert={CERTIFICATE}&channel_binding=require",
            {"tls": Tls(sslmode="verify-full", sslrootcert=CERTIFICATE)},
        ),
        ("postgresql://h?channel_binding=prefer", {"tls": Tls()}),
        ("postgresql://h?sslmode=disable&channel_binding=disable", {"tls": Tls(sslmode="disable")}),
        # Sessions.
        ("postgresql://h", {"server_settings": {"application_name": "fireside"}}),
        ("postgresql://h?application_name=a", {"server_settings": {"application_name": "a"}}),
        ("postgresql://h?fallback_application_name=b", {"server_settings": {"application_name": "b"}}),
        (
            "postgresql://h?search_path=app,public",
            {"server_settings": {"application_name": "fireside", "search_path": "app,public"}},
        ),
        (
            "postgresql://h?options=-c%20search_path%3Dapp",
            {"server_settings": {"application_name": "fireside", "options": "-c search_path=app"}},
        ),
        (
            "postgresql://h?options=-c+search_path%3Dapp",
            {"server_settings": {"application_name": "fireside", "options": "-c search_path=app"}},
        ),
        ("postgresql://h?client_encoding=UTF8", {}),
        # The way to it.
        ("postgresql://h", {"connect_seconds": 5.0, "pgbouncer": False, "shuffled": False}),
        ("postgresql://h?connect_timeout=10", {"connect_seconds": 10.0}),
        ("postgresql://h?connect_timeout=1", {"connect_seconds": 2.0}),
        ("postgresql://h?connect_timeout=0", {"connect_seconds": 60.0}),
        ("postgresql://h?connect_timeout=86400", {"connect_seconds": 60.0}),
        ("postgresql://a,b?target_session_attrs=read-write", {"target_session_attrs": "read-write"}),
        ("postgresql://a,b?load_balance_hosts=random", {"shuffled": True}),
        ("postgresql://h?pgbouncer=true", {"pgbouncer": True}),
        ("postgresql://h?pgbouncer=false", {"pgbouncer": False}),
        (
            "postgresql://h?keepalives_idle=30&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=9000",
            {"keepalive": Keepalive(idle=30, interval=5, count=3, user_timeout_ms=9000)},
        ),
        ("postgresql://h?keepalives=0", {"keepalive": Keepalive(enabled=False)}),
        # Parameters that ask for nothing but what we do anyway.
        ("postgresql://h?gssencmode=disable&sslcompression=0&sslsni=1", {"hosts": (Host("h"),)}),
        ("postgresql://h?sslmode=&application_name=", {"tls": Tls()}),
    ],
)
def test_a_url_is_read_as_libpq_reads_it(url: str, expected: dict[str, Any]) -> None:
    address = PostgresAddress.read(url)
    assert {name: getattr(address, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("db.example/chat", "must begin with postgresql:// or postgres://"),
        ("mysql://db.example", "must begin with postgresql://"),
        ("postgresql+asyncpg://db.example", "must begin with postgresql://"),
        ("postgresql://h/c?sslmod=require", "sslmod: .* did you mean sslmode?"),
        ("postgresql://h/c?foo=bar", "foo: is no parameter"),
        ("postgresql://h/c?Sslmode=require", "Sslmode: .* did you mean sslmode?"),
        ("postgresql://h/c?work_mem=1GB", "work_mem: .*options=-c"),
        ("postgresql://h/c?sslmode=no-verify", "sslmode: 'no-verify' is not possible; give one of disable"),
        ("postgresql://h/c?sslmode=VERIFY-FULL", "sslmode: 'VERIFY-FULL' is not possible"),
        ("postgresql://h/c?sslmode=verify-full&sslmode=disable", "sslmode: is given twice"),
        ("postgresql://h/c?sslmode=verify-full&sslrootcert=/no/such.pem", "sslrootcert: there is no file"),
        ("postgresql://h/c?sslmode=require&sslcert=/no/such.pem", "sslcert: there is no file"),
        ("postgresql://h/c?sslmode=require&sslkey=/no/such.pem", "sslkey: there is no file"),
        ("postgresql://h/c?sslmode=require&sslcrl=/no/such.pem", "sslcrl: there is no file"),
        (
            f"postgresql://h/c?sslrootcert={CERTIFICATE}",
            "sslrootcert: verifies nothing .*sslmode=verify-full",
        ),
        ("postgresql://h/c?sslmode=require&sslrootcert=system", "sslrootcert: `system` needs sslmode"),
        ("postgresql://h/c?sslmode=disable&channel_binding=require", "channel_binding: there is no TLS"),
        ("postgresql:///c?host=/run&channel_binding=require", "channel_binding: there is no TLS"),
        ("postgresql://h/c?channel_binding=yes", "channel_binding: 'yes' is not possible"),
        ("postgresql://h/c?ssl=true", "ssl: is not possible here; write sslmode=require"),
        ("postgresql://h/c?require_auth=scram-sha-256", "require_auth: is not possible here; demand"),
        ("postgresql://h/c?requirepeer=postgres", "requirepeer: is not possible here"),
        ("postgresql://h/c?hostaddr=10.0.0.1", "hostaddr: is not possible here; give the address as host"),
        ("postgresql://h/c?service=chat", "service: is not possible here"),
        ("postgresql://h/c?gssencmode=require", "gssencmode: only disable or prefer is possible"),
        ("postgresql://h/c?replication=database", "replication: only"),
        ("postgresql://h/c?schema=app", "schema: is not possible here; write search_path"),
        ("postgresql://h/c?connection_limit=5", "connection_limit: .*DATABASE_POOL_SIZE"),
        ("postgresql://h/c?max_size=5", "max_size: .*DATABASE_POOL_SIZE"),
        ("postgresql://h/c?client_encoding=LATIN1", "client_encoding: 'LATIN1' is not possible"),
        (
            "postgresql://h/c?connect_timeout=soon",
            "connect_timeout: 'soon' is not possible; give a whole number",
        ),
        ("postgresql://h/c?connect_timeout=-1", "connect_timeout: '-1' is not possible"),
        ("postgresql://h/c?target_session_attrs=master", "target_session_attrs: 'master' is not possible"),
        ("postgresql://h/c?pgbouncer=maybe", "pgbouncer: 'maybe' is not possible"),
        ("postgresql://h/c?pgbouncer=true&search_path=app", "search_path: PgBouncer .*alter role"),
        ("postgresql://h/c?pgbouncer=true&options=-cjit%3Doff", "options: PgBouncer .*alter role"),
        ("postgresql://h/c?host=other", "host: is given twice"),
        ("postgresql://h:1/c?port=2", "port: is given twice"),
        ("postgresql://a,b,c/d?port=1,2", "port: there are 2 ports for 3 hosts"),
        ("postgresql://me@h/c?user=you", "user: is given twice"),
        ("postgresql://me:hunter2@h/c?password=x", "password: is given twice"),
        ("postgresql://h/c?dbname=d", "dbname: is given twice"),
        ("postgresql://a,,b/c", "host: one of them is empty"),
        ("postgresql://h:0/c", "port: must be a number from 1 to 65535"),
        ("postgresql://h:65536/c", "port: must be a number"),
        ("postgresql://h:٣/c", "port: must be a number"),
        ("postgresql://[::1/c", "host: an IPv6 address is written"),
        ("postgresql://h/c?sslmode", "sslmode: has no value"),
        ("postgresql://h/c d", "has a space"),
        ("postgresql://h/c\n", "has a space, a line break"),
        ("postgresql://me:hun#ter2@h/c", "write it %23"),
        ("postgresql://me:hun/ter2@h/c", "write it %2F"),
        ("postgresql://me:hun?ter2@h/c", "in a password . is %3F"),
        ("postgresql://me:hun%ter2@h/c", "password: has a % that begins no escape; write it %25"),
        ("postgresql://me:%ff@h/c", "password: its escapes are no UTF-8"),
        ("postgresql://me:%00@h/c", "password: has a zero byte"),
    ],
)
def test_a_url_that_cannot_be_is_refused_by_name_and_without_the_password(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said) as raised:
        PostgresAddress.read(url)
    assert "hunter2" not in str(raised.value)
    assert "ter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://me:secret@h/c", "h:5432"),
        ("postgresql://me:secret@a:1,[::1]:2/c", "a:1, [::1]:2"),
        ("postgresql:///c?host=/run/postgresql", "/run/postgresql"),
        ("postgresql://", "the usual place"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, place: str) -> None:
    address = PostgresAddress.read(url)
    assert address.place == place
    assert "secret" not in repr(address)
