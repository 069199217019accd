"""Our own TLS: a certificate that is checked before anything begins, and can be replaced while we serve."""

from __future__ import annotations

import ssl

from hypercorn.config import Config

from app.spine.server.errors import CertificateError

HANDSHAKE_SECONDS = 10
"""Seconds a peer may take over its TLS handshake, as over everything it has to say first."""


class Certificate:
    """The certificate in `TLS_CERTFILE` and its key in `TLS_KEYFILE`.

    Raises:
        CertificateError
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self.context = self._load()

    def reload(self) -> None:
        """Show what the files hold now to whoever connects from now on.

        Raises:
            CertificateError: The one from before stays.
        """
        # Tried apart first: OpenSSL keeps the certificate of a pair whose key it then refuses.
        self._load()
        self.context.load_cert_chain(*self._files, password="")

    @property
    def _files(self) -> tuple[str, str]:
        return str(self._config.certfile), str(self._config.keyfile)

    def _load(self) -> ssl.SSLContext:
        # An encrypted key would be asked for on the terminal, and nobody is there.
        self._config.keyfile_password = ""
        try:
            context = self._config.create_ssl_context()
        except (OSError, ValueError) as error:
            certificate, key = self._files
            raise CertificateError(
                f"TLS_CERTFILE {certificate!r} and TLS_KEYFILE {key!r} cannot be used: {error}."
                " Give a PEM certificate chain and its key, unencrypted."
            ) from error
        assert context is not None  # noqa: S101 - both files are set, or none is (app/settings/check.py).
        return context
