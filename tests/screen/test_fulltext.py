"""Full texts: asked politely, recorded whole, replayed without the network; a service's fault is never a finding."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from small_review import RECORDS, small_review, write_ledger, write_results
from winnow import files, manifests, tables
from winnow.cli import main
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS
from winnow.errors import ConfigError, InputError, LedgerError, SearchError, UsageError
from winnow.review import Review
from winnow.screen import stage
from winnow.screen.fulltext import looking, services, supplied
from winnow.screen.fulltext.services import Sought
from winnow.screen.fulltext.transport import HttpTransport
from winnow.search.conversation import Broken, Failure
from winnow.search.rate import Rate

__all__ = ["small_review", "write_ledger"]

Write = Callable[..., Path]
CONTACT = "someone@example.org"
ARTICLE = (
    b'<?xml version="1.0"?><article><front><article-meta><article-id pub-id-type="pmcid">PMC77</article-id>'
    b"</article-meta></front><body><p>Thirty teapots.</p></body></article>"
)
ANSWERS: dict[str, Any] = {
    "/crossref/works/10.1000%2Fone": {
        "message": {"DOI": "10.1000/ONE", "title": ["Sunlight for teapots: a trial"], "license": [], "link": []}
    },
    "/pmc/articles/?1": {"records": [{"pmid": 1, "pmcid": "PMC77", "doi": "10.1000/one"}]},
    "/europe_pmc/search?1": {
        "resultList": {
            "result": [{"pmid": "1", "pmcid": "PMC77", "doi": "10.1000/one", "isOpenAccess": "Y", "license": "cc by"}]
        }
    },
    "/europe_pmc/PMC77/fullTextXML": ARTICLE,
    "/unpaywall/10.1000%2Fone": {
        "doi": "10.1000/one",
        "best_oa_location": {
            "url_for_pdf": "https://copies.example/1.pdf",
            "version": "acceptedVersion",
            "license": "cc-by",
        },
    },
    "/crossref/works": {
        "message": {
            "items": [
                {"DOI": "10.1000/other", "title": ["Another one"], "issued": {"date-parts": [[2001]]}},
                {"DOI": "10.1000/AAA", "title": ["阳光治疗疲惫茶壶的临床观察"], "issued": {"date-parts": [[2001]]}},
            ]
        }
    },
    "/unpaywall/10.1000%2Faaa": {"doi": "10.1000/aaa", "best_oa_location": None},
    "/europe_pmc/search?10.1000/aaa": {"resultList": {"result": []}},
}


class Services:
    """The four services on this machine, with faults on demand."""

    def __init__(self, server: HTTPServer) -> None:
        self.server, self.asked = server, list[Request]()
        self.faults: dict[str, list[Response]] = {}
        self.answers = dict(ANSWERS)
        server.expect_request(re.compile(".*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        path = request.environ["RAW_URI"].partition("?")[0]
        queue = self.faults.get(path.split("/")[1], [])
        if queue:
            return queue.pop(0) if len(queue) > 1 else queue[0]
        words = request.args.get("ids") or request.args.get("query", "").removeprefix("EXT_ID:").removesuffix(
            " AND SRC:MED"
        )
        key = f"{path}?{words.removeprefix('DOI:').strip(chr(34))}" if words else path
        body = self.answers.get(key)
        if body is None:
            return Response("<html>no such thing</html>", 404)
        return Response(body if isinstance(body, bytes) else json.dumps(body), 200)

    def fault(self, service: str, *responses: Response) -> None:
        self.faults[service] = list(responses)


@pytest.fixture
def online(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("NCBI_EMAIL", CONTACT)
    monkeypatch.setattr("winnow.search.progress.sleep", lambda seconds: None)
    monkeypatch.setattr(Rate, "wait", lambda self: 0.0)
    yield Services(httpserver)


@pytest.fixture
def seeking(small_review: Review, write_ledger: Write, online: Services) -> Review:
    """A review in which two reports advanced, one known by PMID and DOI, the other by its Chinese title only."""
    records = [dict(row) for row in RECORDS]
    records[2] |= {"year": "2000"}
    write_results(small_review.root, records, {"embase:9": "pubmed:1"})
    for reviewer in ("wang", "li"):
        write_ledger(
            "screening",
            {"id": "1", "decision": "include"},
            {"id": "cnki:aaa", "decision": "unclear"},
            {"id": "2", "decision": "exclude"},
            reviewer=reviewer,
        )
    base = {name: online.server.url_for(f"/{name}/") for name in services.SERVICES}
    review = Review(
        small_review.root, small_review.config_files, small_review.settings | {"fulltext": {"base_url": base}}
    )
    stage.run(review)
    return review


def by_service(rows: list[dict[str, str]]) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["report_id"], row["service"]): row for row in rows}


def test_what_is_sought_is_looked_up_and_filed(seeking: Review, online: Services) -> None:
    """Each service is asked about each report that advanced; copies, licence, full text and missing ids are found."""
    asked = looking.sought(seeking)
    assert [one.report_id for one in asked] == ["cnki:aaa", "pubmed:1"]
    folder = looking.look_up(seeking, asked)
    assert seeking.relative(folder) == "searches/first/fulltext/001"
    found = by_service(looking.found_in(folder))
    assert len(found) == 8
    one = found["pubmed:1", "unpaywall"]
    assert (one["found"], one["url"], one["version"]) == ("copy", "https://copies.example/1.pdf", "acceptedVersion")
    assert (found["pubmed:1", "pmc"]["pmcid"], found["pubmed:1", "pmc"]["doi"]) == ("PMC77", "")
    file = found["pubmed:1", "europe_pmc"]["file"]
    with files.opened(folder / file) as stream:
        assert stream.read() == ARTICLE
    chinese = found["cnki:aaa", "crossref"]
    assert (chinese["found"], chinese["doi"], chinese["note"]) == (
        "no open copy",
        "10.1000/aaa",
        "DOI found by title and year",
    )
    assert (
        found["cnki:aaa", "unpaywall"]["found"] == "no open copy"
        and found["cnki:aaa", "europe_pmc"]["found"] == "not known"
    )
    assert found["pubmed:1", "crossref"]["found"] == "no open copy"


def test_the_folder_is_whole_and_replays_to_the_same_findings(seeking: Review) -> None:
    """Manifest and hashes hold; the findings follow from the kept answers alone; a changed answer is a fault."""
    folder = looking.look_up(seeking, looking.sought(seeking))
    assert manifests.verify(manifests.read(folder)) == [] == looking.check(seeking)
    assert manifests.read(folder).method == "looked_up"
    assert looking.replay(folder) == looking.found_in(folder)
    answer = next(iter(folder.glob("*unpaywall*")))
    answer.chmod(0o644)
    answer.write_bytes(b"changed")
    assert [fault.what for fault in looking.check(seeking)] == ["changed since it was filed"]


def test_the_findings_are_results_and_change_no_record(seeking: Review) -> None:
    """The stage lists them; a DOI that was found by title stays a proposal."""
    before = seeking.result("deduplicate", "merged.csv").read_bytes()
    looking.look_up(seeking, looking.sought(seeking))
    stage.run(seeking)
    rows = by_service([row for _, row in tables.read_rows(seeking.result("screen", "fulltext.csv"), looking.FOUND)])
    assert rows["cnki:aaa", "crossref"]["doi"] == "10.1000/aaa"
    assert rows["pubmed:1", "europe_pmc"]["file"].startswith("searches/first/fulltext/001/")
    assert (seeking.root / rows["pubmed:1", "europe_pmc"]["file"]).is_file()
    assert seeking.result("deduplicate", "merged.csv").read_bytes() == before


def test_what_was_answered_is_not_asked_again(seeking: Review, online: Services) -> None:
    """A second run has nothing to ask, unless it is told to; then it has a folder of its own."""
    looking.look_up(seeking, looking.sought(seeking))
    assert looking.sought(seeking) == []
    folder = looking.look_up(seeking, looking.sought(seeking, again=True))
    assert folder.name == "002" and len(looking.runs(seeking)) == 2 and len(looking.found(seeking)) == 8


def test_every_request_says_who_asks_and_no_file_repeats_it(seeking: Review, online: Services) -> None:
    """The contact address goes with each request and stands in no file, name or manifest."""
    folder = looking.look_up(seeking, looking.sought(seeking))
    assert all(CONTACT in (request.args.get("email"), request.args.get("mailto")) for request in online.asked)
    assert all(CONTACT in request.headers["User-Agent"] for request in online.asked)
    for path in folder.iterdir():
        with files.opened(path) as stream:
            assert CONTACT.encode() not in stream.read()


def test_without_a_contact_address_unpaywall_is_not_asked(
    seeking: Review, online: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that refuses strangers is left out, and the row says how to change that."""
    monkeypatch.delenv("NCBI_EMAIL")
    folder = looking.look_up(seeking, looking.sought(seeking))
    row = by_service(looking.found_in(folder))["pubmed:1", "unpaywall"]
    assert row["found"] == "not asked" and "NCBI_EMAIL" in row["note"]
    assert looking.replay(folder) == looking.found_in(folder)
    assert not any(request.path.startswith("/unpaywall") for request in online.asked)


PASSING = [
    ("a busy server", [Response("", 503)]),
    ("too many requests, with a pause", [Response("", 429, headers={"Retry-After": "1"})]),
    ("a cut answer", [Response('{"doi": "10.1000/o', 200)]),
    ("a page instead of data", [Response("<html>maintenance</html>", 200)]),
    ("a list instead of an object", [Response("[]", 200)]),
    ("an answer about something else", [Response('{"doi": "10.1000/zzz"}', 200)]),
]


@pytest.mark.parametrize("responses", [case[1] for case in PASSING], ids=[case[0] for case in PASSING])
def test_a_fault_that_passes_leaves_no_trace(seeking: Review, online: Services, responses: list[Response]) -> None:
    """What went wrong once is asked again, and the findings are those of a day without faults."""
    asked = looking.sought(seeking)
    good = Response(json.dumps(ANSWERS["/unpaywall/10.1000%2Fone"]), 200)
    online.answers.pop("/crossref/works")
    online.fault("unpaywall", *responses, good)
    folder = looking.look_up(seeking, asked)
    assert by_service(looking.found_in(folder))["pubmed:1", "unpaywall"]["found"] == "copy"


def test_a_fault_that_stays_is_no_finding(seeking: Review, online: Services) -> None:
    """A refusal is 'no answer' with its reason, never 'no open copy'; only what had no answer is asked again."""
    online.fault("unpaywall", Response("", 403))
    folder = looking.look_up(seeking, looking.sought(seeking))
    rows = by_service(looking.found_in(folder))
    assert (rows["pubmed:1", "unpaywall"]["found"], rows["pubmed:1", "unpaywall"]["note"]) == ("no answer", "HTTP 403")
    assert looking.replay(folder) == looking.found_in(folder)
    assert [one.report_id for one in looking.sought(seeking)] == ["cnki:aaa", "pubmed:1"]
    online.faults.clear()
    looking.look_up(seeking, looking.sought(seeking))
    assert (
        looking.sought(seeking) == [] and by_service(looking.found(seeking))["pubmed:1", "unpaywall"]["found"] == "copy"
    )


def test_a_service_that_is_down_stops_the_run_which_goes_on_later(
    seeking: Review, online: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half is filed; what was answered is not asked twice."""
    monkeypatch.setattr(looking, "DOWN", 2)
    online.fault("europe_pmc", Response("", 403))
    asked = looking.sought(seeking)
    with pytest.raises(SearchError, match="Europe PMC"):
        looking.look_up(seeking, asked)
    assert looking.runs(seeking) == []
    before = [request.path for request in online.asked]
    online.faults.clear()
    looking.look_up(seeking, asked)
    after = [request.path for request in online.asked][len(before) :]
    assert "/crossref/works" in before and "/crossref/works" not in after and len(looking.runs(seeking)) == 1


HOSTILE = [
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article><article-id>PMC78</article-id>&x;</article>',
    ARTICLE.replace(b"PMC77", b"PMC78"),
    b"<html>PMC77</html>",
    ARTICLE[:60],
]


@pytest.mark.parametrize("body", HOSTILE)
def test_a_full_text_must_be_the_article_that_was_asked_for(body: bytes) -> None:
    """Another article, a page, half a file, or one that reaches for the disk is not kept."""
    _, read = services.full_text("PMC77", 1)
    with pytest.raises(Broken):
        read(body)
    assert read(ARTICLE) == "PMC77" and read(services.UNKNOWN) == ""


@pytest.mark.parametrize(
    ("status", "headers", "final"),
    [
        (301, {"Location": "https://evil.example/"}, True),
        (400, {}, True),
        (500, {}, False),
        (503, {"Retry-After": "7"}, False),
    ],
)
def test_what_is_no_answer_is_a_failure(online: Services, status: int, headers: dict[str, str], final: bool) -> None:
    """Redirects are not followed; what may pass may be asked again, after the pause that was named."""
    online.fault("crossref", Response("", status, headers=headers))
    transport = HttpTransport({"base_url": {"crossref": online.server.url_for("/crossref/")}})
    answer = transport.send(services.question("crossref", "works", {}, 1, "work"))
    assert (
        isinstance(answer, Failure) and answer.final is final and answer.pause == float(headers.get("Retry-After", 0))
    )


def test_an_answer_with_the_address_in_it_and_a_dead_port_are_failures(online: Services) -> None:
    """No secret is filed, and no message holds the address that was asked with it."""
    online.fault("crossref", Response(f'{{"you": "{CONTACT}"}}', 200))
    transport = HttpTransport({"base_url": {"crossref": online.server.url_for("/crossref/")}})
    request = services.question("crossref", "works", {}, 1, "work")
    answer = transport.send(request)
    assert isinstance(answer, Failure) and answer.final
    dead = HttpTransport({"base_url": {"crossref": "http://127.0.0.1:9/"}, "timeout": 2})
    answer = dead.send(request)
    assert isinstance(answer, Failure) and CONTACT not in answer.reason


def test_an_address_that_is_none_is_a_fault_of_the_configuration() -> None:
    """The line names the key."""
    with pytest.raises(ConfigError, match=r"fulltext\.base_url\.pmc"):
        HttpTransport({"base_url": {"pmc": "ftp://example.org"}})


def test_a_doi_is_found_by_the_same_title_and_year_only() -> None:
    """The title must be the same and the years within one; an unknown year is too little."""

    def asked(title: str, year: str) -> str:
        _, read = services.crossref(Sought("r", title=title, year=year), 1) or (None, None)
        assert read is not None
        return read(json.dumps(ANSWERS["/crossref/works"]).encode()).doi

    assert asked("阳光治疗疲惫茶壶的临床观察", "2002") == "10.1000/aaa"
    assert (
        asked("阳光治疗疲惫茶壶的临床观察", "2003")
        == asked("阳光治疗疲惫茶壶的临床观察", "")
        == asked("茶壶", "2001")
        == ""
    )


def test_an_id_that_contradicts_ours_is_said_and_not_proposed(seeking: Review, online: Services) -> None:
    """A service that knows the report by another DOI gives a note; our DOI stays."""
    online.answers["/pmc/articles/?1"] = {"records": [{"pmid": "1", "pmcid": "PMC77", "doi": "10.1000/two"}]}
    rows = by_service(looking.found_in(looking.look_up(seeking, looking.sought(seeking))))
    assert rows["pubmed:1", "pmc"]["doi"] == "" and "says doi 10.1000/two" in rows["pubmed:1", "pmc"]["note"]


def test_the_command_says_what_it_found(
    seeking: Review, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line where it was filed; a second run says that nothing is left to ask."""
    base = "".join(f"\n    {name}: {url}" for name, url in seeking.settings["fulltext"]["base_url"].items())
    config = seeking.root / "config" / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + f"fulltext:\n  base_url:{base}\n", encoding="utf-8")
    monkeypatch.chdir(seeking.root)
    assert main(["fulltext"]) == 0
    assert (
        "searches/first/fulltext/001: 2 reports looked up, open copies of 1, 1 full texts kept"
        in capsys.readouterr().out
    )
    assert main(["fulltext"]) == 0 and "no full text is sought" in capsys.readouterr().out


def test_a_file_that_somebody_obtained_is_kept_with_its_hash(seeking: Review, tmp_path: Path) -> None:
    """The file stands under fulltexts/, the ledger has its hash; another file in its place is a fault, a missing one is none."""
    file = tmp_path / "paper of 1999.PDF"
    file.write_bytes(b"%PDF-1.4 made up")
    kept = supplied.add(seeking, "10.1000/one", file, "wang", "library")
    (row,) = ledger.read(seeking.decisions / "retrieval.csv", KINDS["retrieval"]).rows
    assert (row["status"], row["file"], row["by"], row["obtained_from"]) == ("obtained", kept, "wang", "library")
    assert row["sha256"] == files.sha256_file(seeking.root / kept) and kept.startswith("fulltexts/pubmed_1-")
    stage.run(seeking)
    decisions = tables.read(seeking.result("screen", "decisions.csv"))
    assert ("pubmed:1", "full_text") in set(zip(decisions["report_id"], decisions["stage"], strict=True))
    assert supplied.check(seeking) == []
    (seeking.root / kept).write_bytes(b"another")
    assert [fault.where for fault in supplied.check(seeking)] == ["decisions/retrieval.csv:2"]
    (seeking.root / kept).unlink()
    assert supplied.check(seeking) == []


def test_a_file_that_cannot_be_a_full_text_is_refused(seeking: Review, tmp_path: Path) -> None:
    """No file, an empty one, a program, or an unknown report: one line, and nothing is kept."""
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "program.exe").write_bytes(b"MZ")
    (tmp_path / "good.pdf").write_bytes(b"%PDF")
    (tmp_path / "login.pdf").write_bytes(b"<!doctype html><title>Please log in</title>")
    for name in ("nothing.pdf", "empty.pdf", "program.exe", "login.pdf"):
        with pytest.raises(InputError):
            supplied.add(seeking, "1", tmp_path / name, "wang")
    with pytest.raises(LedgerError):
        supplied.add(seeking, "1", tmp_path / "good.pdf", "")
    assert list((seeking.root / "fulltexts").iterdir()) == []
    (seeking.root / "fulltexts").rmdir()
    with pytest.raises(UsageError):
        supplied.add(seeking, "404", tmp_path / "good.pdf", "wang")
    assert not (seeking.root / "fulltexts").exists() and not (seeking.decisions / "retrieval.csv").exists()
