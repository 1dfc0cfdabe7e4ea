"""The page in a real Chromium: keys, languages, small and large screens, accessibility, and nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from winnow import tables
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.review import Review
from winnow.serve.serving import Serving

pytestmark = pytest.mark.browser
Serve = Callable[..., Serving]
LONG = "Sunlight" * 80


@pytest.fixture
def visit(request: pytest.FixtureRequest, chromium: Any, small_review: Review, serve: Serve) -> Iterator[Any]:
    """The page over a review with a long word, Chinese, and a possible duplicate; noise is a failure."""
    merged = small_review.result("deduplicate", "merged.csv")
    rows = [row for _, row in tables.read_rows(merged)]
    rows[0] |= {"abstract": "Teapots. " * 80 + LONG, "authors": "Invented, Ann; Madeup, Bo", "year": "1999"}
    tables.write_rows(merged, rows, tables.MERGED)
    pair = {"record_id_1": "cnki:aaa", "record_id_2": "pubmed:4", "verdict": "possible", "evidence": "same year"}
    tables.write_rows(small_review.result("deduplicate", "pairs.csv"), [pair], tables.PAIRS)
    serving = serve()
    context = chromium.new_context(viewport={"width": getattr(request, "param", 1440), "height": 900}, locale="en-GB")
    page = context.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((here(serving), "data:")) else noise.append(sent.url))
    page.goto(serving.address)
    yield page, serving
    context.close()
    assert noise == []


def here(serving: Serving) -> str:
    return f"http://127.0.0.1:{serving.port}"


def press(page: Any, key: str) -> None:
    """Press a key on a page that has loaded its keys."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def rows(review: Review, kind: str = "screening") -> list[tuple[str, str, str]]:
    one = ledger.read(review.root / KINDS[kind].path.replace("*", "wang"), KINDS[kind])
    names = ("id", "decision", "criterion") if kind == "screening" else ("id_1", "id_2", "ruling")
    return [(row[names[0]], row[names[1]], row[names[2]]) for row in one.rows]


def test_a_whole_session_by_keyboard(visit: Any, small_review: Review) -> None:
    """i, u, e with the number of a reason, undo, and d for a duplicate: each key writes what it says, and the list runs out."""
    page, _ = visit
    page.wait_for_selector("#decide")
    press(page, "i")
    page.wait_for_selector(".last b:text('Include')")
    press(page, "u")
    page.wait_for_selector(".last b:text('Unclear')")
    press(page, "e")
    assert page.is_visible("#reasons") and len(rows(small_review)) == 2
    press(page, "Escape")
    assert page.is_hidden("#reasons")
    press(page, "e")
    press(page, "1")
    page.wait_for_selector(".last b:text('Exclude')")
    press(page, "z")
    page.wait_for_selector(".earlier")
    press(page, "i")
    page.wait_for_selector(".last b:text('Include')")
    press(page, "i")
    page.wait_for_selector(".compared")
    press(page, "d")
    page.wait_for_selector("#done")
    assert rows(small_review) == [
        ("pubmed:1", "include", ""),
        ("pubmed:4", "unclear", ""),
        ("cnki:aaa", "exclude", "about_teapots"),
        ("cnki:aaa", "include", ""),
        ("pubmed:2", "include", ""),
    ]
    assert rows(small_review, "duplicates") == [("cnki:aaa", "pubmed:4", "different")]


def test_keys_typed_into_a_note_decide_nothing(visit: Any, small_review: Review) -> None:
    """Letters in the note are the note."""
    page, _ = visit
    page.fill("#note", "")
    page.type("#note", "i e 1 u")
    assert not (small_review.decisions / "screening" / "wang.csv").exists()
    page.click("button.include")
    page.wait_for_selector(".last")
    one = ledger.read(small_review.decisions / "screening" / "wang.csv", KINDS["screening"])
    assert [row["note"] for row in one.rows] == ["i e 1 u"]


def test_evidence_is_highlighted_and_can_be_put_away(visit: Any) -> None:
    """The quote that the rules went by is marked in its text, with the criterion; h takes the colour off."""
    page, serving = visit
    page.goto(here(serving) + "/item?stage=title_abstract&report=pubmed:2")
    mark = page.locator("h1 mark")
    assert mark.inner_text() == "A letter about kettles" and "about_teapots: not met" in mark.get_attribute("title")
    assert page.is_visible("#evidence")
    press(page, "h")
    assert page.is_hidden("#evidence")


def test_chinese_is_an_equal(visit: Any) -> None:
    """One key turns the page Chinese and it stays so; Chinese titles are drawn with the font that the page brings."""
    page, serving = visit
    page.goto(here(serving) + "/item?stage=title_abstract&report=cnki:aaa")
    press(page, "t")
    page.wait_for_selector("html[lang='zh-Hans']")
    assert "纳入" in page.inner_text("button.include") and "阳光治疗疲惫茶壶" in page.inner_text("h1")
    page.goto(here(serving) + "/list")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    # A machine with a Chinese font of its own uses that; the page's font is there for the others.
    load = "document.fonts.load(\"16px 'winnow Chinese'\", '纳').then((fonts) => fonts.map((font) => font.status))"
    assert page.evaluate(load) == ["loaded"]


PATHS = [
    "/item?stage=title_abstract&report=pubmed:1",
    "/item?stage=duplicates&report=cnki:aaa&other=pubmed:4",
    "/item?stage=retrieval&report=pubmed:1",
    "/list",
]


@pytest.mark.parametrize("visit", [1440, 390], indirect=True)
def test_nothing_overflows_and_everybody_can_use_it(visit: Any) -> None:
    """No sideways scrolling on a large or a small screen, in light and dark; axe finds nothing serious."""
    axe = pytest.importorskip(
        "axe_core_python.sync_playwright", reason="install axe-core-python to check accessibility"
    ).Axe()
    page, serving = visit
    for path in PATHS:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(here(serving) + path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            serious = [rule for rule in axe.run(page)["violations"] if rule["impact"] in ("serious", "critical")]
            assert [f"{path} {rule['id']}: {rule['nodes'][0]['html']}" for rule in serious] == []


def test_the_picture_of_the_page_is_there_without_scripts(chromium: Any, serve: Serve, small_review: Review) -> None:
    """With scripts switched off the reasons lie open and a click on one excludes."""
    serving = serve()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serving.address)
    page.click("text=about teapots")
    context.close()
    assert [row[1:] for row in rows(small_review)] == [("exclude", "about_teapots")]
    assert Path(small_review.decisions / "screening" / "wang.csv").exists()
