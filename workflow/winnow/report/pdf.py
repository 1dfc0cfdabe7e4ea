"""A picture as PDF: vector, with its text selectable and its lists linked; the same picture is the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from winnow.report.shapes import Arrow, Picture, Rect, Text
from winnow.report.svg import LINK, arrow_head, list_file
from winnow.report.typeface import han, latin, runs, width

_LINE = (0x44, 0x44, 0x44)
_POINTS = 0.75  # one pixel in points


def pdf(picture: Picture) -> bytes:
    """The picture on one page of its own size."""
    from fpdf import FPDF

    page: Any = FPDF(unit="pt", format=(picture.width * _POINTS, picture.height * _POINTS))
    page.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    page.set_title(picture.title)
    page.set_auto_page_break(False)
    page.set_margin(0)
    page.add_font("latin", fname=str(latin()))
    if any(which == "han" for shape in picture.shapes if isinstance(shape, Text) for which, _ in runs(shape.text)):
        page.add_font("han", fname=str(han()))
    page.add_page()
    page.set_line_width(_POINTS)
    for shape in picture.shapes:
        _draw(page, shape)
    return bytes(page.output())


def _draw(page: Any, shape: Rect | Text | Arrow) -> None:
    if isinstance(shape, Rect):
        page.set_dash_pattern(*((4, 2) if shape.dashed else ()))
        page.set_draw_color(*_rgb(shape.stroke))
        page.set_fill_color(*_rgb(shape.fill))
        page.rect(shape.x * _POINTS, shape.y * _POINTS, shape.w * _POINTS, shape.h * _POINTS, style="DF")
    elif isinstance(shape, Text):
        _write(page, shape)
    else:
        page.set_draw_color(*_LINE)
        page.set_fill_color(*_LINE)
        page.set_dash_pattern(*((4, 2) if shape.dashed else ()))
        page.polyline([(x * _POINTS, y * _POINTS) for x, y in shape.points])
        page.set_dash_pattern()
        page.polygon([(x * _POINTS, y * _POINTS) for x, y in arrow_head(shape)], style="F")


def _write(page: Any, shape: Text) -> None:
    long, size = width(shape.text, shape.size) * _POINTS, shape.size * _POINTS
    x, y = shape.x * _POINTS, shape.y * _POINTS
    start = x - long / 2 if shape.middle else x

    def write() -> None:
        at = start
        for segment, key in shape.segments:
            page.set_text_color(*_rgb(LINK if key else shape.ink))
            if key and not key.startswith("#"):
                page.link(at, y - size, width(segment, shape.size) * _POINTS, size * 1.3, list_file(key))
            for which, piece in runs(segment):
                page.set_font(which, size=size)
                page.text(at, y, piece)
                at += width(piece, shape.size) * _POINTS

    if shape.upright:
        with page.rotation(90, x, y):
            write()
    else:
        write()


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
