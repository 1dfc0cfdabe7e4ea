"""Tables for readers and full texts: every form shows the same cells, and hostile documents are faults with a name."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from winnow.errors import InputError
from winnow.extract import cells, document, form, fulltext, readers_tables, workbook

FORM = form.load(Path(__file__).parents[2] / "config" / "extraction.yaml")
HEAD = [{"study_id": "a", "study": "=HYPERLINK(1) 1990", "year": "1990", "reports": "r"}]


def row(field: str, value: str, number: str = "", by: str = "ann", checked: str = "bob") -> dict[str, str]:
    return {
        "study_id": "a", "report_id": "r", "field": field, "value": value, "number": number, "unit": "", "quote": f"<b>{value}",
        "start": "", "end": "", "confidence": "1.00", "by": by, "checked_by": checked, "source": "p. 3",
    }  # fmt: skip


VALUES = [
    row("n_total", "26", "26"),
    row("n_pm", "16", "16", "rule:pattern:x", ""),
    row("comparator", "=1+1"),
    row("sex", "one"),
    row("sex", "two", by="bob"),
]
TABLE = cells.cells(FORM, VALUES, ["a"])
STATUS = {cell.field.id: cell.status for cell in TABLE["a"]}


def test_what_is_known_of_each_cell() -> None:
    """Checked, suggested, disputed and not in text are told apart."""
    assert [STATUS[name] for name in ("n_total", "n_pm", "sex", "n_dm")] == [
        "checked", "suggested", "disputed", "not in text",
    ]  # fmt: skip


@pytest.mark.parametrize("gone", range(len(VALUES)))
def test_no_cell_stands_without_its_value(gone: int) -> None:
    """Every cell with a value leads to a quote and a person or rule; take its row away and the cell changes."""
    for cell in TABLE["a"]:
        assert bool(cell.values) == (cell.marked != "not in text")
        assert all(value["quote"] and value["by"] for value in cell.values)
    fewer = cells.cells(FORM, [value for index, value in enumerate(VALUES) if index != gone], ["a"])
    assert [cell.marked for cell in fewer["a"]] != [cell.marked for cell in TABLE["a"]]


@pytest.mark.parametrize("missing", ["quote", "by", "report_id", "source"])
@pytest.mark.parametrize("at", range(len(VALUES)))
def test_a_value_without_its_origin_is_a_fault(at: int, missing: str) -> None:
    """Delete any one quote, name, report or source, and the table is refused; as it is, it passes."""
    assert cells.untraceable(TABLE) == []
    broken = [value | {missing: ""} if index == at else value for index, value in enumerate(VALUES)]
    faults = cells.untraceable(cells.cells(FORM, broken, ["a"]))
    assert faults and all(f"has no {missing}" in fault.line for fault in faults)


@given(st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), min_size=1, max_size=5))
def test_columns_fill_the_page_and_no_more(lines: list[list[str]]) -> None:
    """Whatever stands in the cells, every column has some width and all together are as wide as the page's text."""
    wide = document.widths(lines)
    assert all(width > 0 for width in wide)
    assert sum(wide) == pytest.approx(25.7)


def test_the_workbook_is_typed_and_neutral() -> None:
    """Numbers are numbers, text is never a formula, and each value's quote is the comment of its cell."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(FORM, HEAD, TABLE)))
    sheet = book["Extraction"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    total = sheet.cell(2, columns["n"])
    assert total.value == 26 and total.data_type == "n" and "<b>26" in total.comment.text
    unseen = sheet.cell(2, columns["n PM"])
    assert unseen.value == 16 and "(unverified)" in unseen.number_format
    formula = sheet.cell(2, columns["Comparator"])
    assert formula.value == "=1+1" and formula.data_type == "s"
    assert sheet.cell(2, columns["Sex"]).value.endswith("(disputed)")
    words = [cell.value for line in book["Data dictionary"].iter_rows(max_col=1) for cell in line]
    assert all(field.id in words for field in FORM.fields)


def test_word_and_page_show_every_marked_cell() -> None:
    """DOCX and HTML hold the same marked cells; markup in a quote is text; the same cells are the same bytes."""
    content = document.docx(FORM, HEAD, TABLE)
    assert content == document.docx(FORM, HEAD, TABLE)
    written = Document(io.BytesIO(content))
    assert written.sections[0].page_width > written.sections[0].page_height
    for table in written.tables:
        assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
        assert all(line._tr.xpath("./w:trPr/w:cantSplit") for line in table.rows)
    shown = {cell.text for table in written.tables for line in table.rows for cell in line.cells}
    page = readers_tables.html(FORM, HEAD, TABLE)
    for cell in TABLE["a"]:
        assert cell.marked in shown
        assert cell.marked in page
    assert "&lt;b&gt;26" in page and "<b>" not in page


@pytest.mark.parametrize("sign", ["\x00", "\x0c", "\x1b", "\ufffe", "\uffff"])
def test_signs_that_xml_forbids_are_left_out(sign: str) -> None:
    """Wherever such a sign stands, in a study's name, a value or the form's title, the document is written without it."""
    named = [HEAD[0] | {"study": f"Wang{sign} 1990"}]
    table = cells.cells(FORM, [row("comparator", f"placebo{sign}")], ["a"])
    titled = replace(FORM, title=f"A form{sign}" + " of many words" * 30)
    written = Document(io.BytesIO(document.docx(titled, named, table)))
    shown = {cell.text for each in written.tables for line in each.rows for cell in line.cells}
    assert {"Wang 1990", "placebo"} <= shown
    assert written.core_properties.title.startswith("A form of many words")


JATS = """<?xml version="1.0"?><article><body><sec><title>Methods</title><p>A total of <bold>40</bold> patients were randomized.</p>
<table-wrap><table><tbody><tr><td>Age</td><td>45</td></tr></tbody></table></table-wrap></sec>
<sec><title>References</title><ref-list><ref><p>A total of 900 patients were randomized.</p></ref></ref-list></sec>
</body></article>"""


def test_pmc_xml_is_read_by_section(tmp_path: Path) -> None:
    """Each top section is a passage under its title; tables are read by row; references are other people's numbers."""
    path = tmp_path / "a.xml"
    path.write_text(JATS, encoding="utf-8")
    found = fulltext.passages(path, "a.xml", hashlib.sha256(JATS.encode()).hexdigest())
    assert found[0].source == "full text: a.xml, Methods"
    assert "A total of 40 patients were randomized." in found[0].text and "Age; 45" in found[0].text
    assert all("900" not in passage.text for passage in found)


def test_pdf_text_layers_are_read_by_page(tmp_path: Path) -> None:
    """The text of each page is a passage under its number."""
    from fpdf import FPDF

    made = FPDF()
    made.set_font("Helvetica", size=12)
    for words in ("First page.", "A total of 40 patients were randomized."):
        made.add_page()
        made.cell(text=words)
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(made.output()))
    found = fulltext.passages(path, "a.pdf")
    assert [passage.source for passage in found] == ["full text: a.pdf, page 1", "full text: a.pdf, page 2"]
    assert "40 patients" in found[1].text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xml", b"<article><body>", "not XML"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article><body><p>&x;</p></body></article>', "no text"),
        ("a.pdf", b"no pdf at all", "not a PDF"),
        ("a.doc", b"word", "kind '.doc'"),
        ("a.txt", b"  ", "no text"),
    ],
)  # fmt: skip
def test_a_document_at_fault_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """Broken, hostile, empty or unknown documents are one line with the file's name; no entity is ever resolved."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says) as fault:
        fulltext.passages(tmp_path / name, name)
    assert name in fault.value.line and "root:" not in fault.value.line


def test_a_document_that_changed_is_not_read(tmp_path: Path) -> None:
    """A full text that is not what was filed is a fault."""
    (tmp_path / "a.txt").write_text("A total of 40 patients.", encoding="utf-8")
    with pytest.raises(InputError, match="changed since"):
        fulltext.passages(tmp_path / "a.txt", "a.txt", "0" * 64)
