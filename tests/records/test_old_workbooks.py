"""Old Excel workbooks: the smallest one, a sheet of text cells (BIFF8) in an OLE2 file, is made by hand; nobody writes them now."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from winnow.errors import InputError
from winnow.records.importing import import_file

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """The file's bytes."""
    return _ole2(_stream(rows))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _stream(rows: Sequence[Sequence[str]]) -> bytes:
    def begin(kind: int) -> bytes:
        return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))

    name = b"\x05\x00Sheet"
    bound = 4 + 6 + len(name)
    globals_ = (
        begin(0x0005)
        + _record(0x0085, struct.pack("<IBB", len(begin(5)) + bound + 4, 0, 0) + name)
        + _record(0x000A, b"")
    )
    cells = b"".join(
        _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(cell), 1) + cell.encode("utf-16-le"))
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
    )
    return globals_ + begin(0x0010) + cells + _record(0x000A, b"")


def _ole2(stream: bytes) -> bytes:
    """One stream called Workbook: header, allocation table, directory, then the stream's sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    table = [FAT, END, *range(3, 2 + count), END]
    table += [FREE] * (SECTOR // 4 - len(table))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        encoded = name.encode("utf-16-le") + b"\0\0"
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, FREE, child)
            + bytes(36)
            + struct.pack("<III", first, size, 0)
        )

    directory = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 2, len(stream))
    return header + struct.pack(f"<{len(table)}I", *table) + directory.ljust(SECTOR, b"\0") + stream


def test_an_old_workbook_is_read_and_a_damaged_one_refused(tmp_path: Path) -> None:
    """CNKI's .xls may be BIFF; cut anywhere it is refused in one line."""
    path = tmp_path / "cnki.xls"
    content = workbook([["Title-题名", "Author-作者", "Year-年"], ["皮肌炎一例", "甲一;乙二;", "2001"]])
    path.write_bytes(content)
    record = import_file(path).records[0]
    assert (record["title"], record["authors"], record["year"], record["line"]) == (
        "皮肌炎一例",
        "甲一; 乙二",
        "2001",
        "2-2",
    )
    for length in range(8, len(content) - 3600, 97):
        path.write_bytes(content[:length])
        with pytest.raises(InputError):
            import_file(path)
