"""Everybody who follows the list in this process, and how far they have been told of it."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from app.desk.inbox.cursor import Cursor
from app.desk.inbox.following import Following
from app.desk.inbox.wanted import Wanted
from app.spine.rooms.room import Sink, StatesSink

CURSOR_SECONDS = 1.0
"""Seconds between two cursors: whoever comes back is told again of as much."""


class Followers:
    def __init__(self) -> None:
        self._following: dict[Sink, Following] = {}
        self.due: Cursor | None = None
        """The cursor to tell once everything that waits now has been told."""
        self._told: Cursor | None = None
        """The one that was told last."""
        self._told_at = 0.0
        self._is_wanted = True
        """Whether somebody has to be told one, though nothing has changed."""

    def __len__(self) -> int:
        return len(self._following)

    def __iter__(self) -> Iterator[Sink]:
        return iter(self._following)

    def __contains__(self, sink: Sink) -> bool:
        return sink in self._following

    def get(self, sink: Sink) -> Following | None:
        return self._following.get(sink)

    def add(self, sink: StatesSink, wanted: Wanted, *, is_behind: bool = False) -> Following:
        """Let a connection follow this part of the list, and no other that it had."""
        self.remove(sink)
        following = self._following[sink] = Following(sink, wanted, is_behind)
        return following

    def remove(self, sink: Sink) -> None:
        following = self._following.pop(sink, None)
        if following is not None and following.returning is not None:
            following.returning.cancel()

    def cursor_for(self, wanted: Wanted) -> Cursor | None:
        """Return the cursor that was told last, for this part; None before the first look at Postgres."""
        return self._told and wanted.cursor(self._told)

    @property
    def has_views(self) -> bool:
        """Whether somebody follows a view: then it matters what a conversation was before a change."""
        return any(following.wanted.view is not None for following in self._following.values())

    def want_cursor(self) -> None:
        """Tell one after the next look, whether or not it finds something."""
        self._is_wanted = True

    def seen(self, cursor: Cursor, *, has_changed: bool) -> None:
        """Note a look at Postgres; its cursor is due if something has changed, or if it is wanted."""
        if has_changed or self._is_wanted:
            self.due, self._is_wanted = cursor, False

    def may_tell(self) -> bool:
        """Say whether the last cursor is long enough ago."""
        return monotonic() >= self._told_at + CURSOR_SECONDS

    def tell(self, cursor: Cursor) -> None:
        """Tell all of them that everything before this has been told."""
        if self.due is cursor:
            self.due = None
        self._told, self._told_at = cursor, monotonic()
        for following in self._following.values():
            following.tell_cursor(cursor)

    def forget(self) -> None:
        """Let no cursor count any longer: the log was replaced."""
        self.due = self._told = None
        self._is_wanted = True
