"""Latencies in nanoseconds, told in milliseconds."""

from __future__ import annotations


def latency_figures(latencies: list[int]) -> dict[str, float]:
    ordered = sorted(latencies) or [0]
    return {
        "p50_ms": at(ordered, 0.5),
        "p99_ms": at(ordered, 0.99),
        "max_ms": ordered[-1] / 1e6,
    }


def at(ordered: list[int], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6
