"""The status of what is included or awaiting is asked afresh, filed and dated, and never for anything else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pubmed_review import SmallReview

from winnow import manifests, tables
from winnow import review as reviews
from winnow.search import crossref, notices
from winnow.search.conversation import Broken

UPDATES = {
    "10.9999/retracted": [{"DOI": "10.9999/Notice", "update-to": [{"DOI": "10.9999/RETRACTED", "type": "retraction"}]}],
    "10.9999/fine": [],
}
RETRACTED = (
    b'<CommentsCorrectionsList><CommentsCorrections RefType="ExpressionOfConcernIn"><PMID>77</PMID></CommentsCorrections>'
    b"</CommentsCorrectionsList></MedlineCitation>"
)


class Works(BaseHTTPRequestHandler):
    """Crossref's works, as far as we ask."""

    asked: list[str] = []  # noqa: RUF012 - one server per test session is enough

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        doi = parse_qs(urlsplit(self.path).query)["filter"][0].removeprefix("updates:")
        self.asked.append(doi)
        items = UPDATES[doi]
        body = json.dumps({"message": {"total-results": len(items), "items": items}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Works]]:
    """A server that answers as Crossref does."""
    http = HTTPServer(("127.0.0.1", 0), Works)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("WINNOW_CROSSREF_URL", f"http://127.0.0.1:{http.server_port}/")
    Works.asked.clear()
    yield Works
    http.shutdown()
    http.server_close()
    thread.join()


DECISIONS = [
    ("pubmed:1000", "title_abstract", "include"),
    ("pubmed:1000", "retrieval", "include"),
    ("pubmed:1000", "full_text", "include"),
    ("pubmed:1001", "title_abstract", "include"),
    ("pubmed:1001", "full_text", "exclude"),
    ("pubmed:1002", "title_abstract", "awaiting"),
    ("ris:abc", "title_abstract", "awaiting"),
    ("pubmed:999999", "title_abstract", "include"),
]
MERGED = [
    ("pubmed:1000", "1000", "10.9999/retracted"),
    ("pubmed:1001", "1001", "10.9999/excluded"),
    ("pubmed:1002", "1002", ""),
    ("ris:abc", "", "10.9999/fine"),
    ("pubmed:999999", "999999", "10.9999/with,comma"),
]


def decided(small: SmallReview) -> None:
    """Results as an earlier run left them."""
    (small.root / "results" / "screen").mkdir(parents=True)
    tables.write_rows(
        "results/screen/decisions.csv",
        [dict(zip(("report_id", "stage", "decision"), row, strict=True)) for row in DECISIONS],
        tables.DECISIONS,
    )
    tables.write_rows(
        "results/deduplicate/merged.csv",
        [dict(zip(("record_id", "pmid", "doi"), row, strict=True)) for row in MERGED],
        tables.MERGED,
    )


def test_status_of_what_is_included_or_awaiting(small: SmallReview, works: type[Works]) -> None:
    """One row per report and service that knows it; an excluded report is nobody's business any more."""
    decided(small)
    small.server.change = lambda utility, parameters, body: body.replace(b"</MedlineCitation>", RETRACTED, 1)
    assert small.search() == 0
    folder = small.root / "searches" / "s1" / "status"
    rows = [tuple(row.values()) for _, row in tables.read_rows(folder / "status.csv")]
    assert rows == [
        ("pubmed:1000", "crossref", "10.9999/retracted", "yes", "retracted in doi:10.9999/notice"),
        ("pubmed:1000", "pubmed", "1000", "yes", "expression of concern in pubmed:77"),
        ("pubmed:1002", "pubmed", "1002", "yes", ""),
        ("pubmed:999999", "pubmed", "999999", "no", ""),
        ("ris:abc", "crossref", "10.9999/fine", "yes", ""),
    ]
    told = notices.told([], {}, str, notices.statuses(reviews.load()))
    assert told == {
        "pubmed:1000": {"retracted in doi:10.9999/notice": ["s1"], "expression of concern in pubmed:77": ["s1"]}
    }
    assert works.asked == ["10.9999/fine", "10.9999/retracted"]
    manifest = manifests.read(folder)
    assert manifests.verify(manifest) == []
    assert manifest.record_files == []
    assert manifest.data["date"]
    asked = len(small.server.asked)
    assert small.search() == 0
    assert len(small.server.asked) == asked


def test_no_status_before_anything_is_decided(small: SmallReview) -> None:
    """A first search has nothing to ask after."""
    assert small.search() == 0
    assert not (small.root / "searches" / "s1" / "status").exists()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"message": 1}', b'{"message": {"items": [{}], "total-results": 3}}', b"<html>"]
)
def test_crossref_answers_that_are_none(body: bytes) -> None:
    """What is not Crossref's JSON, or not all of it, is asked for again."""
    with pytest.raises(Broken):
        crossref.notices(body, "10.9999/x")
