"""Bots that answer customers until an agent does: one small interface, one file for each.

`runner` decides which message is answered when; `asker` answers it; `catalogue` knows which bots there are.
"""

from app.bots.catalogue import NEEDS, check_configuration
from app.bots.runner import Bots

__all__ = ["NEEDS", "Bots", "check_configuration"]
