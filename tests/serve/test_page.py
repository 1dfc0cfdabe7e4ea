"""The page's work: what waits for whom, what is written at each click, and that nothing of it is state of its own."""

from __future__ import annotations

import html
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from page_visit import Visit
from winnow import tables
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.review import Review
from winnow.screen import stage
from winnow.screen.fulltext import looking
from winnow.serve.desk import Desk
from winnow.serve.items import Key
from winnow.serve.serving import Serving

Serve = Callable[..., Serving]
Write = Callable[..., Path]


def rows(review: Review, kind: str = "screening", name: str = "wang") -> tuple[dict[str, str], ...]:
    return ledger.read(review.root / KINDS[kind].path.replace("*", name), KINDS[kind]).rows


def test_each_click_is_one_sealed_row_at_once(small_review: Review, serve: Serve, session: requests.Session) -> None:
    """The row is in the ledger when the next item is shown, with what was read and the fingerprint of what was shown."""
    visit = Visit(serve(), session)
    answer = visit.decide("pubmed:2", "exclude:about_teapots", note="=kettle")
    (row,) = rows(small_review)
    assert answer.status_code == 200 and "4 left" not in answer.text and "3 left" in answer.text
    assert (row["id"], row["decision"], row["criterion"], row["basis"], row["note"]) == (
        "pubmed:2", "exclude", "about_teapots", "title", "=kettle",
    )  # fmt: skip
    assert row["seal"] and row["fingerprint"]
    assert ledger.read(small_review.decisions / "screening" / "wang.csv", KINDS["screening"]).verify() == []


def test_the_list_shrinks_to_nothing(small_review: Review, serve: Serve, session: requests.Session) -> None:
    """Working through the queue ends at a page that says so; the stage agrees that nothing waits for this person."""
    visit = Visit(serve(), session)
    for report in ("pubmed:1", "pubmed:2", "pubmed:4", "cnki:aaa"):
        visit.decide(report, "include")
    assert 'id="done"' in visit.get("/")
    stage.run(small_review)
    waiting = tables.read(small_review.result("screen", "to_decide.csv"))["waiting_for"]
    assert set(waiting) == {"li"}


def test_reviewers_are_blind_to_each_other(
    small_review: Review, serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """Nothing of what the other wrote, nor that anything was written, is on a reviewer's page."""
    note = "a note that nobody else may see"
    write_ledger(
        "screening", {"id": "1", "decision": "exclude", "criterion": "not_a_letter", "note": note}, reviewer="li"
    )
    visit = Visit(serve(), session)
    page = visit.get("/item?stage=title_abstract&report=pubmed:1")
    assert note not in page and "second reader" not in page and "Decisions so far" not in page
    assert re.search(r"\bli\b", re.sub(r"<[^>]*>", "", page)) is None


def test_an_adjudicator_sees_conflicts_only_and_both_sides(
    small_review: Review, serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """A conflict waits for the adjudicator, with what each reviewer said; deciding settles it."""
    write_ledger("screening", {"id": "1", "decision": "exclude", "note": "no pots"}, {"id": "2", "decision": "exclude"})
    write_ledger("screening", {"id": "1", "decision": "include", "note": "pots!"}, reviewer="li")
    visit = Visit(serve("zhou", "adjudicator"), session)
    page = visit.get("/")
    assert "1 left" in page and "no pots" in page and "pots!" in page
    visit.decide("pubmed:1", "include")
    stage.run(small_review)
    decisions = tables.read(small_review.result("screen", "decisions.csv"))
    assert set(decisions.loc[decisions["report_id"] == "pubmed:1", "agreed"]) == {"adjudicated", ""}


def test_undo_shows_the_last_decision_and_the_next_row_replaces_it(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """Undo overwrites nothing: the item comes back, and what is decided then supersedes the earlier row."""
    visit = Visit(serve(), session)
    visit.decide("pubmed:1", "include")
    visit.decide("pubmed:2", "include")
    assert "A letter about kettles" in visit.get("/undo") and "You decided this before" in visit.get("/undo")
    assert "Sunlight for teapots" in visit.get("/undo?n=1")
    visit.decide("pubmed:2", "exclude:about_teapots")
    first, second, third = rows(small_review)
    assert (third["supersedes"], second["decision"], first["id"]) == (second["seal"], "include", "pubmed:1")
    stage.run(small_review)
    assert visit.get("/undo?n=99") == visit.get("/")
    for strange in ("%C2%B2", "9" * 5000, "-1", "x"):
        assert "A letter about kettles" in visit.get(f"/undo?n={strange}")


def test_two_windows_do_not_overwrite_each_other(small_review: Review, serve: Serve, session: requests.Session) -> None:
    """A form whose page is out of date writes nothing and says so; a double click writes one row, and the page says so too."""
    visit = Visit(serve(), session)
    form = {"stage": "title_abstract", "report": "pubmed:1", "decision": "include", "basis": "title", "previous": ""}
    assert "recorded already" not in visit.post("/decide", **form).text
    assert "recorded already" in visit.post("/decide", **form).text
    refused = visit.post("/decide", **(form | {"decision": "unclear"}))
    assert refused.status_code == 409 and "another window" in refused.text
    assert len(rows(small_review)) == 1


def test_a_decision_leads_to_the_best_of_what_was_not_passed_over(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """The list is ranked anew at each decision: the next item stands at the place of the last, below what was passed over."""
    visit = Visit(serve(), session)
    shown = re.compile(r'name="report" value="([^"]*)"')
    address = re.compile(r'href="(/item[^"]*)" data-key="n"')
    first = visit.get("/")
    second = visit.get(address.search(first).group(1))  # type: ignore[union-attr]
    passed, decided = (shown.search(page).group(1) for page in (first, second))  # type: ignore[union-attr]
    place = re.search(r'name="place" value="(\d+)"', second).group(1)  # type: ignore[union-attr]
    after = visit.decide(decided, "include", place=place).text
    queue = [row["report_id"] for row in Desk(small_review, "wang").queue()]
    assert place == "1" and len(queue) == 3 and passed in queue
    assert shown.search(html.unescape(after)).group(1) == queue[1]  # type: ignore[union-attr]
    for odd in ("99", "-x", "9" * 5000):
        assert visit.decide(queue.pop(), "exclude", place=odd).status_code == 200


def test_what_stays_on_the_list_is_not_shown_again_at_once(
    serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """A full text that is still sought stays where it is, and the page goes on to the one below."""
    for reviewer in ("wang", "li"):
        write_ledger(
            "screening", *({"id": n, "decision": "include"} for n in ("1", "2", "4", "cnki:aaa")), reviewer=reviewer
        )
    visit = Visit(serve(), session)
    address = re.search(r'href="(/item[^"]*)" data-key="n"', visit.get("/")).group(1)  # type: ignore[union-attr]
    shown = re.search(r'name="report" value="([^"]*)"', visit.get("/")).group(1)  # type: ignore[union-attr]
    after = visit.post("/retrieve", stage="retrieval", report=shown, status="sought", place="0")
    assert after.url.endswith(address)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"decision": "perhaps"}, "decision 'perhaps' is unknown"),
        ({"decision": "exclude:about_cups"}, "criterion 'about_cups' is unknown"),
        ({"decision": "exclude", "stage": "full_text"}, "excluded at full text without a criterion"),
        ({"decision": "include", "basis": "hearsay"}, "basis 'hearsay' is unknown"),
        ({"decision": ""}, "'decision' is empty"),
    ],
)
def test_a_form_that_means_nothing_writes_nothing(
    small_review: Review, serve: Serve, session: requests.Session, form: dict[str, str], said: str
) -> None:
    """What the ledger would not accept is shown as a fault, and no file is made."""
    visit = Visit(serve(), session)
    basic = {"stage": "title_abstract", "report": "pubmed:1", "basis": "title", "previous": ""}
    answer = visit.post("/decide", **(basic | form))
    assert answer.status_code == 422 and said in html.unescape(answer.text)
    assert not (small_review.decisions / "screening").exists() or not rows(small_review)


def test_retrieval_and_duplicates_are_worked_through_too(
    small_review: Review, serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """Full texts sought and possible duplicates stand on the list and go to their own ledgers."""
    for reviewer in ("wang", "li"):
        write_ledger("screening", *({"id": n, "decision": "include"} for n in "124"), reviewer=reviewer)
    pair = {"record_id_1": "cnki:aaa", "record_id_2": "pubmed:4", "verdict": "possible", "evidence": "same year"}
    tables.write_rows(small_review.result("deduplicate", "pairs.csv"), [pair], tables.PAIRS)
    visit = Visit(serve(), session)
    assert "same year" in visit.get("/item?stage=duplicates&report=cnki:aaa&other=pubmed:4")
    ruled = visit.post("/rule", stage="duplicates", report="cnki:aaa", other="pubmed:4", ruling="different")
    assert ruled.status_code == 200 and "cnki:aaa" not in visit.get("/list").split("Possible duplicate")[-1]
    assert visit.post("/retrieve", stage="retrieval", report="pubmed:1", status="not_retrieved").status_code == 422
    visit.post("/retrieve", stage="retrieval", report="pubmed:1", status="not_retrieved", reason="no copy")
    visit.post("/retrieve", stage="retrieval", report="pubmed:2", status="obtained", obtained_from="library")
    assert [(row["id"], row["status"], row["by"]) for row in rows(small_review, "retrieval")] == [
        ("pubmed:1", "not_retrieved", "wang"),
        ("pubmed:2", "obtained", "wang"),
    ]
    assert rows(small_review, "duplicates")[0]["ruling"] == "different"
    assert "Full text sought" in visit.get("/list") and "A letter about kettles" in visit.get("/list")


def test_undo_goes_back_through_every_ledger(
    small_review: Review, serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """What was decided last is shown first, whether it was a report, a full text or a pair; what stands on it is named."""
    for reviewer in ("wang", "li"):
        write_ledger("screening", *({"id": n, "decision": "include"} for n in "14"), reviewer=reviewer)
    write_ledger("duplicates", {"id_1": "pubmed:2", "id_2": "4", "ruling": "different", "by": "li"})
    visit = Visit(serve(), session)
    visit.post("/retrieve", stage="retrieval", report="pubmed:4", status="sought")
    visit.post("/rule", stage="duplicates", report="cnki:aaa", other="pubmed:4", ruling="different")
    last = visit.get("/undo")
    assert "阳光治疗疲惫茶壶" in last and "You decided this before: <b>Different documents</b>" in last
    assert "You decided this before: <b>Still sought</b>" in visit.get("/undo?n=1")
    assert all("You decided this before: <b>Include</b>" in visit.get(f"/undo?n={n}") for n in (2, 3))
    assert visit.get("/undo?n=4") == visit.get("/")
    link = re.search(r'name="previous" value="([0-9a-f]+)"', visit.get("/undo?n=1"))
    assert link
    sought = {"stage": "retrieval", "report": "pubmed:4", "status": "obtained"}
    assert visit.post("/retrieve", **sought).status_code == 409
    assert "Obtained</b>" in visit.post("/retrieve", **sought, previous=link.group(1)).text.split("<footer>")[1]
    pair = visit.get("/item?stage=duplicates&report=pubmed:4&other=pubmed:2")
    assert "Decided before by li: <b>Different documents</b>" in pair


def test_hidden_evidence_is_hidden_and_the_row_says_so(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """Without the rules' findings on the page the note begins with these words, which agreement looks for."""
    visit = Visit(serve(hide_evidence=True), session)
    page = visit.get("/item?stage=title_abstract&report=pubmed:2")
    assert "<mark" not in page and "The rules propose" not in page
    visit.decide("pubmed:2", "exclude", note="kettles")
    assert rows(small_review)[0]["note"] == "evidence hidden; kettles"


def test_a_verdict_answers_the_question_and_not_the_reason(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """*Met* is never said of a label, which names the reason to exclude: "a letter: met" would say the opposite."""
    path = small_review.root / "config" / "criteria.yaml"
    plan = path.read_text("utf-8").replace(
        "  - id: not_a_letter",
        "  - id: not_a_letter\n    label: a mere letter\n    question: Is it more than a letter?",
    )
    path.write_text(plan.replace("  - id: about_teapots", "  - id: about_teapots\n    label: no teapot"), "utf-8")
    page = re.sub("<[^>]*>", "", Visit(serve(), session).get("/item?stage=title_abstract&report=pubmed:1"))
    assert "Is it more than a letter? met" in page and "about_teapots: met" in page
    assert not re.search("(mere letter|no teapot)[:?]? *met", page)


def test_a_row_that_another_program_appends_is_seen_at_the_next_click(
    serve: Serve, session: requests.Session, write_ledger: Write
) -> None:
    """The ledgers are the only state; a fault that somebody typed meanwhile is shown with its line."""
    visit = Visit(serve(), session)
    assert "4 left" in visit.get("/")
    write_ledger("screening", {"id": "1", "decision": "include"})
    assert "3 left" in visit.get("/")
    write_ledger("screening", {"id": "1", "decision": "perhaps"})
    page = visit.get("/item?stage=title_abstract&report=pubmed:2")
    assert "wang.csv:2: decision 'perhaps' is unknown" in page


@pytest.mark.parametrize("path", ["/", "/list", "/undo", "/item?stage=title_abstract&report=pubmed:1"])
def test_a_faulty_ledger_never_shows_a_traceback(
    serve: Serve, session: requests.Session, write_ledger: Write, path: str
) -> None:
    """Every address answers with the fault's line."""
    visit = Visit(serve(), session)
    write_ledger("screening", {"id": "1", "decision": "perhaps"})
    answer = session.get(visit.here + path)
    assert answer.status_code == 422 and "decision 'perhaps' is unknown" in html.unescape(answer.text)


def test_hostile_text_is_shown_as_text(small_review: Review, serve: Serve, session: requests.Session) -> None:
    """A title with markup, a DOI with quotes and a note with a script reach the page escaped."""
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    merged = small_review.result("deduplicate", "merged.csv")
    rows_now = [row for _, row in tables.read_rows(merged)]
    for row in rows_now:
        row |= {"title": evil, "abstract": evil, "doi": evil, "authors": evil, "journal": evil, "notices": evil}
    tables.write_rows(merged, rows_now, tables.MERGED)
    visit = Visit(serve(), session)
    visit.decide("pubmed:1", "include", note=evil)
    for path in ("/", "/list", "/undo", "/item?stage=title_abstract&report=pubmed:2"):
        raw = session.get(visit.here + path).text
        assert "<script>alert" not in raw and "<img" not in raw and "&lt;script&gt;" in raw


def test_a_sign_that_turns_the_direction_of_writing_turns_its_own_field_only(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """Authors or a journal with such a sign do not turn the figures behind them round: each stands in an element of its own."""
    turned = "\u202eRoe, Jane"
    merged = small_review.result("deduplicate", "merged.csv")
    told = {"authors": turned, "journal": turned, "volume": turned, "pages": turned, "title": turned, "year": "2003"}
    tables.write_rows(merged, [row | told for _, row in tables.read_rows(merged)], tables.MERGED)
    visit = Visit(serve(), session)
    visit.decide("pubmed:1", "include")
    page = visit.get("/item?stage=title_abstract&report=pubmed:2")
    assert page.count(f"<bdi>{turned}</bdi>") == 5 and "<b>2003</b>" in page
    bare = re.sub(r"<bdi>[^<]*</bdi>|<[^>]* dir=\"auto\"[^>]*>[^<]*<|value=\"[^\"]*\"", "", page)
    assert "\u202e" not in bare


def test_kill_9_while_deciding_loses_nothing(small_review: Review, session: requests.Session) -> None:
    """The page's process is killed right after an answer: the decision is in the ledger, whole and sealed."""
    stage.run(small_review)
    command = [sys.executable, "-m", "winnow", "serve", "--reviewer", "wang", "--no-browser"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=small_review.root) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split("Open ")[1].strip()
            here, token = address.split("/?token=")
            headers = {"Cookie": f"winnow-{here.rsplit(':', 1)[1]}={token}", "Origin": here}
            form = {
                "stage": "title_abstract",
                "report": "pubmed:1",
                "decision": "include",
                "basis": "title",
                "previous": "",
            }
            answer = session.post(here + "/decide", data=form, headers=headers, allow_redirects=False, timeout=30)
        finally:
            os.kill(process.pid, signal.SIGKILL)
    assert answer.status_code == 303
    assert [row["decision"] for row in rows(small_review)] == ["include"]
    assert [path.name for path in (small_review.decisions / "screening").iterdir()] == ["wang.csv"]


def test_ctrl_c_is_the_way_to_end(small_review: Review) -> None:
    """Interrupting the page is no fault: exit 0, and nothing on stderr."""
    stage.run(small_review)
    command = [sys.executable, "-m", "winnow", "serve", "--reviewer", "wang", "--no-browser"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=env, cwd=small_review.root, **pipes) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            address = process.stdout.readline().split("Open ")[1].strip()
            requests.get(address.split("?")[0], timeout=30)
            process.send_signal(signal.SIGINT)
            assert (process.wait(30), process.stderr.read()) == (0, "")
        finally:
            process.kill()


def test_digests_are_for_people_only(small_review: Review, serve: Serve, session: requests.Session) -> None:
    """A note from the coded facts is shown beside the record it is about, under a heading that says what it is."""
    (small_review.root / "config" / "digests.csv").write_text(
        "id,digest,source\n1,Thirty pots.,facts.csv\n", encoding="utf-8"
    )
    visit = Visit(serve(), session)
    page = visit.get("/item?stage=title_abstract&report=pubmed:1")
    assert "Thirty pots." in page and "not part of the record" in page
    assert "Thirty pots." not in visit.get("/item?stage=title_abstract&report=pubmed:2")


def test_what_is_not_there_is_no_item(small_review: Review) -> None:
    """An item that is not there, or of no stage, is none."""
    stage.run(small_review)
    desk = Desk(small_review, "wang")
    assert desk.item(Key("title_abstract", "pubmed:404")) is None
    assert desk.item(Key("before_screening", "pubmed:1")) is None
    assert desk.item(Key("duplicates", "pubmed:1")) is None


def test_open_copies_are_shown_where_the_full_text_is_sought(
    small_review: Review, serve: Serve, session: requests.Session
) -> None:
    """What the services said stands beside the report, with a link only where the address is one of the web."""
    folder = small_review.root / "searches" / "first" / "fulltext" / "001"
    basic = {"report_id": "pubmed:1", "found": "copy", "version": "acceptedVersion"}
    found = [
        basic | {"service": "unpaywall", "url": "https://copies.example/1.pdf"},
        basic | {"service": "crossref", "url": "javascript:alert(1)"},
        basic | {"service": "pmc", "found": "not asked", "note": "no id"},
    ]
    tables.write_rows(folder / "found.csv", found, looking.FOUND)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    page = Visit(serve(), session).get("/item?stage=retrieval&report=pubmed:1")
    assert 'href="https://copies.example/1.pdf"' in page and "acceptedVersion" in page
    assert "javascript:" not in page and "no id" not in page
