"""The results of the runs: kept as JSON, one file a scenario, and summed up as medians and ratios."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import msgspec

from bench.measure import Figures
from bench.plan import Scenario, Target

RESULTS = Path(__file__).parent / "results"


class Results(msgspec.Struct):
    """All rounds of one scenario; a server's figures of one round are at the same place as the others'."""

    scenario: str
    machine: str
    rounds: dict[str, list[Figures | None]]
    """None for a round in which the server failed."""

    def has(self, server: str) -> bool:
        return any(self.rounds.get(server, ()))

    def values(self, server: str, figure: str) -> list[float]:
        return [each[figure] for each in self.rounds[server] if each is not None]

    def median(self, server: str, figure: str) -> float:
        return statistics.median(self.values(server, figure))

    def ratio(self, server: str, versus: str, figure: str) -> float:
        """Return the median of the ratios in each round: what disturbed a round has disturbed both.

        Where there is no round in which neither has failed, it is not a number.
        """
        pairs = zip(self.rounds[server], self.rounds[versus], strict=True)
        ratios = [
            ours[figure] / theirs[figure] for ours, theirs in pairs if ours and theirs and theirs[figure]
        ]
        return statistics.median(ratios) if ratios else math.nan


def save(results: Results) -> None:
    RESULTS.mkdir(exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(results), indent=1)
    (RESULTS / f"{results.scenario}.json").write_bytes(encoded + b"\n")


def load(scenario: Scenario) -> Results | None:
    path = RESULTS / f"{scenario.name}.json"
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else None


def measured(results: Results, target: Target) -> float:
    """Return what a target is about."""
    if target.versus is None:
        return results.median("fireside", target.figure)
    return results.ratio("fireside", target.versus, target.figure)


def is_met(target: Target, value: float) -> bool:
    # As it is shown: a share of 0.9999 is shown as less than 100 %, a ratio of 1.698 as 1.70.
    value = round(value, 2) if target.versus else value
    return (target.at_least is None or value >= target.at_least) and (
        target.at_most is None or value <= target.at_most
    )
