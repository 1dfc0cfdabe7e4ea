"""The page in a real Chromium: box to quote in three clicks, nothing outside, nothing hidden, nothing executed."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from winnow import reuse
from winnow import review as reviews
from winnow.report import carrying, stage
from winnow.report.documents import Part, marked
from winnow.report.evidence import Evidence

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = ("</script><script>document.title='broken'</script>", "<img src=x onerror=\"document.title='broken'\">")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for the module."""
    playwright = pytest.importorskip("playwright.sync_api", reason="install playwright to test the page")
    if not CHROMIUM.exists():
        pytest.skip("install Debian's chromium (apt-get install chromium) to test the page")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def built(
    review: Callable[..., Evidence], folder: Callable[[Evidence, Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page of a made-up update with open work, hostile titles and quotes."""
    evidence = review(seed=6, searches=3, reports=90)
    report = next(row["report_id"] for row in evidence.studies)
    evidence.merged[report]["title"] = HOSTILE[0] + "长" * 3000
    evidence.merged[report]["abstract"] = f"We treated twenty-six patients. {HOSTILE[1]}"
    root = folder(evidence, tmp_path_factory.mktemp("review"))
    stage.run(reviews.load(root=root))
    return root / "results" / "report" / "index.html"


@pytest.fixture(params=[390, 1440])
def opened(chromium: Any, built: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The page at one width; anything on the console, any error and any outside request fails the test."""
    noise: list[str] = []
    tab = chromium.new_page(viewport={"width": request.param, "height": 900})
    tab.on("console", lambda message: noise.append(message.text))
    tab.on("pageerror", lambda error: noise.append(str(error)))
    tab.on("request", lambda asked: noise.append(asked.url) if asked.url.startswith("http") else None)
    tab.goto(built.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    yield tab
    tab.close()
    assert noise == []


def lines(built: Path) -> str:
    """The data that a plain page carries."""
    return built.read_text(encoding="utf-8").split('id="data">')[1].split("</script>")[0]


def data(built: Path) -> dict[str, Any]:
    """The same as values, each report with its document."""
    told, *parts = map(json.loads, lines(built).split("\n"))
    documents = [document for part in parts for document in part["reports"]]
    return told | {"reports": [a | b for a, b in zip(told["reports"], documents, strict=True)]}


def overflow(tab: Any) -> int:
    """By how many pixels the page is wider than its window."""
    return int(tab.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_a_box_leads_to_its_list_to_a_record_to_the_quote(opened: Any, built: Path) -> None:
    """Two clicks from a number to the record, where the quote is marked in its text; the list is as long as the number."""
    boxes = json.loads((built.parent / "prisma.json").read_text(encoding="utf-8"))
    opened.click('a[data-box="previous_reports"] >> nth=0')
    assert opened.inner_text("#list-heading").endswith(f"(n = {boxes['previous_reports']['n']})")
    assert opened.locator("#list-table tbody tr").count() == min(25, boxes["previous_reports"]["n"])
    assert overflow(opened) <= 0
    opened.click("#list-table tbody a >> nth=0")
    assert opened.locator("dialog[open] .abstract mark").count() >= 1
    assert opened.locator("dialog[open] q", has_text="twenty-six <b>patients</b>").count() >= 1
    assert overflow(opened) <= 0
    assert opened.evaluate("(d => d.scrollWidth - d.clientWidth)(document.querySelector('dialog'))") <= 0


def test_hostile_text_is_shown_as_text(opened: Any) -> None:
    """Markup in titles, abstracts and notes is read, not run; a long title neither widens the page nor is lost."""
    opened.fill("#records .dt-search input", "document.title=")
    link = opened.locator("#all-reports tbody a").first
    assert link.text_content().startswith(HOSTILE[0])
    link.click()
    assert "长" * 3000 in opened.locator("#record-title").text_content()
    assert HOSTILE[1] in opened.locator("dialog .abstract").last.text_content()
    assert "broken" not in opened.title()
    assert overflow(opened) <= 0


def test_a_report_has_its_own_address(chromium: Any, built: Path) -> None:
    """Opening the page at ``#record=ID`` shows that report; Escape closes it."""
    told = data(built)
    report = told["reports"][3]
    tab = chromium.new_page()
    tab.goto(built.as_uri() + "#record=" + report["i"])
    tab.wait_for_selector("dialog[open]")
    assert tab.inner_text("dialog .ids").startswith(report["i"])
    tab.keyboard.press("Escape")
    assert tab.locator("dialog[open]").count() == 0
    tab.close()


def test_filters_leave_what_they_say(opened: Any) -> None:
    """Choosing where reports ended leaves only those."""
    opened.select_option('select[data-column="6"]', "included")
    cells = opened.locator("#all-reports tbody tr td:nth-child(1)").count()
    shown = opened.locator("#all-reports tbody tr", has_text="included").count()
    assert cells == shown > 0


#: What is typed, and what a report's title must hold to be found.
ASKED = [
    ("IMMUNOGLOBULIN", ("Immunoglobulin",)),
    ("unicode", ("Ünïcode",)),
    ("part ünïcode", ("Part II", "Ünïcode")),
    ('"part ii"', ("Part II",)),
    ('"ii part"', ("no title says it",)),
    ("皮肌炎", ("皮肌炎",)),
    ("静脉 (ignored)", ("no title says it",)),
]


@pytest.mark.parametrize(("asked", "held"), ASKED)
def test_search_finds_what_holds_every_word(chromium: Any, built: Path, asked: str, held: tuple[str, ...]) -> None:
    """Typed key by key, pasted or taken back from something longer: the same reports, those that hold every word or phrase."""
    told = data(built)
    expected = sum(all(word in report.get("t", "") for word in held) for report in told["reports"])
    tab = chromium.new_page()
    tab.goto(built.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    box, info = tab.locator("#records .dt-search input"), tab.locator("#records .dt-info")
    said = []
    box.press_sequentially(asked)
    said.append(info.inner_text())
    box.fill("")
    assert info.inner_text().endswith(f"of {len(told['reports'])} entries")
    box.fill(asked)
    said.append(info.inner_text())
    box.fill(asked + " no report holds this")
    box.fill(asked)
    said.append(info.inner_text())
    tab.close()
    assert len(set(said)) == 1
    assert f"of {expected} entries" in said[0]


def test_a_large_page_travels_packed_and_shows_the_same(
    chromium: Any, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit the data are deflated inside the file; nothing else differs, and the page tells the same reports."""
    plain = built.read_text(encoding="utf-8")
    told = lines(built)
    first, *others = map(json.loads, told.split("\n"))
    monkeypatch.setattr(carrying, "PLAIN", 1000)
    monkeypatch.setattr(Part, "documents", lambda part: part.reports)
    parts = [Part(other) for other in others]
    monkeypatch.setattr(Part, "cells", ["long " * 1000])
    packed = carrying.carried(first, parts, lambda: nullcontext(reuse.NOTHING))
    assert zlib.decompress(base64.b64decode(packed.data), -15).decode() == told + "\n"
    assert len(packed.data) < len(told) / 2
    other = tmp_path / "index.html"
    ways = '"application/x-ndjson" id="data"', f'"{packed.media_type}" id="data"'
    other.write_text(plain.replace(told, packed.data).replace(*ways), encoding="utf-8")
    seen = []
    for path in (built, other):
        tab = chromium.new_page()
        tab.goto(path.as_uri() + "#list=records_screened")
        tab.wait_for_selector("html[data-ready]", state="attached")
        assert tab.locator("#too-old").is_hidden()
        seen.append((tab.inner_text("#list"), tab.inner_text("#records")))
        tab.close()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_accessibility_finding(chromium: Any, built: Path, scheme: str) -> None:
    """axe finds nothing serious or critical, page and open record, in light and in dark."""
    axe_core = pytest.importorskip("axe_core_python.sync_playwright", reason="install axe-core-python")
    tab = chromium.new_page(color_scheme=scheme)
    tab.goto(built.as_uri() + "#list=records_screened")
    tab.wait_for_selector("html[data-ready]", state="attached")
    for step in ("page", "record"):
        if step == "record":
            tab.click("#list-table tbody a >> nth=0")
        found = axe_core.Axe().run(tab)["violations"]
        serious = [
            f"{step}: {each['id']}: {each['nodes'][0]['html'][:120]}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert serious == []
    tab.close()


def test_json_inside_html_cannot_end_its_element() -> None:
    """No value closes the script element or opens a comment, and the JSON reads back as it was."""
    value = ["</script>", "<!--", "]]>", "&amp;", "\u2028"]
    text = carrying.json_for_html(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], ["a𝒳bcdef"]),
        ([(1, 2, "x")], ["a", ["𝒳", "x", "x"], "bcdef"]),
        ([(0, 3, "x"), (2, 5, "y")], [["a𝒳", "x", ""], ["b", "x; y", "x"], ["cd", "y", "y"], "ef"]),
        ([(3, 99, "out of the text"), (4, 4, "empty")], ["a𝒳bcdef"]),
    ],
)
def test_marked_pieces_join_to_the_text(spans: list[tuple[int, int, str]], pieces: list[Any]) -> None:
    """Quotes that overlap or lie outside the text never change it: the pieces joined are the text."""
    found = marked("a𝒳bcdef", spans)
    assert found == pieces
    assert "".join(piece if isinstance(piece, str) else piece[0] for piece in found) == "a𝒳bcdef"


def test_nothing_is_cut_off_on_paper(chromium: Any, built: Path, tmp_path: Path) -> None:
    """Printed on A4, no word of a table ends beyond the paper, and every report is printed, not only the first page of them."""
    import pypdf

    tab = chromium.new_page()
    tab.goto(built.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    wide = "[...document.querySelectorAll('main table')].map((table) => table.scrollWidth - table.parentElement.clientWidth)"
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 690, "height": 1000})
    assert max(tab.evaluate(wide)) <= 0
    tab.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    tab.close()
    told = data(built)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "page.pdf").pages)
    assert text.count("Jane") >= len(told["reports"]) > 25
