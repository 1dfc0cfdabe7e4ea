"""The few shapes that a picture is made of, before anybody decides whether it becomes SVG or PDF. Units are pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Rect:
    """A rectangle; ``dashed`` marks open work."""

    x: float
    y: float
    w: float
    h: float
    fill: str
    stroke: str
    dashed: bool = False


@dataclass(frozen=True)
class Link:
    """What a part of a line opens, from ``start`` to before ``end``: the list of a box by its key, or a footnote (``#id``)."""

    start: int
    end: int
    key: str


@dataclass(frozen=True)
class Text:
    """One line of text on its baseline; ``key`` names the box whose list it opens, ``links`` do so for parts of a line.

    ``upright`` reads from below; ``id`` is what a link to this line says after ``#``.
    """

    x: float
    y: float
    text: str
    size: float
    ink: str
    key: str = ""
    middle: bool = False
    upright: bool = False
    links: tuple[Link, ...] = ()
    id: str = ""

    @property
    def segments(self) -> list[tuple[str, str]]:
        """The line in pieces that open one thing each: ``(piece, key or "")``; joined, the pieces are the line."""
        links = (Link(0, len(self.text), self.key),) if self.key else self.links
        cuts = sorted({0, len(self.text), *(place for link in links for place in (link.start, link.end))})
        keys = {place: link.key for link in links for place in range(link.start, link.end)}
        return [(self.text[start:end], keys.get(start, "")) for start, end in pairwise(cuts)]


@dataclass(frozen=True)
class Arrow:
    """A line through points that ends in an arrow head."""

    points: tuple[tuple[float, float], ...]
    dashed: bool = False


Shape = Rect | Text | Arrow


@dataclass(frozen=True)
class Picture:
    """A picture's size, its shapes from back to front, and its two texts for those who cannot see it."""

    width: float
    height: float
    shapes: Sequence[Shape]
    title: str
    description: str
