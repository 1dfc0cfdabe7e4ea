"""The few shapes that a picture is made of, before anybody decides whether it becomes SVG or PDF. Units are pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
class Text:
    """One line of text on its baseline; ``key`` names the box whose list it opens. ``upright`` reads from below."""

    x: float
    y: float
    text: str
    size: float
    ink: str
    key: str = ""
    middle: bool = False
    upright: bool = False


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
