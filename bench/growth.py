"""The growth of a message's cost: with conversations, with what is stored, and over processes."""

from __future__ import annotations

from collections.abc import Sequence

from bench.picture import Line, lines
from bench.plan import CONVERSATIONS, ENTRIES, PROCESSES, Scenario
from bench.results import RESULTS, Results, load
from bench.server import SERVERS
from bench.tables import row

PROCESSES_NOTE = """\
Customer and agent, and the sockets of the room, are spread over both processes, so every message crosses from one
to the other. Two servers, the load and the engines do not fit on two cores at once: the scaling is what twice the
processor time would carry, at what a message then costs.
"""


def growth_tables() -> str:
    """Return what is known of it, and draw the curves."""
    parts = []
    if known := loaded(CONVERSATIONS):
        x = [scenario.options["conversations"] for scenario, _ in known]
        parts += ["### More conversations", table("Conversations", x, known), ""]
        parts += [
            "In ten conversations many messages of one share a write; beyond, what counts is that nothing grows.",
            "",
        ]
        draw("conversations", "Processor time per message", "conversations, 200 messages in flight", x, known)
        parts += ["![Cost of a message over the number of conversations](results/conversations.svg)", ""]
    if known := loaded(ENTRIES):
        x = [float(scenario.entries) for scenario, _ in known]
        parts += ["### More history", table("Stored entries", x, known), ""]
        draw("entries", "Processor time per message", "stored entries", x, known)
        parts += ["![Cost of a message over the number of stored entries](results/entries.svg)", ""]
        parts += [
            "The plans of the statements at 1,000,000 entries are in [results/plans.txt](results/plans.txt).",
            "",
        ]
    if known := loaded(PROCESSES):
        parts += ["### Two processes", processes_table(known), "", PROCESSES_NOTE, ""]
    return "\n".join(parts)


def loaded(scenarios: Sequence[Scenario]) -> list[tuple[Scenario, Results]]:
    return [(each, results) for each in scenarios if (results := load(each)) is not None]


def table(heading: str, x: Sequence[float], known: Sequence[tuple[Scenario, Results]]) -> str:
    names = [name for name in known[0][0].servers if all(results.has(name) for _, results in known)]
    headings = [
        f"{SERVERS[name].title}, {what}"
        for name in names
        for what in ("messages/s", "server CPU each, µs", "engines CPU each, µs")
    ]
    lines_ = [row(heading, *headings), row(*["---:"] * (len(headings) + 1))]
    for value, (_, results) in zip(x, known, strict=True):
        cells = [
            f"{results.median(name, figure):,.0f}"
            for name in names
            for figure in ("per_second", "server_microseconds", "engines_microseconds")
        ]
        lines_.append(row(f"{value:,.0f}", *cells))
    return "\n".join(lines_)


def draw(
    name: str, title: str, x_title: str, x: Sequence[float], known: Sequence[tuple[Scenario, Results]]
) -> None:
    series = [
        Line(
            f"{SERVERS[server].title}, {whose}",
            [
                (at, results.median(server, f"{whose}_microseconds"))
                for at, (_, results) in zip(x, known, strict=True)
                if results.has(server)
            ],
        )
        for server in known[0][0].servers
        for whose in ("server", "engines")
        if any(results.has(server) for _, results in known)
    ]
    (RESULTS / f"{name}.svg").write_text(lines(title, x_title, "µs", series), encoding="utf-8")


def processes_table(known: Sequence[tuple[Scenario, Results]]) -> str:
    lines_ = [
        row("", "a second", "server CPU each, µs", "server cores used", "Scaling by cost"),
        row("---", "---:", "---:", "---:", "---:"),
    ]
    before: Results | None = None
    for scenario, results in known:
        scaling = ""
        if scenario.processes == 1:
            before = results
        elif before is not None:
            cost = before.median("fireside", "server_microseconds")
            scaling = f"{scenario.processes * cost / results.median('fireside', 'server_microseconds'):.2f}"
        lines_.append(
            row(
                scenario.title,
                f"{results.median('fireside', 'per_second'):,.0f}",
                f"{results.median('fireside', 'server_microseconds'):,.2f}",
                f"{results.median('fireside', 'server_cpu'):.2f}",
                scaling,
            )
        )
    return "\n".join(lines_)
