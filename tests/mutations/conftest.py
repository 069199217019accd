"""Engines that may be killed, as the faults have them."""

from tests.faults.conftest import mortal_engines

__all__ = ["mortal_engines"]
