"""An agent's email address, in the one form in which it is stored, looked up and counted."""

from __future__ import annotations

import string
import unicodedata
from typing import NewType

Email = NewType("Email", str)
"""An address as `fold_email` returns it: two of them are one account's if they are equal, and only then."""
ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold_email(text: str) -> Email:
    """Return the address that people mean: without the space and dots around it, full-width letters as plain ones.

    Only ASCII letters become small. The result of `lower` for `İ` depends on the language, the library and the
    database, and where two of those disagree, one counts wrong passwords against an address that the other
    does not know.
    """
    plain = unicodedata.normalize("NFKC", text).strip().rstrip(".").rstrip()
    return Email(plain.translate(ASCII_LOWER))
