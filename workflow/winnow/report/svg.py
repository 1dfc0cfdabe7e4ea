"""A picture as SVG, and that SVG as PNG drawn with the bundled typefaces only."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from winnow.errors import RenderError
from winnow.report.shapes import Arrow, Picture, Rect, Shape, Text
from winnow.report.typeface import FAMILY, han, latin, width

#: The ink of what opens something.
LINK = "#0b4f8a"
_HEAD = 6.0


def list_file(key: str) -> str:
    """Where the list of a box stands, seen from the picture."""
    return f"lists/{key}.csv"


def svg(picture: Picture, link: Callable[[str], str] = list_file) -> str:
    """The picture as SVG text; each line with a list is a link to what ``link`` says of its key."""
    w, h = _n(picture.width), _n(picture.height)
    body = "\n".join(_drawn(shape, link) for shape in picture.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        f'role="group" aria-labelledby="prisma-title prisma-text" font-family="{FAMILY}">\n'
        f'<title id="prisma-title">{escape(picture.title)}</title>\n'
        f'<desc id="prisma-text">{escape(picture.description)}</desc>\n'
        f'<rect width="{w}" height="{h}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _drawn(shape: Shape, link: Callable[[str], str]) -> str:
    if isinstance(shape, Rect):
        dash = ' stroke-dasharray="5 3"' if shape.dashed else ""
        return (
            f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.w)}" height="{_n(shape.h)}" '
            f'fill="{shape.fill}" stroke="{shape.stroke}"{dash}/>'
        )
    if isinstance(shape, Text):
        return _text(shape, link)
    return _arrow(shape)


def _text(shape: Text, link: Callable[[str], str]) -> str:
    anchor = ' text-anchor="middle"' if shape.middle else ""
    turn = f' transform="rotate(-90 {_n(shape.x)} {_n(shape.y)})"' if shape.upright else ""
    width(shape.text, shape.size)  # a character without a glyph stops the picture here
    named = f' id="{escape(shape.id)}"' if shape.id else ""
    start = f'<text x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}" fill="{shape.ink}"{anchor}{turn}{named}>'
    if shape.key:
        return f"{_opening(shape.key, link)}{start}{escape(shape.text)}</text></a>"
    pieces = (
        f"{_opening(key, link, LINK)}{escape(piece)}</a>" if key else escape(piece) for piece, key in shape.segments
    )
    return f"{start}{''.join(pieces)}</text>"


def _opening(key: str, link: Callable[[str], str], ink: str = "") -> str:
    fill = f' fill="{ink}"' if ink else ""
    if key.startswith("#"):
        return f'<a href="{escape(key)}"{fill}>'
    return f'<a href="{escape(link(key))}" data-box="{escape(key)}"{fill}>'


def _arrow(shape: Arrow) -> str:
    dash = ' stroke-dasharray="5 3"' if shape.dashed else ""
    line = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
    head = " ".join(f"{_n(x)},{_n(y)}" for x, y in arrow_head(shape))
    return f'<polyline points="{line}" fill="none" stroke="#444444"{dash}/><polygon points="{head}" fill="#444444"/>'


def arrow_head(arrow: Arrow) -> list[tuple[float, float]]:
    """The three corners of the head at the arrow's end; lines run straight or at right angles."""
    (x0, y0), (x, y) = arrow.points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    return [(x, y), *((x - dx * _HEAD + s * dy * _HEAD / 2, y - dy * _HEAD + s * dx * _HEAD / 2) for s in (1, -1))]


def png(text: str, *, zoom: float = 2.0) -> bytes:
    """SVG text as PNG bytes, ``zoom`` times its size in pixels.

    Raises:
        RenderError: the renderer refuses it.
    """
    import resvg_py

    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=text, skip_system_fonts=True, font_files=[str(latin()), str(han())], zoom=zoom,
            font_family="Noto Sans", sans_serif_family="Noto Sans",
        )  # fmt: skip
    except ValueError as error:
        raise RenderError(f"the picture cannot be drawn ({error})", where="diagram", mend="report this") from None
    return bytes(drawn)
