"""``winnow export``: a table of records as RIS, NBIB, BibTeX or CSV, for Covidence, Rayyan, ASReview, EndNote, Zotero.

``exports.csv`` says which tag holds which column. What other programs read stands in the tags that they read; what they have
no tag for stands in user fields, so that what is exported and imported again is equal, column by column. ``DP  - winnow`` in
RIS, ``OWN - winnow`` in NBIB and ``winnow-id`` in BibTeX say that the user fields are ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from winnow import files, package_data, tables
from winnow.errors import UsageError

#: Columns that an export holds; where a record was found and its hash belong to the archive, and only CSV keeps them.
COLUMNS = tuple(name for name in tables.RECORDS if name not in ("search_id", "source", "file", "line", "sha256"))
_RIS_TYPES = {
    "Thesis": "THES", "Conference Paper": "CPAPER", "Newspaper Article": "NEWS", "Patent": "PAT", "Standard": "STAND",
    "Report": "RPRT", "Book": "BOOK", "Book Chapter": "CHAP", "Unpublished Work": "UNPB", "Dataset": "DATA",
    "Web Page": "ELEC", "Clinical Trial Registration": "CTLI",
}  # fmt: skip
_BIBTEX_TYPES = {
    "Thesis": "phdthesis", "Conference Paper": "inproceedings", "Book": "book", "Book Chapter": "incollection",
    "Report": "techreport", "Unpublished Work": "unpublished", "Web Page": "misc", "Patent": "misc", "Dataset": "misc",
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RANGE = re.compile(r"(\w+)-(\w+)")
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_ENTITY = re.compile(r"&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
}  # fmt: skip
_LATEX_SIGNS = re.compile(r"[\\{}%&#$_]")

Tags = Iterator[tuple[str, str]]


def _one(tag: str, cell: str) -> Tags:
    yield tag, cell


def _each(tag: str, cell: str) -> Tags:
    for part in tables.split(cell):
        yield tag, part


def _paragraphs(tag: str, cell: str) -> Tags:
    for part in cell.split("\n"):
        if part.strip():
            yield tag, part


def _pages(tag: str, cell: str) -> Tags:
    found = _RANGE.fullmatch(cell)
    if found and found.group(1) != found.group(2):
        yield tag, found.group(1)
        yield "EP", found.group(2)
    else:
        yield tag, cell


def _doi(tag: str, cell: str) -> Tags:
    yield tag, f"{cell} [doi]"


def _mesh(tag: str, cell: str) -> Tags:
    """``Lung / drug effects*`` as MEDLINE has it: ``Lung/*drug effects``."""
    for heading in tables.split(cell):
        parts = heading.split(" / ")
        yield tag, "/".join("*" + part[:-1] if part.endswith("*") else part for part in parts)


def _medline_date(tag: str, cell: str) -> Tags:
    found = _ISO.fullmatch(cell)
    if found and 1 <= int(found.group(2)) <= 12:
        day = f" {int(found.group(3))}" if found.group(3) else ""
        cell = f"{found.group(1)} {_MONTHS[int(found.group(2)) - 1]}{day}"
    yield tag, cell


def _blank_lines(tag: str, cell: str) -> Tags:
    yield tag, cell.replace("\n", "\n\n")


def _authors(tag: str, cell: str) -> Tags:
    yield tag, " and ".join(f"{{{name}}}" if " and " in name else name for name in tables.split(cell))


HOW: dict[str, Callable[[str, str], Tags]] = {
    "one": _one,
    "each": _each,
    "paragraphs": _paragraphs,
    "pages": _pages,
    "doi": _doi,
    "mesh": _mesh,
    "medline_date": _medline_date,
    "blank_lines": _blank_lines,
    "authors": _authors,
}


@cache
def rows(format_id: str) -> tuple[tuple[str, str, Callable[[str, str], Tags]], ...]:
    """(column, tag, function) for each row of ``exports.csv`` that belongs to the format."""
    return tuple(
        (row["column"], row["tag"], HOW[row["how"]])
        for row in package_data.rows("records/exports.csv")
        if row["format"] == format_id
    )


def _tags(record: Mapping[str, str], format_id: str) -> Tags:
    for column, tag, how in rows(format_id):
        if cell := record.get(column, ""):
            yield from how(tag, cell)


def _type(record: Mapping[str, str], types: Mapping[str, str], default: str) -> str:
    given = tables.split(record.get("publication_types", ""))
    return next((types[one] for one in given if one in types), default)


def _line(value: str) -> str:
    return _ENTITY.sub("&amp;", " ".join(value.split()))


def ris(record: Mapping[str, str]) -> str:
    """One record as RIS."""
    tags = [("TY", _type(record, _RIS_TYPES, "JOUR")), *_tags(record, "ris"), ("DP", "winnow"), ("ER", "")]
    return "".join(f"{tag}  - {_line(value)}\n" for tag, value in tags) + "\n"


def nbib(record: Mapping[str, str]) -> str:
    """One record as PubMed's MEDLINE text; a record that PubMed doesn't have keeps an empty PMID line, which starts it."""
    tags = [("PMID", record.get("pmid", "")), ("OWN", "winnow"), *_tags(record, "nbib")]
    return "".join(f"{tag:<4}- {_line(value)}\n" for tag, value in tags) + "\n"


def bibtex(record: Mapping[str, str]) -> str:
    """One record as BibTeX, its key made of the record id."""
    key = re.sub(r"[^\w:.-]+", "-", record["record_id"])
    fields = "".join(
        f"  {tag} = {{{_latex(value, keep_braces=tag == 'author')}}},\n" for tag, value in _tags(record, "bib")
    )
    return f"@{_type(record, _BIBTEX_TYPES, 'article')}{{{key},\n{fields}}}\n\n"


def _latex(value: str, *, keep_braces: bool) -> str:
    value = _ENTITY.sub("&amp;", value)
    return _LATEX_SIGNS.sub(
        lambda found: found.group() if keep_braces and found.group() in "{}" else _LATEX[found.group()], value
    )


WRITERS: dict[str, Callable[[Mapping[str, str]], str]] = {".ris": ris, ".nbib": nbib, ".bib": bibtex}


def export(table: Path, output: Path) -> int:
    """Write a table of records in the format that the output's name ends in; returns how many.

    Raises:
        InputError: the table can't be read or has no record_id and title.
        UsageError: the name ends in none of the formats.
    """
    if output.suffix not in (*WRITERS, ".csv"):
        known = ", ".join((*WRITERS, ".csv"))
        raise UsageError(f"{output.name}: unknown kind of file", mend=f"end its name in one of {known}")
    records = tables.read(table, needs=("record_id", "title"))
    if output.suffix == ".csv":
        tables.write(output, records, tables.RECORDS)
    else:
        _write(output, (dict(zip(records.columns, row, strict=True)) for row in records.itertuples(index=False)))
    return len(records)


def _write(output: Path, records: Iterable[Mapping[str, str]]) -> None:
    with files.replacing(output) as out:
        for record in records:
            out.write(WRITERS[output.suffix](record).encode("utf-8"))
