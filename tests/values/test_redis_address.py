"""REDIS_URL, as people write it: what it means, or why it means nothing."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from app.values.redis_address import RedisAddress, RedisAddressError, Verification

CERTIFICATE = Path(__file__).parents[1] / "server" / "tls" / "certificate.pem"

READ = {
    "redis://redis.internal": RedisAddress(host="redis.internal"),
    "redis://": RedisAddress(),
    "redis:///3": RedisAddress(db=3),
    "redis://localhost:7000/": RedisAddress(port=7000),
    "redis://localhost/15": RedisAddress(db=15),
    "redis://localhost?db=2": RedisAddress(db=2),
    "redis://localhost/2?db=2": RedisAddress(db=2),
    "REDIS://localhost": RedisAddress(),
    "valkey://cache:6380/1": RedisAddress(host="cache", port=6380, db=1),
    "redis://[2001:db8::1]:6380": RedisAddress(host="2001:db8::1", port=6380),
    "redis://:secret@h": RedisAddress(host="h", password="secret"),
    "redis://ada:secret@h": RedisAddress(host="h", username="ada", password="secret"),
    "redis://a%40b:p%2Fw%23%3F%3A%25@h/0": RedisAddress(host="h", username="a@b", password="p/w#?:%"),
    "redis://ada:p:w@h": RedisAddress(host="h", username="ada", password="p:w"),
    "redis://h?username=ada&password=p%2Bw": RedisAddress(host="h", username="ada", password="p+w"),
    "unix:///run/redis.sock": RedisAddress(path="/run/redis.sock"),
    "unix:///run/a%20b/redis.sock?db=4": RedisAddress(path="/run/a b/redis.sock", db=4),
    "unix://ada:secret@/run/redis.sock": RedisAddress(
        path="/run/redis.sock", username="ada", password="secret"
    ),
    "unix:///run/redis.sock?password=secret": RedisAddress(path="/run/redis.sock", password="secret"),
    "rediss://h": RedisAddress(host="h", tls=Verification()),
    "valkeys://h": RedisAddress(host="h", tls=Verification()),
    "rediss://h?ssl_cert_reqs=required": RedisAddress(host="h", tls=Verification()),
    "rediss://h?ssl_cert_reqs=CERT_REQUIRED": RedisAddress(host="h", tls=Verification()),
    "rediss://h?ssl_cert_reqs=optional": RedisAddress(host="h", tls=Verification()),
    "rediss://h?ssl_cert_reqs=none": RedisAddress(host="h", tls=Verification(requirement=ssl.CERT_NONE)),
    "rediss://h?ssl_check_hostname=false": RedisAddress(host="h", tls=Verification(check_hostname=False)),
    "rediss://h?ssl_ca_certs=%2Fetc%2Fca.pem": RedisAddress(
        host="h", tls=Verification(ca_certs="/etc/ca.pem")
    ),
    "rediss://h?ssl_certfile=/c.pem&ssl_keyfile=/k.pem": RedisAddress(
        host="h", tls=Verification(certfile="/c.pem", keyfile="/k.pem")
    ),
}
REFUSED = {
    "": "must begin with",
    "localhost:6379": "must begin with",
    "http://h": "must begin with",
    "redis+sentinel://h:26379/mymaster": "Sentinel is not spoken yet",
    "sentinel://h:26379": "Sentinel is not spoken yet",
    "redis-sentinel://h:26379": "Sentinel is not spoken yet",
    "redis+cluster://h": "Cluster is not spoken yet",
    "redis-cluster://h": "Cluster is not spoken yet",
    "redis://h/notanumber": "'notanumber' is no database number",
    "redis://h/-1": "no database number",
    "redis://h/1/2": "no database number",
    "redis://h/1.5": "no database number",
    "redis://h/%31x": "no database number",
    "redis://h?db=x": "no database number",
    "redis://h/1?db=2": "two database numbers",
    "redis://h?foo=bar": "there is no parameter 'foo'",
    "redis://h?socket_timeout=5": "there is no parameter 'socket_timeout'",
    "rediss://h?ssl_ca_cert=/ca.pem": "there is no parameter 'ssl_ca_cert'; those there are: db",
    "redis://h?db": "not name=value",
    "redis://h?db=": "db is empty",
    "redis://h?db=1&db=2": "db is given twice",
    "redis://h?ssl_ca_certs=/ca.pem": "ssl_ca_certs asks for TLS, which begins with rediss://",
    "unix:///s?ssl_cert_reqs=none": "asks for TLS",
    "rediss://h?ssl_cert_reqs=perhaps": "ssl_cert_reqs: give one of",
    "rediss://h?ssl_check_hostname=perhaps": "ssl_check_hostname: give true or false",
    "rediss://h?ssl_cert_reqs=none&ssl_ca_certs=/ca.pem": "keep one of them",
    "rediss://h?ssl_keyfile=/k.pem": "of no use without ssl_certfile",
    "redis://h:port": "cannot be read|can be read",
    "redis://h:70000": "can be read",
    "redis://h:0": "port 0",
    "redis://[::1": "can be read",
    "redis://:hunter2/x@h": "percent-encode",
    "redis://:hunter2#x@h": "%23|percent-encode",
    "redis://h#": "%23",
    "redis://h1:6379,h2:6379": "several hosts",
    "redis://h1,h2/0": "several hosts",
    "redis://:%ff@h": "not as UTF-8",
    "unix://run/redis.sock": "three slashes",
    "unix://": "names no socket",
    "unix:///": "names no socket",
    "unix:///a%00b": "names no socket",
}


@pytest.mark.parametrize("url", READ)
def test_an_address_means_what_people_mean(url: str) -> None:
    assert RedisAddress.read(url) == READ[url]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_cannot_be_meant_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(RedisAddressError, match=REFUSED[url]) as caught:
        RedisAddress.read(url)
    assert "hunter2" not in str(caught.value)


def test_only_the_given_authorities_are_believed() -> None:
    context = Verification(ca_certs=str(CERTIFICATE)).context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize(
    ("verification", "reason"),
    [
        (Verification(ca_certs="/no/ca.pem"), "ssl_ca_certs: there is no file '/no/ca.pem'"),
        (Verification(ca_certs=__file__), "cannot be used"),
        (Verification(certfile="/no/c.pem"), "ssl_certfile: there is no file"),
        (Verification(certfile=str(CERTIFICATE)), "cannot be used"),
    ],
)
def test_files_that_cannot_be_used_are_told_before_anything_connects(
    verification: Verification, reason: str
) -> None:
    with pytest.raises(RedisAddressError, match=reason):
        verification.context()


def test_an_address_in_a_traceback_shows_no_password() -> None:
    shown = repr(RedisAddress.read("redis://ada:hunter2@h:7/1"))
    assert shown == "RedisAddress('h:7', db=1)"
