"""The results as tables of Markdown, in bench/faces/README.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.faces.felt import BUDGETS_MS
from bench.faces.probe import Figures

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results: written by python -m bench.faces -->", "<!-- end of results -->"
Cell = Callable[[Figures], str]


class Results(msgspec.Struct):
    """The measurements, and the machine they were made on."""

    machine: str
    admin: dict[str, Figures] = {}
    widget: dict[str, Figures] = {}


ADMIN_ROWS = {
    "blank": "a page that does nothing",
    "load": "loading, to the first rows",
    "list_down": "list, down through 5,000 rows as they are fetched",
    "list_up": "list, up again",
    "open": "opening the long conversation",
    "log_up": "paging up through 10,000 messages",
    "live_long": "live, all 10,000 messages loaded",
    "live": "live, after a reload",
}
FELT = {"palette": "the palette", "slash": "canned replies", "next": "the next conversation"}
ADMIN_COLUMNS: dict[str, Cell] = {
    "frame p50 / p95 / max, ms": lambda each: trio(each, "frame"),
    "frames missed": lambda each: f"{each['missed_share']:.1%}",
    "long tasks: number, longest": lambda each: f"{each['long_tasks']:.0f}, {each['long_max']:.0f} ms",
    "most CPU of a task": lambda each: f"{each['own_max']:.0f} ms",
    "main thread busy": lambda each: f"{each['busy_share']:.0%}",
    "key to paint p50 / p95 / max, ms": lambda each: trio(each, "key"),
    "elements at most": lambda each: f"{each['most_elements']:.0f}",
    "heap after": lambda each: f"{each['heap_mb']:.1f} MB" if "heap_mb" in each else "",
}
WIDGET_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("loader", "requests", "Loader: requests before anybody wants to chat", "{:.0f}"),
    ("loader", "bytes", "Loader: bytes on the wire, header included", "{:,.0f}"),
    ("loader", "script_ms", "Loader: time of the page's main thread, compiling included", "{:.0f} ms"),
    ("loader", "layout_shift", "Loader: layout shift of the host page", "{:g}"),
    ("first", "paint_ms", "First opening: from tap to the panel's first paint", "{:,.0f} ms"),
    ("first", "focus_ms", "First opening: from tap to the composer, ready to type", "{:,.0f} ms"),
    (
        "first",
        "connected_ms",
        "First opening: from tap to connected (new session, socket let in)",
        "{:,.0f} ms",
    ),
    ("first", "requests", "First opening: requests", "{:.0f}"),
    ("first", "bytes", "First opening: bytes on the wire", "{:,.0f}"),
    ("first", "layout_shift", "First opening: layout shift of the host page", "{:g}"),
    ("again", "focus_ms", "Opening again: from tap to the composer, ready to type", "{:,.0f} ms"),
    ("return", "connected_ms", "Next page of the site: from its beginning to connected", "{:,.0f} ms"),
    (
        "return",
        "tap_connected_ms",
        "Coming back: from tap to connected (with a stored session)",
        "{:,.0f} ms",
    ),
)


def trio(figures: Figures, of: str) -> str:
    if f"{of}_p50" not in figures:
        return ""
    return " / ".join(f"{figures[f'{of}_{part}']:.0f}" for part in ("p50", "p95", "max"))


def tables(results: Results) -> str:
    lines = [f"{results.machine}\n"]
    if results.admin:
        lines += [row(["Admin", *ADMIN_COLUMNS]), "|---" * (1 + len(ADMIN_COLUMNS)) + "|"]
        for part, title in ADMIN_ROWS.items():
            lines.append(row([title, *(cell(results.admin[part]) for cell in ADMIN_COLUMNS.values())]))
        load, opened = results.admin["load"], results.admin["open"]
        lines.append(
            f"\nLoading: first paint after {load['first_paint_ms']:.0f} ms, rows to click after"
            f" {load['usable_ms']:.0f} ms. The long conversation shows its newest messages"
            f" {opened['open_ms']:.0f} ms after the click.\n"
        )
        if felt := results.admin.get("felt"):
            told = (
                f"{title} {felt[f'{name}_p95']:.0f} ms (of {BUDGETS_MS[name]})"
                for name, title in FELT.items()
            )
            lines.append(f"From the key to the change of the document, p95: {', '.join(told)}.\n")
    if results.widget:
        lines += [row(["Widget on a phone", ""]), "|---|---|"]
        lines += [
            row([title, shown.format(results.widget[p][name])])
            for p, name, title, shown in WIDGET_ROWS
            if name in results.widget[p]
        ]
    return "\n".join(lines)


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write_report(results: Results) -> None:
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n\n{tables(results)}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
