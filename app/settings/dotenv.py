"""Read a `.env` file: `NAME=value` lines, comments, quotes, and nothing that needs a shell."""

from __future__ import annotations

import re
from pathlib import Path

LINE = re.compile(
    r"""(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*
        (?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>(?:[^'"\s\#].*?)?))
        (?:\s+(?:\#.*)?)?""",
    re.VERBOSE,
)
ESCAPES = {"n": "\n", "t": "\t"}


def read(path: Path) -> dict[str, str]:
    """Return the variables that the file sets; none if there is no such file.

    Raises:
        ValueError: for a line that sets nothing and is no comment; with its number, not its text, which may
            be a secret.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    values = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"{path}, line {number}: expected NAME=value")
        values[match["name"]] = _value(match)
    return values


def _value(match: re.Match[str]) -> str:
    if match["double"] is not None:
        return re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), match["double"])
    return match["single"] if match["single"] is not None else match["bare"]
