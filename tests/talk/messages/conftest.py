"""The protocol, through real sockets of both kinds."""

from tests.http_versions import http

__all__ = ["http"]
