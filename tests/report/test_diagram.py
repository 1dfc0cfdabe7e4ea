"""The diagram: the official wording in all four forms, nothing overflowing, nothing overlapping, no glyph missing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from made_up_reviews import REASONS
from winnow.errors import RenderError
from winnow.report import diagram, form, notes, pdf, svg, typeface
from winnow.report import flow as flows
from winnow.report.evidence import Evidence
from winnow.report.shapes import Arrow, Link, Picture, Rect, Text

Builder = Callable[..., Evidence]
SVG = "{http://www.w3.org/2000/svg}"

#: What each official form says, box by box; numbers are left out.
COMMON = (
    "Records identified from*:", "Databases", "Registers", "Records removed before screening:", "Duplicate records removed",
    "Records marked as ineligible by automation tools", "Records removed for other reasons", "Records screened",
    "Records excluded**", "Reports sought for retrieval", "Reports not retrieved", "Reports assessed for eligibility",
    "Reports excluded:",
)  # fmt: skip
NEW_REVIEW = (
    "Identification of studies via databases and registers",
    "Studies included in review",
    "Reports of included studies",
)
UPDATED = (
    "Previous studies", "Studies included in previous version of review",
    "Reports of studies included in previous version of review", "Identification of new studies via databases and registers",
    "New studies included in review", "Reports of new included studies", "Total studies included in review",
    "Reports of total included studies",
)  # fmt: skip
OTHER = ("Records identified from:", "Websites", "Citation searching")
FORMS = {
    (1, 3): (*COMMON, *NEW_REVIEW),
    (1, 5): (*COMMON, *NEW_REVIEW, *OTHER, "Identification of studies via other methods"),
    (2, 3): (*COMMON, *UPDATED),
    (2, 5): (*COMMON, *UPDATED, *OTHER, "Identification of new studies via other methods"),
}


def drawn(evidence: Evidence, labels: dict[str, str] | None = None) -> tuple[flows.Flow, Picture]:
    flow = flows.flow(evidence)
    return flow, diagram.draw(flow, notes.notes(evidence, flow), labels or {})


def words(picture: Picture) -> str:
    """All text of a picture on one line."""
    return " ".join(shape.text for shape in picture.shapes if isinstance(shape, Text))


@pytest.mark.parametrize(("searches", "kinds"), FORMS)
def test_each_form_has_the_official_wording(review: Builder, searches: int, kinds: int) -> None:
    """All four forms say what the templates say; "new" stands only in updated reviews, other methods only where used."""
    _, picture = drawn(review(seed=8, reports=60, searches=searches, kinds=kinds, settled=True))
    said = words(picture)
    for wording in FORMS[searches, kinds]:
        assert wording in said
    assert ("new studies" in said) == (searches > 1)
    assert ("via other methods" in said) == (kinds > 3)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000), searches=st.integers(1, 3), kinds=st.integers(1, 5), settled=st.booleans(),
    reason=st.text("abcdefgh ,;()皮肌炎疗效", min_size=1, max_size=300),
)  # fmt: skip
def test_nothing_overflows_or_overlaps(
    review: Builder, seed: int, searches: int, kinds: int, settled: bool, reason: str
) -> None:
    """At any count and any length of reason, boxes don't overlap and every line lies inside its box with room to spare."""
    evidence = review(seed=seed, searches=searches, kinds=kinds, settled=settled)
    _, picture = drawn(evidence, {"population": reason, "intervention": "W" * 80})
    boxes = [shape for shape in picture.shapes if isinstance(shape, Rect)]
    for a, b in combinations(boxes, 2):
        assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y
    for text in (shape for shape in picture.shapes if isinstance(shape, Text) and not shape.upright):
        long = typeface.width(text.text, text.size)
        left = text.x - long / 2 if text.middle else text.x
        assert left >= 0 and left + long <= picture.width and 0 < text.y <= picture.height
        for box in boxes:
            inside_y = box.y < text.y < box.y + box.h
            if inside_y and box.x <= left < box.x + box.w:
                assert left + long * 1.05 <= box.x + box.w


def test_a_number_in_the_picture_is_the_number_of_its_list(review: Builder) -> None:
    """Each "(n = x)" that is a link names a box whose list has x rows."""
    flow, picture = drawn(review(seed=6, reports=90, searches=3))
    boxes = {box.key: box for whole in flow.boxes.values() for box in (whole, *whole.parts)}
    numbers = [
        (shape.key, int(found[1]))
        for shape in picture.shapes
        if isinstance(shape, Text) and shape.key and (found := re.search(r"\(n = (\d+)\)$", shape.text))
    ]
    assert len(numbers) > 20
    assert [(key, n) for key, n in numbers if boxes[key].n != n] == []


def test_numbers_of_the_footnotes_open_their_lists_and_signs_their_notes(review: Builder) -> None:
    """Each number of a footnote opens a list of that length; a sign in a box leads to the note that begins with it."""
    flow, picture = drawn(review(seed=6, reports=90, searches=3))
    boxes = {box.key: box for whole in flow.boxes.values() for box in (whole, *whole.parts)}
    texts = [shape for shape in picture.shapes if isinstance(shape, Text)]
    opened = [(words, key) for text in texts if not text.key for words, key in text.segments if key]
    signs = {key: words for words, key in opened if key.startswith("#")}
    assert signs == {"#prisma-note-1": "*", "#prisma-note-2": "**"}
    for text in (text for text in texts if text.id):
        assert text.text.startswith(signs[f"#{text.id}"] + " ")
    counted = [(int(n[0]), boxes[key].n) for words, key in opened if key in boxes and (n := re.findall(r"\d+", words))]
    assert len(counted) > 6
    assert all(said == n for said, n in counted)


@given(text=st.text("ab c", min_size=1, max_size=30), cuts=st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_segments_join_to_the_line(text: str, cuts: list[int]) -> None:
    """Whatever is linked, the pieces of a line joined are the line, and each linked piece opens what was said."""
    a, b, c, d = (min(cut, len(text)) for cut in sorted(cuts))
    links = tuple(link for link in (Link(a, b, "one"), Link(c, d, "two")) if link.start < link.end)
    segments = Text(0, 0, text, 11.0, "#000000", links=links).segments
    assert "".join(piece for piece, _ in segments) == text
    for link in links:
        assert (text[link.start : link.end], link.key) in segments


def test_arrows_run_straight_and_end_at_boxes(review: Builder) -> None:
    """Every arrow runs at right angles and its head touches the edge of a box."""
    _, picture = drawn(review(seed=6, reports=90, searches=3))
    boxes = [shape for shape in picture.shapes if isinstance(shape, Rect)]
    for arrow in (shape for shape in picture.shapes if isinstance(shape, Arrow)):
        for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:], strict=False):
            assert x0 == x1 or y0 == y1
        x, y = arrow.points[-1]
        assert any(
            ((abs(x - box.x) < 0.01 or abs(x - box.x - box.w) < 0.01) and box.y <= y <= box.y + box.h)
            or (abs(y - box.y) < 0.01 and box.x <= x <= box.x + box.w)
            for box in boxes
        )  # fmt: skip


def test_open_work_is_drawn_only_while_there_is_some(review: Builder) -> None:
    """DRAFT and dashed boxes come with undecided reports and go with them."""
    _, draft = drawn(review(seed=6, reports=90))
    _, final = drawn(review(seed=6, reports=90, settled=True))
    assert "DRAFT" in words(draft) and any(isinstance(shape, Rect) and shape.dashed for shape in draft.shapes)
    assert "DRAFT" not in words(final) and not any(isinstance(shape, Rect) and shape.dashed for shape in final.shapes)


def test_hostile_words_are_text_in_the_svg(review: Builder) -> None:
    """Markup in a title or a reason stays text; the SVG is well-formed and has no script, no event and no outside address."""
    evidence = review(seed=6, reports=60)
    plan = replace(evidence.plan, title='<script>x</script> \u202e& "quoted" 皮肌炎')
    _, picture = drawn(replace(evidence, plan=plan), dict.fromkeys(REASONS, "<img onerror=x>"))
    tree = etree.fromstring(svg.svg(picture).encode())
    said = " ".join(tree.itertext())
    assert '<script>x</script> & "quoted" 皮肌炎' in said and "<img onerror=x>" in said
    assert {node.tag for node in tree.iter()} <= {
        SVG + name for name in ("svg", "title", "desc", "rect", "text", "a", "polyline", "polygon")
    }
    ids = {f"#{name}" for name in tree.xpath("//@id")}
    assert all(href.startswith("lists/") or href in ids for href in tree.xpath("//@href"))


def test_a_character_without_a_glyph_is_an_error(review: Builder) -> None:
    """What the bundled typefaces cannot draw stops the picture instead of leaving an empty box."""
    evidence = review(seed=1)
    with pytest.raises(RenderError, match=r"U\+0E01"):
        drawn(replace(evidence, plan=replace(evidence.plan, title="ก")))


def test_png_and_pdf_are_the_same_bytes_again_and_hold_the_text(review: Builder) -> None:
    """PNG and PDF are pure functions of the picture; the PDF's text can be selected, Chinese included, and links lead to lists."""
    import pypdf

    evidence = review(seed=5, reports=60)
    _, picture = drawn(evidence)
    text = svg.svg(picture)
    assert svg.png(text) == svg.png(text)
    assert svg.png(text).startswith(b"\x89PNG")
    made = pdf.pdf(picture)
    assert made == pdf.pdf(picture)
    (page,) = pypdf.PdfReader(io.BytesIO(made)).pages
    said = page.extract_text().replace("\0", "")
    assert "Records screened" in said and "虚构的综述" in said
    assert "lists/records_screened.csv" in {note.get_object()["/A"]["/URI"] for note in page["/Annots"]}


@given(text=st.text("ab cd（皮肌炎）, ；longword", max_size=80), room=st.floats(30, 200))
def test_wrapped_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    """Lines fit the room, and joined they hold every character but spaces."""
    lines = typeface.wrap(text, 13.0, room)
    assert all(typeface.width(line, 13.0) <= room or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_the_diagram_says_what_its_records_are(review: Builder) -> None:
    """Assembled and missing sources, made-up records, what was read and what a review elsewhere reported are printed."""
    evidence = review(seed=5, reports=60, kinds=2)
    sources = tuple(
        replace(source, method="assembled" if source.name == "pubmed" else "export") for source in evidence.plan.sources
    )
    previous = ({"study_id": "Roe 2001", "id": "999", "label": "Roe 2001"},)
    plan = replace(evidence.plan, sources=sources, previous_review=previous, previous_reported=14)
    flow, picture = drawn(replace(evidence, plan=plan))
    said = words(picture)
    for sentence in (
        "not a search result", "Made-up records", "What was read", "reported 14 studies; 1 is established here",
        f"Excluded by a human (n = {sum(p.n or 0 for p in flow.boxes['records_excluded'].parts if 'human' in p.label)})",
    ):  # fmt: skip
        assert sentence in said


def test_a_source_without_export_is_named_not_counted(review: Builder) -> None:
    """A database whose export nobody supplied has no number, and the box says so."""
    evidence = review(seed=3, kinds=2)
    assert any(source.method == "not_available" for source in evidence.plan.sources)
    flow, picture = drawn(evidence)
    (part,) = [part for part in flow.boxes["database_results"].parts if part.key.endswith("cnki")]
    assert part.n is None
    assert "no export supplied" in words(picture)


def test_a_review_without_registers_says_so_and_of_nothing_else(review: Builder) -> None:
    """No register was searched: the line stands there without a number; a box that does not apply has no line."""
    flow, picture = drawn(review(seed=4, kinds=2))
    assert flow.boxes["register_results"].n is None
    assert words(picture).count("(none searched)") == 1 and "Registers (none searched)" in words(picture)
    left = next(cell for cell in form.cells(updated=False) if (cell.column, cell.row) == ("left", "identification"))
    assert [line.indent for line in form.printed(left, flow, {})][:3] == [0, 1, 2]
    included = next(cell for cell in form.cells(updated=False) if cell.row == "included")
    assert {line.indent for line in form.printed(included, flow, {})} == {0}


def test_every_cell_of_the_form_is_a_box_of_the_flow(review: Builder) -> None:
    """No line of the form names a box that the flow does not count."""
    flow = flows.flow(review(seed=1, searches=2))
    for updated in (True, False):
        keys = {line.key for cell in form.cells(updated=updated) for line in cell.lines if line.key}
        assert keys <= set(flow.boxes)


def test_every_list_has_a_name_of_its_own(review: Builder) -> None:
    """Each box and part has a name, and no two boxes that differ share one."""
    flow = flows.flow(review(seed=6, reports=90, searches=2))
    names = form.names(flow, {})
    boxes = {box.key for whole in flow.boxes.values() for box in (whole, *whole.parts)}
    assert boxes == set(names)
    assert len(set(names.values())) == len(names)
