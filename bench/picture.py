"""Pictures as SVG, in light and dark: lines over a scale of powers of ten, and bars."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from html import escape

import msgspec

WIDTH, HEIGHT = 720, 350
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 66, 50
STYLE = """
  .page { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #1e1a16 }
  .title { font-size: 15px; font-weight: 600 } .quiet { fill: #665d54 }
  .rule { stroke: #e4ddd4 } .c0 { --c: #b0431a } .c1 { --c: #1d5fbf } .c2 { --c: #23704a }
  .c3 { --c: #8a5a00 } .c4 { --c: #756b61 }
  .line { fill: none; stroke: var(--c); stroke-width: 2 } .dot, .bar { fill: var(--c) }
  @media (prefers-color-scheme: dark) {
    .page { fill: #1f1b18 } text { fill: #f3eee8 } .quiet { fill: #b3a89c } .rule { stroke: #39322c }
    .c0 { --c: #f0884a } .c1 { --c: #7fb2ff } .c2 { --c: #5cc48d } .c3 { --c: #e3b04b } .c4 { --c: #9a8f83 }
  }
"""


class Line(msgspec.Struct):
    label: str
    points: Sequence[tuple[float, float]]


def lines(title: str, x_title: str, y_title: str, series: Sequence[Line]) -> str:
    """Draw y from zero over the logarithm of x, each line labelled at its end."""
    xs = sorted({x for line in series for x, _ in line.points})
    top = nice_top(max(y for line in series for _, y in line.points))
    low, high = math.log10(xs[0]), math.log10(xs[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        share = (math.log10(x) - low) / (high - low or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    parts = [*frame(title, y_title), *rules(top)]
    for x in xs:
        at, _ = place(x, 0)
        parts.append(text(at, HEIGHT - BOTTOM + 20, f"{x:,.0f}", "quiet", "middle"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_title, "quiet", "middle"))
    heights = spread_out([place(*line.points[-1])[1] for line in series])
    for number, (line, height) in enumerate(zip(series, heights, strict=True)):
        placed = [place(x, y) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        dots = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in placed)
        label = text(WIDTH - RIGHT + 10, height + 4, line.label, "", "start")
        parts.append(f'<g class="c{number % 5}"><polyline class="line" points="{path}"/>{dots}</g>{label}')
    return document(title, parts, HEIGHT)


def bars(title: str, values: Sequence[tuple[str, float]], how: str = ",.0f") -> str:
    """Draw one bar a server, with its name and value; the first one is ours."""
    height = 50 + 36 * len(values) + 10
    longest = max(value for _, value in values)
    room = WIDTH - 160 - 110
    parts = frame(title, "", height)
    for number, (label, value) in enumerate(values):
        y = 50 + 36 * number
        width = value / longest * room
        parts.append(text(150, y + 18, label, "", "end"))
        parts.append(
            f'<rect class="bar c{0 if number == 0 else 4}" x="160" y="{y}" width="{width:.1f}" height="26" rx="3"/>'
        )
        parts.append(text(168 + width, y + 18, format(value, how), "quiet", "start"))
    return document(title, parts, height)


def frame(title: str, y_title: str, height: int = HEIGHT) -> list[str]:
    return [
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="6"/>',
        text(20, 26, title, "title", "start"),
        *([text(20, 44, y_title, "quiet", "start")] if y_title else []),
    ]


def rules(top: float) -> list[str]:
    parts = []
    for step in range(5):
        y = HEIGHT - BOTTOM - step / 4 * (HEIGHT - TOP - BOTTOM)
        parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text(LEFT - 8, y + 4, f"{top * step / 4:,.0f}", "quiet", "end"))
    return parts


def text(x: float, y: float, words: str, style: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>'


def nice_top(value: float) -> float:
    """Return the next round number that four steps divide well."""
    unit = 10 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(unit * step for step in (1, 2, 4, 6, 8, 10) if unit * step >= value)


def spread_out(heights: Sequence[float], gap: float = 17) -> list[float]:
    """Move labels apart that would lie on one another."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


def document(title: str, parts: Sequence[str], height: int) -> str:
    body = "\n".join(parts)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"
     role="img" aria-label="{escape(title)}">
<style>{STYLE}</style>
{body}
</svg>
"""
