"""Texts from outside: parsed once, into types that raw strings are not.

What is well-formed, blank, one line or an emoji is decided here for every text of the protocol, of REST, of identities
and of the command line. `frontend/shared/src/format/text.ts` has the same rules for what a browser is about to send,
and `tests/texts.json` the cases by which both are tried.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NewType

from app.errors import Invalid, TooLarge

TEXT_CHARS = 16_000
"""The longest text of one message, in characters; with escapes it still fits into a frame."""
NAME_CHARS = 200
STATUS_CHARS = 140

MessageText = NewType("MessageText", str)
"""The text of a message: any lines in any script, and something to see in them."""
Line = NewType("Line", str)
"""A name, a status, an address: one line that stays where it is put."""
Emoji = NewType("Emoji", str)
"""One emoji, fully qualified, as Unicode recommends them for interchange."""

BLANK = (
    r"\x01-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that leave no ink, as a class of a regular expression: White_Space, controls and
Default_Ignorable_Code_Point of Unicode, annotation marks, and two symbols that are drawn empty. Inside a text all of
them have their place: joiners in Persian and in families of emoji, tags in flags."""
NOT_BLANK = rf"^[{BLANK}]*[^{BLANK}\x00][^\x00]*$"
"""The same rule for the description of the REST API: something to see, and no NUL, which Postgres cannot store."""
STRAY = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
"""Characters that a line may not hold, as a class: those that end it, and those that turn the direction of the text."""
ONE_LINE = rf"^[^{STRAY}]*[^{BLANK}\x00][^{STRAY}]*$"
"""The rule of one line for the description of the REST API."""

_visible = re.compile(rf"[^{BLANK}\x00]").search
_breaks_line = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]").search
_turns_direction = re.compile(r"[\u202a-\u202e\u2066-\u2069]").search
"""Embeddings, overrides and isolates reach beyond their own text: "gpj.exe" reads "exe.jpg" behind one. The marks
U+200E, U+200F and U+061C reach no further than their neighbours, and stand in Arabic and Hebrew names."""
_variations_and_tones = re.compile(r"\ufe0f|(?<=(.))[\U0001f3fb-\U0001f3ff]").sub
NO_NUL = r"^[^\x00]*$"
"""Pattern of a text that Postgres can store; for the documents of REST."""


def prose(raw: str, what: str, most_chars: int) -> None:
    """Check a text of any number of lines; `what` names it to whoever has to mend it.

    Raises:
        Invalid, TooLarge: With what to mend.
    """
    if "\0" in raw:
        raise Invalid(f"The {what} has a NUL character, which cannot be stored. Remove it.")
    if not is_well_formed(raw):
        raise Invalid(f"The {what} has half a surrogate pair, which is no character. Remove it.")
    if is_blank(raw):
        raise Invalid(f"The {what} is empty, or of characters that cannot be seen. Write something first.")
    if len(raw) > most_chars:
        raise TooLarge(f"The {what} has {len(raw)} characters; at most {most_chars} fit. Shorten it.")


def message_text(raw: str) -> MessageText:
    """Return the text of a message.

    Raises:
        Invalid, TooLarge: With what to mend.
    """
    prose(raw, "text", TEXT_CHARS)
    return MessageText(raw)


def line(raw: str, what: str, most_chars: int) -> Line:
    """Return a text of one line.

    Raises:
        Invalid, TooLarge
    """
    prose(raw, what, most_chars)
    if _breaks_line(raw):
        raise Invalid(f"The {what} has a line break or a control character. Write it in one line.")
    if _turns_direction(raw):
        raise Invalid(f"The {what} has a character that turns the direction of the text. Remove it.")
    return Line(raw)


def name(raw: str, what: str = "name") -> Line:
    """Return the name of a person or a thing.

    Raises:
        Invalid, TooLarge
    """
    return line(raw, what, NAME_CHARS)


def emoji(raw: str) -> Emoji:
    """Return one emoji, in its fully-qualified form (UTS #51): keyboards differ in the selectors they write.

    Raises:
        Invalid: It is none, or more than one.
    """
    if len(raw) <= LONGEST_EMOJI and _without_variations_and_tones(raw) in EMOJI:
        return Emoji(_textual("\\g<0>\ufe0f", raw.replace("\ufe0f", "")))
    raise Invalid("A reaction is one emoji, such as 👍.")


def is_well_formed(raw: str) -> bool:
    """Tell whether a string can be written as UTF-8, which half a surrogate pair cannot."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_blank(raw: str) -> bool:
    """Tell whether a reader would see nothing."""
    return _visible(raw) is None


def _without_variations_and_tones(raw: str) -> str:
    return _variations_and_tones(lambda found: "" if found[1] is None or found[1] in TONED else found[0], raw)


def _read_emoji() -> tuple[frozenset[str], frozenset[str], str]:
    table = (Path(__file__).parent / "emoji.txt").read_text(encoding="utf-8")
    rows = [row for row in table.splitlines() if not row.startswith("//")]
    end = rows.index("")
    toned, _, textual = rows[end + 1 :]
    return frozenset(" ".join(rows[:end]).split()), frozenset(toned.split()), textual.replace(" ", "")


EMOJI, TONED, TEXTUAL = _read_emoji()
"""Every emoji without variation selectors and skin tones, those that take a tone, and the characters that are text
unless a variation selector or a tone follows."""
_textual = re.compile(rf"[{re.escape(TEXTUAL)}](?![\U0001f3fb-\U0001f3ff])").sub
LONGEST_EMOJI = 16
"""Characters of the longest emoji with all its selectors and tones: longer strings are not looked at."""
