"""Bots that answer customers until an agent does: one small interface, one file for each.

`runner` decides which message is answered when; `asker` answers it; `left_behind` takes up what a process that died has
left behind; `catalogue` knows which bots there are.
"""

from app.bots.catalogue import NEEDS, check_configuration
from app.bots.left_behind import orphans
from app.bots.runner import Bots

__all__ = ["NEEDS", "Bots", "check_configuration", "orphans"]
