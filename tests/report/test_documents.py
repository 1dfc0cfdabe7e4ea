"""The page's documents: parts that follow from their own texts alone, plain or packed, kept or made anew."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import reuse, tables
from winnow.report import carrying
from winnow.report.documents import Part, marked, parts
from winnow.report.story import Story

IDS = [f"pubmed:{number}" for number in range(400)]
TITLE, ABSTRACT = (
    "Sunlight for tired teapots",
    "Background. Nine teapots were given sunlight. 九只茶壶。 All <b>woke</b>.",
)
VERDICT = dict(zip(tables.VERDICTS, ("", "teapots", "met", "any", "abstract", "Nine teapots", "12", "24"), strict=True))
VALUE = dict.fromkeys(tables.VALUES, "") | {"field": "n_total", "quote": "Nine", "source": "abstract"}


def row(report: str) -> dict[str, str]:
    """A merged row."""
    return dict.fromkeys(tables.MERGED, "") | {
        "record_id": report,
        "title": TITLE,
        "abstract": ABSTRACT,
        "year": "2001",
    }


def made(reports: Sequence[str]) -> list[Part]:
    """The parts of some reports, each with one verdict and one value."""
    story = Story(verdicts={one: [VERDICT] for one in reports}, values={one: [VALUE] for one in reports})
    return list(parts({one: row(one) for one in reports}, story))


@given(st.lists(st.sampled_from(IDS), unique=True), st.sampled_from(IDS))
def test_a_new_report_changes_one_part(reports: list[str], new: str) -> None:
    """Law: every report stands in one part, in the order of ids; a report more leaves all parts but the one that it enters."""
    before, after = made(reports), made([*reports, new] if new not in reports else reports)
    assert [one["record_id"] for part in before for one, _, _ in part.reports] == sorted(reports)
    cells = [part.cells for part in after]
    assert sum(part.cells not in cells for part in before) <= 1


@pytest.mark.parametrize("table", [0, 1, 2])
def test_the_cells_of_a_part_are_all_that_it_follows_from(table: int) -> None:
    """Law: no cell of a merged row, a verdict or a value that changes a document is missing from what the part is kept by."""
    told = set()
    for column in (tables.MERGED, tables.VERDICTS, tables.VALUES)[table]:
        for cell in ("", "other", "3"):
            one: list[Any] = [row("a"), [dict(VERDICT)], [dict(VALUE)]]
            changed = one[table] if table == 0 else one[table][0]
            changed[column] = cell
            part, usual = Part([tuple(one)]), Part([(row("a"), [VERDICT], [VALUE])])
            if part.documents() != usual.documents():
                told.add(column)
                assert part.cells != usual.cells, column
    assert len(told) >= 3


@given(
    st.text("abc皮肌", max_size=12),
    st.lists(st.tuples(st.integers(-2, 14), st.integers(-2, 14), st.sampled_from("xyz")), max_size=4),
)
def test_marked_pieces_are_the_text_and_carry_every_quote(text: str, spans: list[tuple[int, int, str]]) -> None:
    """Law: joined, the pieces are the text; each sign carries the labels of the spans that hold it, a span outside none."""
    inside = [(start, end, label) for start, end, label in spans if 0 <= start < end <= len(text)]
    pieces = [piece if isinstance(piece, list) else [piece, "", ""] for piece in marked(text, spans)]
    assert "".join(said for said, _, _ in pieces) == text
    labels = [set(tables.split(label)) for said, label, _ in pieces for _ in said]
    assert labels == [{label for start, end, label in inside if start <= at < end} for at in range(len(text))]
    places = accumulate(len(said) for said, _, _ in pieces)
    ends = {(end, label) for end, (_, _, ending) in zip(places, pieces, strict=True) for label in tables.split(ending)}
    assert ends == {(end, label) for _, end, label in inside}


def test_rows_of_one_report_are_not_taken_for_those_of_another() -> None:
    """Law: where a report's verdicts end is part of what a part follows from."""
    one = Part([(row("a"), [VERDICT], []), (row("b"), [], [])])
    other = Part([(row("a"), [], []), (row("b"), [VERDICT], [])])
    assert one.cells != other.cells


@given(st.lists(st.sampled_from(IDS), unique=True, min_size=1), st.lists(st.sampled_from(IDS), unique=True))
def test_packed_data_are_the_same_with_any_store(reports: list[str], earlier: list[str]) -> None:
    """Law: plain or packed, new or of a store that packed other reports before, the lines and their characters are the same."""
    page = {"states": {}, "title": "茶</script>"}
    with pytest.MonkeyPatch.context() as patched:
        plain = carrying.carried(page, made(reports), unused)
        patched.setattr(carrying, "PLAIN", -1)
        kept = reuse.Kept()
        carrying.carried(page, made(earlier), opened(kept))
        packed = [carrying.carried(page, made(reports), store) for store in (opened(kept), opened(reuse.NOTHING))]
    assert packed[0] == packed[1]
    assert zlib.decompress(base64.b64decode(packed[0].data), -zlib.MAX_WBITS).decode() == plain.data + "\n"
    assert packed[0].signs == plain.signs == {*"茶九只壶。"}
    first, *others = map(json.loads, plain.data.split("\n"))
    assert first == page
    assert [one["i"] for part in others for one in part["reports"]] == sorted(reports)
    assert not set("<>&") & set(plain.data)


def opened(kept: reuse.Kept) -> Any:
    """A store as a stage opens it."""

    @contextmanager
    def store() -> Iterator[reuse.Kept]:
        yield kept

    return store


def unused() -> Any:
    """A small page opens no store."""
    raise AssertionError("nothing is packed, so nothing is kept")
