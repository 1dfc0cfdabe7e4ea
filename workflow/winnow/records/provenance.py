"""From a row of the records table back to the text that it was read from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from winnow.errors import InputError
from winnow.records.importing import entries, opened
from winnow.records.reading import Reading


def raw_text(path: Path | str, line: str, sha256: str = "", *, encoding: str = "") -> str:
    """The raw text of the record that stands on these lines of the file.

    Args:
        path: the file, or ``archive.zip!name`` for a file inside an archive.
        line: ``first-last`` as in the records table; for a saved web page the lines count after each ``<br>``, for a
            workbook they are rows.
        sha256: the record's hash, which tells apart records on one line and proves that nothing changed.

    Raises:
        InputError: no such record in the file, or its text has another hash.
    """
    archive, inside, member = str(path).partition("!") if not Path(path).exists() else (str(path), "", "")
    met = False
    for entry in entries(opened(archive, encoding=encoding), Reading()):
        if f"{entry.first}-{entry.last}" == line and (not inside or entry.member == member):
            met = True
            if sha256 in ("", hashlib.sha256(entry.raw.encode("utf-8", "surrogatepass")).hexdigest()):
                return entry.raw
    what = "the record there has changed since it was read" if met else "no record stands on these lines"
    raise InputError(what, where=f"{path}:{line}", mend="run 'winnow records' again")
