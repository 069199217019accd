"""Write the results into `README.md` and draw the pictures."""

from __future__ import annotations

from pathlib import Path

from bench.growth import growth_tables
from bench.picture import bars
from bench.plan import COMPARISON, DURABLE, FANOUT, Scenario
from bench.results import RESULTS, Results, load
from bench.server import SERVERS
from bench.tables import scenario_table, targets_table

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results: written by `make bench` -->", "<!-- end of results -->"


def write_report() -> str:
    """Renew the part of the README between its marks from all results there are, and return it."""
    known = [(scenario, results) for scenario in COMPARISON if (results := load(scenario)) is not None]
    parts = []
    if known:
        latest = known[-1][1]
        parts += [f"Medians; in brackets the lowest and the highest round. {latest.machine}", ""]
        parts += ["### Targets", targets_table(known), ""]
    for scenario, results in known:
        parts += [f"### {scenario.title}", scenario_table(scenario, results), ""]
        if scenario in (FANOUT, DURABLE):
            draw_bars(scenario, results)
            parts += [f"![{scenario.title}, a second](results/{scenario.name}.svg)", ""]
    report = "\n".join([*parts, growth_tables()]).strip()
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{report}\n\n{END}{after}", encoding="utf-8")
    return report


def draw_bars(scenario: Scenario, results: Results) -> None:
    values = [
        (SERVERS[name].title, results.median(name, "per_second"))
        for name in scenario.servers
        if results.has(name)
    ]
    what = "deliveries" if scenario is FANOUT else "messages"
    picture = bars(f"{scenario.title}: {what} a second", values)
    (RESULTS / f"{scenario.name}.svg").write_text(picture, encoding="utf-8")
