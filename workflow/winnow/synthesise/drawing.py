"""The few shapes that plots are made of, as SVG text: plain, scalable, black on white, with fonts that have Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from unicodedata import east_asian_width

FONTS = "'Noto Sans','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',Arial,sans-serif"
GREY, INK, RULE = "#6b7280", "#111827", "#9ca3af"

#: Width of a sign in parts of the font size, generous, since the reader's font may differ.
_WIDE, _NARROW = 1.02, 0.58


def width(text: str, size: float = 12) -> float:
    """How much room a text needs at most."""
    return sum(_WIDE if east_asian_width(sign) in "WF" else _NARROW for sign in text) * size


def shortened(text: str, room: float, size: float = 12) -> str:
    """A text that fits, cut with an ellipsis if it must be."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def text(
    x: float, y: float, words: str, *, size: float = 12, anchor: str = "start", bold: bool = False, fill: str = INK
) -> str:  # fmt: skip
    """One line of text whose baseline is at ``y``."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}"{weight}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, thick: float = 1, dash: str = "") -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{thick:g}"{dashed}/>'
    )


def box(x: float, y: float, wide: float, high: float, fill: str, *, title: str = "") -> str:
    """A filled rectangle; ``title`` is told by a pointer and a screen reader."""
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}">{inside}</rect>'


def polygon(points: Sequence[tuple[float, float]], fill: str) -> str:
    """A filled shape."""
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="{fill}"/>'


def circle(x: float, y: float, radius: float, fill: str, *, title: str = "", stroke: str = "none") -> str:
    """A filled circle."""
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{stroke}">{inside}</circle>'


def picture(wide: float, high: float, parts: Sequence[str], *, title: str, described: str) -> str:
    """The whole picture: white ground, a title and a description for those who cannot see it."""
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}" '
        f'role="img" aria-labelledby="title desc" font-family="{FONTS}">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="desc">{escape(described)}</desc>\n<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
    )
