"""Which sites a browser may call us from."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from app.batch import Batch
from app.db import Database
from app.settings import Settings
from app.store.inboxes import select_allowed_origins


class Origins:
    """Ours, those that are set, and those of the inboxes."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._listed = settings.websocket_cors_origin
        self._public = urlsplit(settings.public_url).netloc.lower()
        self._inboxes: Batch[str, bool] = Batch(self._load)

    def is_own(self, origin: str, host: str) -> bool:
        """Say whether an origin is ours. Behind a proxy that ends TLS the scheme differs, so hosts are compared."""
        scheme, _, origin_host = origin.partition("://")
        # Compared whole: a browser's Origin has neither user nor path, and what has is no browser's.
        own = {host.lower(), self._public} - {""}
        return scheme in {"http", "https"} and origin_host.lower() in own

    def is_listed(self, origin: str) -> bool:
        """Say whether the settings allow an origin everything."""
        return "*" in self._listed or origin in self._listed

    async def is_allowed(self, origin: str) -> bool:
        """Say whether a customer may come from an origin.

        Raises:
            Unavailable: Postgres has to be asked, and does not answer.
        """
        return self.is_listed(origin) or await self._inboxes.load(origin) is not None

    async def _load(self, origins: list[str]) -> Mapping[str, bool]:
        return dict.fromkeys(await select_allowed_origins(self._db, origins), True)
