"""The two typefaces of every picture, Latin and Chinese, and the widths of text set in them.

The fonts come with dependencies, never from the system, so that a picture is the same everywhere. A character that neither
has is an error, not an empty box.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from winnow.errors import RenderError

#: For browsers: our fonts first, then what a reader's system is likely to have.
FAMILY = (
    "'Noto Sans','Noto Sans CJK TC','Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Winnow Han',"
    "'Helvetica Neue',Arial,sans-serif"
)
_INVISIBLE = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\ufeff"
)


def latin() -> Path:
    """Noto Sans."""
    import fontpkg_noto_sans

    return Path(fontpkg_noto_sans.__file__).parent / "files" / "NotoSans[wdth,wght].ttf"


def han() -> Path:
    """Noto Sans CJK."""
    import cvttf_NotoSansCJK_Regular

    return Path(cvttf_NotoSansCJK_Regular.get_TTF_path())


@cache
def _metrics(which: str) -> tuple[dict[int, str], Any, int]:
    from fontTools.ttLib import TTFont

    with TTFont(latin() if which == "latin" else han(), lazy=True) as font:
        return dict(font.getBestCmap()), dict(font["hmtx"].metrics), font["head"].unitsPerEm


@lru_cache(maxsize=8192)
def _advance(character: str) -> tuple[str, float]:
    """The typeface that has the character, and its width in ems."""
    for which in ("latin", "han"):
        glyphs, widths, units = _metrics(which)
        glyph = glyphs.get(ord(character))
        if glyph is not None:
            return which, widths[glyph][0] / units
    raise RenderError(
        f"no glyph for U+{ord(character):04X} ({character!r})", where="diagram", mend="write that text without it"
    )


def printable(text: str) -> str:
    """The text on one line, without the marks that steer direction or joining and have no shape of their own."""
    return " ".join("".join(c for c in text if c not in _INVISIBLE).split())


def width(text: str, size: float) -> float:
    """The width of the text in pixels at a size in pixels (RenderError if a character has no glyph)."""
    return sum(_advance(character)[1] for character in text) * size


def runs(text: str) -> list[tuple[str, str]]:
    """The text cut into pieces of one typeface each: ``(latin | han, piece)``."""
    found: list[tuple[str, str]] = []
    for character in text:
        which = _advance(character)[0]
        if found and (found[-1][0] == which or character == " "):
            found[-1] = (found[-1][0], found[-1][1] + character)
        else:
            found.append((which, character))
    return found


def wrap(text: str, size: float, room: float) -> list[str]:
    """The text in lines that fit ``room``: broken at spaces and between Chinese characters, a longer word where it must."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        joined = line + piece
        if width(joined.rstrip(), size) <= room:
            line = joined
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while width(line.rstrip(), size) > room:
            fitting = _longest(line, size, room)
            lines.append(line[:fitting])
            line = line[fitting:]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _longest(text: str, size: float, room: float) -> int:
    fitting = 1
    while fitting < len(text) and width(text[: fitting + 1], size) <= room:
        fitting += 1
    return fitting


def _pieces(text: str) -> list[str]:
    """Pieces after which a line may end; closing punctuation stays with what it closes."""
    pieces: list[str] = []
    piece = ""
    for index, character in enumerate(text):
        piece += character
        following = text[index + 1 : index + 2]
        ends = character == " " and following != " "
        wide = _is_wide(character) or bool(following and _is_wide(following))
        if (
            following
            and following not in "，。；：、）》」』？！)"
            and (ends or (wide and character not in "（《「『("))
        ):
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if piece else pieces


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or ord(character) > 0x1FFFF


def web_font(characters: Iterable[str], family: str = "Winnow Han") -> str:
    """A CSS font face with the Chinese characters of a page, for readers whose system has none; empty if it needs none."""
    wanted = sorted({ord(c) for c in characters if _is_wide(c) and ord(c) in _metrics("han")[0]})
    if not wanted:
        return ""
    import base64
    import io

    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True, name_IDs=[])
    with TTFont(han(), lazy=True, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.flavor = "woff"
        packed = io.BytesIO()
        font.save(packed, reorderTables=None)
    data = base64.b64encode(packed.getvalue()).decode()
    return f"@font-face{{font-family:'{family}';src:url(data:font/woff;base64,{data}) format('woff')}}"
