"""Latencies in nanoseconds, told in milliseconds."""

from __future__ import annotations


def latency_figures(latencies: list[int]) -> dict[str, float]:
    """Return what half and nearly all took at most, and the worst.

    Raises:
        RuntimeError: Nothing has arrived, so there is nothing to tell.
    """
    if not latencies:
        raise RuntimeError("Nothing that was sent while it was measured has arrived.")
    ordered = sorted(latencies)
    return {
        "p50_ms": at(ordered, 0.5),
        "p99_ms": at(ordered, 0.99),
        "max_ms": ordered[-1] / 1e6,
    }


def at(ordered: list[int], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6
