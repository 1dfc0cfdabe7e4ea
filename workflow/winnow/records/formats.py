"""Every format that is read: how it is told from the content, and who reads it. The first that recognises a file reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from winnow.records import (
    bibtex,
    citations,
    dialects,
    registers,
    selfdefine,
    sheets,
    starts,
    tagged,
    workbooks,
    wrapped,
    xml_records,
)
from winnow.records.mapping import Entry
from winnow.records.reading import Opened, Reading


@dataclass(frozen=True)
class Format:
    """One kind of file. ``recognises`` looks at the content only."""

    id: str
    label: str
    recognises: Callable[[Opened], bool]
    read: Callable[[Opened, Reading], Iterator[Entry]]
    binary: bool = False


def _is_tagged(opened: Opened) -> bool:
    return any(map(starts.tagged_start, opened.head.split("\n")))


def _read_tagged(opened: Opened, reading: Reading) -> Iterator[Entry]:
    return tagged.entries(opened.text.lines(), reading)


FORMATS = (
    Format("xlsx", "XLSX workbook", workbooks.is_xlsx, workbooks.read_xlsx, binary=True),
    Format("xls", "XLS workbook", workbooks.is_xls, workbooks.read_xls, binary=True),
    Format("pubmedxml", "PubMed XML", xml_records.is_pubmed, xml_records.read_pubmed),
    Format("endnotexml", "EndNote XML", xml_records.is_endnote, xml_records.read_endnote),
    Format("ictrp", "ICTRP XML", registers.is_ictrp, registers.read_ictrp),
    Format("clinicaltrials", "ClinicalTrials.gov JSON", registers.is_clinicaltrials, registers.read_clinicaltrials),
    Format("html-table", "HTML table", workbooks.is_html_table, workbooks.read_html),
    Format("html", "web page", wrapped.is_html, wrapped.read_html),
    Format("json", "JSON answer", wrapped.is_json, wrapped.read_json),
    Format("table", "text table", sheets.recognised, sheets.read_text),
    Format("tagged", "tagged text", _is_tagged, _read_tagged),
    Format("bibtex", "BibTeX", bibtex.recognised, bibtex.read),
    Format("selfdefine", "CNKI self-defined text", selfdefine.recognised, selfdefine.read),
    Format("citation", "citation text", citations.recognised, citations.read),
)

#: How the report calls the format of an entry (an entry of a web page or a workbook has the format of what is inside).
LABELS = {dialect.id: dialect.label for dialect in dialects.DIALECTS} | {
    "pubmedxml": "PubMed XML",
    "endnotexml": "EndNote XML",
    "bibtex": "BibTeX",
    "selfdefine": "CNKI self-defined text",
    "citation": "citation text (GB/T 7714)",
    "table": "table",
    "winnow": "winnow table",
}


def told(opened: Opened) -> Format | None:
    """The format of a file, or None."""
    return next((one for one in FORMATS if one.recognises(opened)), None)
