"""Errors that keep a process from serving and are no fault of ours; each message says what to do."""

from __future__ import annotations


class StartError(Exception):
    """The process cannot serve as it is set up."""


class DatabaseError(StartError):
    """The database that was reached a moment ago cannot be used."""


class ListenError(StartError):
    """The address cannot be listened on."""


class CertificateError(StartError):
    """The certificate or its key cannot be used."""
