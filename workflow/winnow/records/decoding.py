"""Bytes to lines of text, without ever guessing in silence.

The order is: byte-order mark, strict UTF-8, UTF-16 without a mark, GB18030, Big5, Windows-1252. Big5 decodes as GB18030
without an error, so both must also look like Chinese: at least a quarter of the Han characters are among the commonest
(true text 0.38 to 0.72, UTF-8 or Big5 misread as GB at most 0.15). A file that fits no single encoding is read line by line,
where a line of GB 2312 too short to be judged (a name) counts as such if another line surely is; a byte that fits none is
shown as ``\\xe4`` and reported with its offset. Nothing is replaced or left out.

Line ends of every kind (LF, CRLF, CR CR LF, CR) become one; inner byte-order marks and NUL characters are dropped.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache, cached_property
from typing import IO

from winnow import files, package_data
from winnow.errors import InputError
from winnow.text import is_han

Opener = Callable[[], AbstractContextManager[IO[bytes]]]

MAX_BYTES = 2 << 30
MAX_LINE = 16 << 20
PLAUSIBLE = 0.25
#: How many Han characters a line has by which a file's encoding can be told.
_SURE = 8
_SAMPLE = 200_000
_HEAD = 1 << 20
_SHOWN = 100

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "big5")
_ASCII = re.compile(r"[\x00-\x7f]+")
_LINE_END = re.compile(r"\r+\n|\r")
#: A line of ASCII and of whole characters of GB 2312, whose bytes are both high: no Western text looks so.
_GB2312 = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*")
#: Between two Western letters a single high byte of Windows-1252 is a letter or a typographic sign.
_WESTERN = re.compile(
    r"[\u00a0-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac\u2122\u0152\u0153\u0160\u0161\u017d\u017e]"
)


@cache
def common_han() -> frozenset[str]:
    """The commonest Han characters of Chinese running text, simplified and traditional."""
    lines = package_data.text("records/common_han.txt").split("\n")
    return frozenset(char for line in lines if not line.startswith("#") for char in line.strip())


def plausibility(text: str) -> float:
    """The share of Han characters that are common ones; 0 if the text has none."""
    han = [char for char in text if is_han(char)]
    return sum(char in common_han() for char in han) / len(han) if han else 0.0


def _is_gb(line: bytes) -> bool:
    """Whether a line is GB 2312 and long enough to look like Chinese."""
    if line.isascii() or not _GB2312.fullmatch(line):
        return False
    try:
        line.decode("utf-8")
        return False
    except UnicodeDecodeError:
        text = line.decode("gb18030")
        return sum(map(is_han, text)) >= _SURE and plausibility(text) >= PLAUSIBLE


class Text:
    """The text of one file: its encoding, its lines, and what went wrong on the way.

    Args:
        where: the file as messages name it.
        opener: opens the uncompressed bytes.
        encoding: what a person says the encoding is; found out if empty.

    Raises:
        InputError: unreadable, too large, or (with ``encoding``) not in that encoding.
    """

    def __init__(self, where: str, opener: Opener, encoding: str = "") -> None:
        self.where = where
        self._opener = opener
        self.problems: list[str] = []
        self._broken = 0
        try:
            self.encoding = encoding or self._sniffed()
            if encoding:
                self._must_decode(encoding)
        except LookupError:
            raise InputError(f"no encoding is called '{encoding}'", where=where, mend="try gb18030 or big5") from None

    def lines(self) -> Iterator[str]:
        """The lines without their ends. Problems are collected anew each time."""
        self.problems.clear()
        self._broken = 0
        return self._split(self.blocks())

    def blocks(self) -> Iterator[str]:
        """The text in pieces of arbitrary length, line ends and all as they stand."""
        if self.encoding == "mixed":
            return self._mixed_blocks()
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        return (decoder.decode(block) for block in self._blocks())

    def head(self, size: int = _HEAD) -> str:
        """The first characters, for sniffing the format."""
        taken = ""
        for block in self.blocks():
            taken += block
            if len(taken) > size:
                break
        return _LINE_END.sub("\n", taken[:size].replace("\ufeff", "").replace("\0", ""))

    def _sniffed(self) -> str:
        first = next(self._blocks(), b"")
        for mark, name in _MARKS:
            if first.startswith(mark):
                return name if self._decodes(name) else "mixed"
        if self._decodes("utf-8"):
            return self._utf16(first) or "utf-8"
        if guess := self._utf16(first):
            return guess
        for name in _LEGACY:
            if self._decodes(name) and plausibility(self._sample(name)) >= PLAUSIBLE:
                return name
        return "windows-1252" if self._western() else "mixed"

    def _utf16(self, first: bytes) -> str:
        """UTF-16 without a mark: ASCII such as tags and line ends leaves a zero in every other byte."""
        half = len(first) // 2
        if half < 4:
            return ""
        for name, zeros in (("utf-16-le", first[1::2]), ("utf-16-be", first[0::2])):
            if zeros.count(0) > 0.1 * half and zeros.count(0) > 4 * (first.count(0) - zeros.count(0)):
                return name if self._decodes(name) else ""
        return ""

    def _western(self) -> bool:
        if not self._decodes("windows-1252"):
            return False
        sample = self._sample("windows-1252")
        high = [char for char in sample if ord(char) > 127]
        return len(high) < 0.1 * len(sample) and all(_WESTERN.fullmatch(char) for char in high)

    def _sample(self, name: str) -> str:
        decoder = codecs.getincrementaldecoder(name)("strict")
        text = ""
        for block in self._blocks():
            decoded = decoder.decode(block)
            text += decoded if name == "windows-1252" else _ASCII.sub("", decoded)
            if len(text) > _SAMPLE:
                break
        return text[:_SAMPLE]

    def _decodes(self, name: str) -> bool:
        try:
            self._must_decode(name)
        except InputError:
            return False
        return True

    def _must_decode(self, name: str) -> None:
        decoder = codecs.getincrementaldecoder(name)("strict")
        offset = 0
        try:
            for block in self._blocks():
                decoder.decode(block)
                offset += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte {offset + error.start} is not {name}", where=self.where, mend="save the file as UTF-8"
            ) from None

    def _blocks(self) -> Iterator[bytes]:
        total = 0
        try:
            with self._opener() as stream:
                while block := stream.read(files.CHUNK):
                    total += len(block)
                    if total > MAX_BYTES:
                        raise InputError(
                            f"more than {MAX_BYTES >> 30} GB of text", where=self.where, mend="split the export"
                        )
                    yield block
        except FileNotFoundError:
            raise InputError("no such file", where=self.where, mend="check the path") from None
        except files.DAMAGED as error:
            raise InputError(
                f"a damaged gzip or zip file ({error})", where=self.where, mend="download it again"
            ) from None
        except OSError as error:
            raise InputError(
                f"cannot be read ({error.strerror or error})", where=self.where, mend="check the path"
            ) from None

    def _split(self, blocks: Iterator[str]) -> Iterator[str]:
        rest, dropped = "", 0
        for block in blocks:
            if "\0" in block:
                dropped += block.count("\0")
                block = block.replace("\0", "")
            block = rest + block.replace("\ufeff", "")
            held = len(block) - len(block.rstrip("\r"))
            whole, tail = (block[:-held], block[-held:]) if held else (block, "")
            if "\r" in whole:
                whole = _LINE_END.sub("\n", whole)
            *complete, rest = whole.split("\n")
            yield from complete
            rest += tail
            if len(rest) > MAX_LINE:
                raise InputError(
                    f"a line longer than {MAX_LINE >> 20} million characters",
                    where=self.where,
                    mend="this is no export of records",
                )
        yield from _LINE_END.sub("\n", rest).split("\n")
        if dropped:
            self.problems.append(f"{dropped} NUL characters dropped")

    def _mixed_blocks(self) -> Iterator[str]:
        rest, offset = b"", 0
        for block in self._blocks():
            *complete, rest = (rest + block).split(b"\n")
            for line in complete:
                yield self._mixed_line(line, offset) + "\n"
                offset += len(line) + 1
            if len(rest) > MAX_LINE:
                raise InputError(
                    f"a line longer than {MAX_LINE >> 20} million bytes",
                    where=self.where,
                    mend="this is no export of records",
                )
        yield self._mixed_line(rest, offset)

    def _mixed_line(self, line: bytes, offset: int) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            for name in _LEGACY:
                try:
                    text = line.decode(name)
                except UnicodeDecodeError:
                    continue
                if plausibility(text) >= PLAUSIBLE:
                    return text
            if _GB2312.fullmatch(line) and self._holds_gb:
                return line.decode("gb18030")  # a name is too short to be judged by itself
            self._undecodable(offset + error.start)
            shown = [line.decode(name, errors="backslashreplace") for name in ("utf-8", "gb18030")]
            return shown[plausibility(shown[1]) >= max(PLAUSIBLE, plausibility(shown[0]))]

    @cached_property
    def _holds_gb(self) -> bool:
        """Whether some line is GB18030 beyond doubt."""
        rest = b""
        for block in self._blocks():
            *complete, rest = (rest + block).split(b"\n")
            if any(map(_is_gb, complete)):
                return True
            if len(rest) > MAX_LINE:
                return False
        return _is_gb(rest)

    def _undecodable(self, offset: int) -> None:
        """Report a byte with its offset; after a hundred of them only their number grows."""
        self._broken += 1
        if self._broken <= _SHOWN:
            self.problems.append(f"byte {offset} fits no encoding and is shown as its number")
        elif self._broken == _SHOWN + 1:
            self.problems.append("more bytes that fit no encoding follow; save the file as UTF-8")
