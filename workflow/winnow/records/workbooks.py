"""Workbooks as rows: XLSX, old XLS (BIFF), and HTML tables under either name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from winnow import files
from winnow.errors import InputError
from winnow.records import sheets
from winnow.records.mapping import Entry
from winnow.records.reading import Opened, Reading
from winnow.records.starts import tagged_start
from winnow.records.wrapped import is_html, page

MAX_UNPACKED = 512 << 20
MAX_RATIO = 200
_MEND = "save the sheet as CSV UTF-8 and import that"
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def is_xlsx(opened: Opened) -> bool:
    """Whether the file is a zip with a workbook in it."""
    if not opened.magic.startswith(b"PK\x03\x04"):
        return False
    try:
        with opened.opener() as stream, zipfile.ZipFile(stream) as package:
            return "xl/workbook.xml" in package.namelist()
    except files.NO_ZIP:
        return False


def is_xls(opened: Opened) -> bool:
    """Whether the file is an old Excel workbook."""
    return opened.magic.startswith(b"\xd0\xcf\x11\xe0")


def is_html_table(opened: Opened) -> bool:
    """Whether the file is HTML whose first table begins with a header that we know."""
    if not is_html(opened) or "<table" not in opened.head[:200_000].lower():
        return False
    first = zip(_html_lines(opened.head), range(sheets.PREAMBLE), strict=False)
    return any(sheets.is_header(line.cells) for line, _ in first)


def read_xlsx(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """The rows of every sheet that has a header; formulas are text, never run."""
    import openpyxl

    with opened.opener() as stream:
        _check_package(stream, opened.where)
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
            for sheet in book.worksheets:
                yield from sheets.entries(_xlsx_lines(sheet), reading)
        except InputError:
            raise
        except Exception as error:  # a damaged package fails anywhere inside zipfile, openpyxl or its XML parser
            raise InputError(f"a damaged workbook ({type(error).__name__})", where=opened.where, mend=_MEND) from None


def _check_package(stream: Any, where: str) -> None:
    try:
        with zipfile.ZipFile(stream) as package:
            members = package.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members) or 1
            if unpacked > MAX_UNPACKED or (unpacked > 64 << 20 and unpacked / packed > MAX_RATIO):
                raise InputError(f"unpacks to {unpacked >> 20} MB, as no export does", where=where, mend=_MEND)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with package.open(member) as part:
                        if _declares_entities(part):
                            raise InputError("declares XML entities", where=where, mend="don't trust its source")
    except files.NO_ZIP as error:
        raise InputError(f"a damaged workbook ({error})", where=where, mend=_MEND) from None
    stream.seek(0)


def _declares_entities(part: IO[bytes]) -> bool:
    before = b""
    while block := part.read(files.CHUNK):
        if _DECLARES.search(before + block):
            return True
        before = block[-16:]
    return False


def _xlsx_lines(sheet: Any) -> Iterator[sheets.Line]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_cell(value) for value in row]
        yield sheets.Line(cells, number, number, "\t".join(cells))


def _cell(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)


def read_xls(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """The rows of every sheet that has a header."""
    import xlrd

    with opened.opener() as stream:
        content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise InputError("larger than any export", where=opened.where, mend=_MEND)
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=_Nowhere())
        found = [_xls_lines(book, sheet) for sheet in book.sheets()]
    except Exception as error:  # xlrd meets damage with whatever its arithmetic raises
        raise InputError(f"a damaged workbook ({type(error).__name__})", where=opened.where, mend=_MEND) from None
    for lines in found:
        yield from sheets.entries(lines, reading)


class _Nowhere:
    """Where xlrd's remarks go."""

    def write(self, text: str) -> None:
        """Drop a remark."""


def _xls_lines(book: Any, sheet: Any) -> list[sheets.Line]:
    import xlrd

    lines = []
    for number in range(sheet.nrows):
        cells = []
        for cell in sheet.row(number):
            value = cell.value
            if cell.ctype == xlrd.XL_CELL_DATE:
                value = xlrd.xldate_as_datetime(value, book.datemode)
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                value = ""
            cells.append(_cell(value))
        lines.append(sheets.Line(cells, number + 1, number + 1, "\t".join(cells)))
    return lines


def read_html(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """The rows of the tables of an HTML page."""
    text = page(opened)
    for line in _ROW.sub("", text).split("\n"):
        if tagged_start(line):
            reading.stray(0, line)
    return sheets.entries(_html_lines(text), reading)


_ROW = re.compile(r"(?is)<tr\b[^<>]*>(.*?)(?=<tr\b|</table|\Z)")
_CELL = re.compile(r"(?is)<t[dh]\b[^<>]*>(.*?)(?=</?t[dhr]\b|</table|</thead|</tbody|\Z)")
_TAG = re.compile(r"(?s)</?[A-Za-z][A-Za-z0-9:]{0,15}(?:\s[^<>]{0,2000})?/?>")


def _html_lines(text: str) -> Iterator[sheets.Line]:
    """Rows by their tags alone: pages that pretend to be workbooks are seldom well-formed."""
    first, counted = 1, 0
    for row in _ROW.finditer(text):
        first += text.count("\n", counted, row.start())
        counted = row.start()
        raw = row.group().rstrip()
        cells = [_TAG.sub(" ", re.sub(r"(?i)<br\s*/?>", "\n", cell)) for cell in _CELL.findall(row.group(1))]
        yield sheets.Line(cells, first, first + raw.count("\n"), raw)
