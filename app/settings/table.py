"""Write the table of settings in docs/configuration.md: `python -m app.settings.table`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from app.settings.structs import SECRETS
from app.settings.variables import VARIABLES
from app.values.client import NO_PROXIES

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
BEGIN, END = "<!-- made by python -m app.settings.table -->", "<!-- end -->"


def table() -> str:
    """Return the settings as a Markdown table, in the order of their fields."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, variable in VARIABLES.items():
        info = msgspec.inspect.type_info(variable.type)
        described = info.extra_json_schema if isinstance(info, msgspec.inspect.Metadata) else None
        shown = f"`{name}`" + (" †" if name.lower() in SECRETS else "")
        rows.append(f"| {shown} | {_shown(variable.default)} | {(described or {}).get('description', '')} |")
    return "\n".join(rows)


def page(text: str) -> str:
    """Return the page with its table made anew."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


def _shown(default: Any) -> str:
    if default in ("", (), None, NO_PROXIES):
        return ""
    if isinstance(default, bool):
        return "`1`" if default else "`0`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
