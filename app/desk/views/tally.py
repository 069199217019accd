"""The live counts: moved by what changes, told at most four times a second, and counted anew every half minute.

A look is one statement: the changes of facets since the last one, and beside them the counts that are due. Both are of
one snapshot, so a count that was moved must equal the one that was counted; by how much it does not is `drift`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic

import structlog

from app.desk.views.counts import Counted, Counts
from app.desk.views.counts_store import select_look, select_snapshot
from app.desk.views.predicates import resolve
from app.desk.views.service import SavedViews
from app.desk.views.store import select_sights
from app.errors import Retryable
from app.protocol.views import VIEWS_SHOWN, View, ViewCounts, ViewList
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.identity import Identity
from app.spine.rooms.room import Sink

log = structlog.get_logger()

LOOK_SECONDS = 0.25
"""Seconds between two looks, and so between two tellings."""
SWEEP_SECONDS = 1.0
"""Seconds after which we look though nothing was heard: the hint may be lost."""
RECOUNT_SECONDS = 30.0
TIMED_SECONDS = 5.0
"""Seconds between two counts of a view that time itself moves."""
VIEWS = "views"
SIGHTS = "sights"
COUNTS = "view_counts"


@dataclass(eq=False)
class Shown:
    """The views of one follower."""

    sink: Sink
    identity: Identity
    ids: list[str] | None
    views: list[View] | None = None
    """Those that it was told last."""
    is_stale: bool = True
    """Whether they have to be read."""
    counted: dict[str, Counted] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)

    def see(self, sight: frozenset[int]) -> None:
        """Take the inboxes in which the follower sees conversations."""
        self.counted = {
            view.id: Counted(resolve(view.predicate, self.identity.user_id), sight)
            for view in (self.views or [])[:VIEWS_SHOWN]
            if self.ids is None or view.id in self.ids
        }


class Tally:
    """The followers of counts in this process."""

    def __init__(self, db: Database, saved: SavedViews) -> None:
        self._db = db
        self._saved = saved
        self._followers: dict[Sink, Shown] = {}
        self._sights: dict[int, frozenset[int]] = {}
        self._counts = Counts()
        self._since: str | None = None
        """The snapshot up to which the counts have been moved."""
        self._log = 0
        """Counts the logs there were: what was read of another is void."""
        self._counted_at = self._timed_at = 0.0
        self._news = asyncio.Event()
        self._followed = asyncio.Event()
        self.drift = 0
        """Conversations by which counts were wrong when they were counted anew."""

    def follow(self, sink: Sink, identity: Identity, ids: list[str] | None) -> None:
        """Tell a follower its views and their counts, now and whenever they change."""
        self._followers[sink] = Shown(sink, identity, ids)
        self._followed.set()
        self._news.set()

    def unfollow(self, sink: Sink) -> None:
        if self._followers.pop(sink, None) is not None and not self._followers:
            self._followed.clear()

    def entry_appended(self, *_entry: object) -> None:
        """Look soon: something has changed."""
        self._news.set()

    def views_changed(self) -> None:
        """Read the views anew: one was saved here."""
        for shown in self._followers.values():
            shown.is_stale = True
        self._news.set()

    def sights_changed(self) -> None:
        """Somebody may see other inboxes than before."""
        self._sights.clear()
        self.views_changed()

    def forget(self) -> None:
        """The log was replaced, or changes were missed: nothing can be moved from where it was."""
        self._since = None
        self._log += 1
        self._counts.forget()
        self._news.set()

    async def run(self) -> None:
        """Look and tell, until cancelled; nothing is asked for nobody."""
        while True:
            if not self._followers:
                self.forget()
                await self._followed.wait()
            try:
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self.look()
            except Retryable as error:
                log.debug("look_failed", why=error.message)
                self.forget()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Bring all counts to this moment, and tell those that are others than before.

        Raises:
            Retryable: Postgres is away.
        """
        now, read_log = monotonic(), self._log
        everything = now >= self._counted_at + RECOUNT_SECONDS
        # From before the views are read: what changes after that is seen by the look, the first one too.
        since = self._since or await select_snapshot(self._db)
        await self._read_views(everything=everything)
        due = self._counts.due(everything=everything, timed=now >= self._timed_at + TIMED_SECONDS)
        grouped = [count for count in due if count.is_grouped]
        single = [count for count in due if not count.is_grouped]
        look = await select_look(
            self._db, since, grouped=bool(grouped), single=[count.counted for count in single]
        )
        if self._log != read_log:
            return
        self._counts.move(look.changes)
        drift = self._counts.set_grouped(grouped, look.groups)
        drift += sum(count.set(value) for count, value in zip(single, look.counts, strict=True))
        self._since = look.snapshot
        self._counted_at = now if everything else self._counted_at
        self._timed_at = now if any(count.is_timed for count in single) else self._timed_at
        if drift:
            self.drift += drift
            log.warning("view_counts_drifted", conversations=drift)
        if SIGHTS in look.changed:
            self.sights_changed()
        elif VIEWS in look.changed:
            self.views_changed()
        for shown in list(self._followers.values()):
            self._tell(shown)

    async def _read_views(self, *, everything: bool) -> None:
        """Learn who follows what, where it is not known: what a follower may see is asked each half minute too."""
        followers = list(self._followers.values())
        asked = {
            shown.identity.user_id
            for shown in followers
            if everything or shown.identity.user_id not in self._sights
        }
        if asked:
            self._sights |= await select_sights(self._db, asked)
        for shown in followers:
            sight = self._sights[shown.identity.user_id]
            if shown.is_stale or everything:
                shown.is_stale = False
                views = await self._saved.all(shown.identity)
                if views != shown.views:
                    shown.views = views
                    shown.sink.tell((VIEWS,), Frame.of(ViewList(views)))
            shown.see(sight)
        self._counts.keep({counted for shown in followers for counted in shown.counted.values()})

    def _tell(self, shown: Shown) -> None:
        counts = {
            view_id: told
            for view_id, counted in shown.counted.items()
            if shown.sink in self._followers and (told := self._counts[counted].told) is not None
        }
        if counts and counts != shown.told:
            shown.told = counts
            shown.sink.tell((COUNTS,), Frame.of(ViewCounts(counts)))
