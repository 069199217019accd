"""The tables of `README.md`, from the results that are there."""

from __future__ import annotations

from bench.measure import Figures
from bench.plan import Scenario, Target
from bench.results import Results, is_met, measured
from bench.server import SERVERS

Column = tuple[str, str, str]
"""Figure, heading, and how it is written."""

CPU: Column = ("server_microseconds", "server CPU each, µs", ",.1f")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "fanout": (
        ("per_second", "deliveries/s", ",.0f"),
        CPU,
    ),
    "durable": (
        ("per_second", "messages/s", ",.0f"),
        CPU,
        ("engines_microseconds", "engines CPU each, µs", ",.0f"),
    ),
    "rate": (
        ("p50_ms", "p50, ms", ",.1f"),
        ("p99_ms", "p99, ms", ",.1f"),
        ("max_ms", "worst, ms", ",.1f"),
        ("delivered_share", "delivered", ".2%"),
        CPU,
    ),
    "storm": (
        ("per_second", "resumed/s", ",.0f"),
        ("mean_seconds", "mean, s", ".2f"),
        ("worst_seconds", "worst, s", ".2f"),
        ("resumed_share", "resumed", ".2%"),
        ("dropped_share", "needed a second try", ".2%"),
        CPU,
    ),
    "idle": (("kilobytes", "kB each", ".1f"), ("idle_cpu", "core used meanwhile", ".1%")),
}
COLUMNS["inbox"] = COLUMNS["rate"]
COLUMNS["many"] = COLUMNS["durable"]
CORES: tuple[Column, ...] = (("server_cpu", "its core", ".0%"), ("rest_cpu", "other core", ".0%"))
"""The load of the cores. A figure says something of a server when its core was the one that was full."""
WORDS = {
    "per_second": "as many a second",
    "p99_ms": "p99",
    "delivered_share": "delivered",
    "resumed_share": "resumed",
    "dropped_share": "needed a second try",
    "mean_seconds": "mean time to be resumed, s",
    "worst_seconds": "worst time to be resumed, s",
    "kilobytes": "kB a connection",
}


def with_rest(figures: Figures) -> Figures:
    return {**figures, "rest_cpu": figures["engines_cpu"] + figures["load_cpu"]}


def scenario_table(scenario: Scenario, results: Results) -> str:
    """Return the medians of all servers, with the ratio of ours to each for the first column."""
    columns = [*COLUMNS[scenario.load], *(() if scenario.load == "idle" else CORES)]
    complete = Results(
        results.scenario,
        results.machine,
        {name: [each and with_rest(each) for each in rounds] for name, rounds in results.rounds.items()},
    )
    main = columns[0][0]
    compared = [main, "server_microseconds"] if (CPU in columns) else [main]
    ratios = ("Fireside ÷ this", "the same of CPU")[: len(compared)]
    lines = [row("", *(heading for _, heading, _ in columns), *ratios)]
    lines.append(row(*["---"] + ["---:"] * (len(columns) + len(ratios))))
    for name in scenario.servers:
        if name not in complete.rounds:
            # Not installed on that machine.
            continue
        if not complete.has(name):
            lines.append(row(SERVERS[name].title, *["failed"] * len(columns), *[""] * len(ratios)))
            continue
        values = [format(complete.median(name, figure), how) for figure, _, how in columns]
        rounds = complete.values(name, main)
        values[0] += f" ({format(min(rounds), columns[0][2])} to {format(max(rounds), columns[0][2])})"
        values += [
            "" if name == "fireside" else f"{complete.ratio('fireside', name, figure):.2f}"
            for figure in compared
        ]
        lines.append(row(SERVERS[name].title, *values))
    return "\n".join(lines)


def targets_table(pairs: list[tuple[Scenario, Results]]) -> str:
    lines = [row("Scenario", "Figure", "Target", "Measured", ""), row("---", "---", "---:", "---:", "---")]
    for scenario, results in pairs:
        for target in scenario.targets:
            if not results.has("fireside") or not results.has(target.versus or "fireside"):
                continue
            value = measured(results, target)
            lines.append(
                row(
                    scenario.title,
                    subject(target),
                    bound(target),
                    written(target, value),
                    "met" if is_met(target, value) else "**missed**",
                )
            )
    return "\n".join(lines)


def subject(target: Target) -> str:
    words = WORDS[target.figure]
    if target.versus is None:
        return words if target.figure != "p99_ms" else "p99, ms"
    return f"{words}, ratio to {SERVERS[target.versus].title}"


def bound(target: Target) -> str:
    if target.at_least == target.at_most:
        return written(target, target.at_least)
    return (
        f"≥ {written(target, target.at_least)}"
        if target.at_most is None
        else f"≤ {written(target, target.at_most)}"
    )


def written(target: Target, value: float | None) -> str:
    if value is None:
        return ""
    if target.figure.endswith("_share"):
        return f"{value:.2%}"
    return f"{value:.2f}" if target.versus else f"{value:,.1f}"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
