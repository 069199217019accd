"""The sites that a browser may call us from."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import Forbidden
from app.settings import Settings
from app.spine.batch import Batch
from app.spine.db import Database
from app.spine.stored_origins import (
    readable,
    select_allowed_origins,
    select_stored_origins,
    update_stored_origins,
)
from app.values.origin import OPAQUE, Origin, origin_of, scheme_of


class Origins:
    """Ours, those that are set, and those of the inboxes."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._listed = frozenset(settings.websocket_cors_origin)
        self._public = settings.public_url
        self._inboxes: Batch[Origin, bool] = Batch(self._load)

    async def repair(self) -> None:
        """Rewrite what earlier versions have stored as it was typed, so that it can be compared.

        What is no origin stays as it is, allows nothing, and is logged.
        """
        for inbox_id, stored in await select_stored_origins(self._db):
            repaired = list(dict.fromkeys(readable(text) or text for text in stored))
            if repaired != stored:
                await update_stored_origins(self._db, inbox_id, stored, repaired)

    def is_own(self, origin: Origin, host: str) -> bool:
        """Say whether an origin is ours: the public address, or where none is set, the host that was asked.

        What was asked is no proof where a public address is known: a name of an attacker's that leads to us (DNS
        rebinding) is both Origin and Host of their page. Behind a proxy that ends TLS the scheme differs, so without a
        public address only hosts are compared.
        """
        return origin == (self._public or origin_of(scheme_of(origin), host))

    def refusal(self, origin: Origin, host: str) -> Forbidden:
        """Return what tells whoever set this up why a page of this origin is not taken for ours."""
        if origin == OPAQUE:
            return Forbidden("This can only be done from Fireside's own pages.")
        if self._public is not None:
            return Forbidden(
                f"This page is on {origin}, but PUBLIC_URL is {self._public}. Open Fireside there, or set PUBLIC_URL"
                " to the address that people open."
            )
        return Forbidden(
            f"This page is on {origin}, but the request came for {host or 'no host'}. If Fireside is reached by that"
            f" page's address, set PUBLIC_URL={origin}, or let the proxy pass the Host header on as it came."
        )

    def is_listed(self, origin: Origin) -> bool:
        """Say whether the settings allow an origin everything."""
        return "*" in self._listed or origin in self._listed

    async def is_allowed(self, origin: Origin) -> bool:
        """Say whether a customer may come from an origin.

        Raises:
            Unavailable, Timeout: Postgres has to be asked, and does not answer.
        """
        return self.is_listed(origin) or await self._inboxes.load(origin) is not None

    async def _load(self, origins: list[Origin]) -> Mapping[Origin, bool]:
        return dict.fromkeys(await select_allowed_origins(self._db, origins), True)
