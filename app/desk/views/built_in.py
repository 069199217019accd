"""The views that every agent has."""

from __future__ import annotations

from app.desk.views.facets import ME, STATUSES
from app.protocol.views import AllOf, Is, Predicate, View

INBOX = "inbox-"
"""The beginning of the id of an inbox's view."""
OPEN = Is("status", ("open",))


def built_in(id_: str, predicate: Predicate) -> View:
    return View(id=id_, kind="built_in", name=id_, predicate=predicate, sort="activity")


BUILT_IN = {
    view.id: view
    for view in (
        built_in("mine", AllOf((OPEN, Is("assignee", (ME,))))),
        built_in("unassigned", AllOf((OPEN, Is("assignee", (None,))))),
        built_in("open", OPEN),
        *(
            built_in(status, Is("status", (status,)))
            for status in STATUSES
            if status not in ("open", "closed")
        ),
        built_in("closed", Is("status", ("closed",))),
    )
}


def inbox_view(inbox_id: int, name: str) -> View:
    """Return the view of an inbox: what is open there."""
    return View(
        id=f"{INBOX}{inbox_id}",
        kind="inbox",
        name=name,
        predicate=AllOf((OPEN, Is("inbox", (inbox_id,)))),
        sort="activity",
    )
