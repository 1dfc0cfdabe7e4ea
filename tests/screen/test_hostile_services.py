"""Services that mean harm, or are broken: what they say never leads out of the folder, hangs a run or ends it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from winnow.screen.fulltext import services
from winnow.screen.fulltext.services import COPY, NO_COPY, Sought
from winnow.screen.fulltext.transport import HttpTransport
from winnow.search.conversation import Broken, Failure
from winnow.search.crossref import CrossrefTransport
from winnow.search.rate import Rate
from winnow.search.transport import EntrezTransport, Settings

SOUGHT = Sought("pubmed:1", pmid="1", doi="10.1000/one", title="Sunlight for teapots")
ASKING = {
    "pmc": services.pmc, "europe_pmc": services.europe_pmc, "unpaywall": services.unpaywall, "crossref": services.crossref,
}  # fmt: skip


def answers(url: str = "https://copies.example/1.pdf", pmcid: str = "PMC77", title: str = "Sunlight") -> dict[str, Any]:
    """What each service says of the report."""
    copy = {"url": url, "availabilityCode": "OA"}
    found = {"pmid": "1", "pmcid": pmcid, "isOpenAccess": "Y", "fullTextUrlList": {"fullTextUrl": [copy]}}
    work = {"DOI": "10.1000/one", "title": [title], "link": [{"URL": url}]}
    return {
        "pmc": {"records": [{"pmid": "1", "pmcid": pmcid, "title": title}]},
        "europe_pmc": {"resultList": {"result": [found | {"title": title}]}},
        "unpaywall": {"doi": "10.1000/one", "best_oa_location": {"url_for_pdf": url}, "title": title},
        "crossref": {"message": work | {"license": [{"URL": "https://creativecommons.org/licenses/by/4.0/"}]}},
    }


def read(service: str, body: bytes) -> services.Finding:
    asked = ASKING[service](SOUGHT, 1)
    assert asked is not None
    return asked[1](body)


@pytest.mark.parametrize("service", ASKING)
@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//evil.example/", "\tx"]
)
def test_only_addresses_of_the_web_are_taken_for_copies(service: str, url: str) -> None:
    """A script, a file of this machine, what is no address: the link is left out."""
    finding = read(service, json.dumps(answers(url=url)[service]).encode())
    assert finding.url == "" or finding.url.startswith("https://")
    assert read(service, json.dumps(answers()[service]).encode()).found == COPY


@pytest.mark.parametrize("pmcid", ["PMC1/../../../x", "PMC7\n7", "../PMC77", "PMC٧٧", "PMC", "77", "PMC" + "7" * 40])
def test_an_id_that_is_none_becomes_part_of_no_address_and_no_file(pmcid: str) -> None:
    """A PMC id is PMC and figures; of anything else no full text is asked for, whoever says it."""
    for service in ("pmc", "europe_pmc"):
        finding = read(service, json.dumps(answers(pmcid=pmcid)[service]).encode())
        assert finding.pmcid == "" and finding.found in (COPY, NO_COPY, services.NOT_KNOWN)
    assert services.id_or_none("pmcid", pmcid) == "" and services.id_or_none("pmcid", "PMC77") == "PMC77"


@pytest.mark.parametrize("service", ASKING)
def test_half_a_character_is_no_answer(service: str) -> None:
    """JSON can spell what no file can hold; it is asked for again, and no traceback ends the run."""
    with pytest.raises(Broken, match="half a character"):
        read(service, json.dumps(answers(title="teapots \ud800")[service]).encode())


#: Bytes of an answer that trickles; a hundred a second.
DROPS = 800


@pytest.fixture
def trickle(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> tuple[HTTPServer, list[int]]:
    """A server that sends a byte now and then, always in time for the next to be waited for, and the bytes that it sent."""
    monkeypatch.setattr(Rate, "wait", lambda self: 0.0)
    sent: list[int] = []

    def drops() -> Iterator[bytes]:
        for drop in range(DROPS):
            time.sleep(0.01)
            sent.append(drop)
            yield b" "

    def answer(request: Request) -> Response:
        return Response(drops(), 200, content_type="application/json")

    httpserver.expect_request("/crossref/works").respond_with_handler(answer)
    httpserver.expect_request("/efetch.fcgi").respond_with_handler(answer)
    return httpserver, sent


def test_an_answer_that_trickles_is_given_up(
    trickle: tuple[HTTPServer, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte comes within the timeout, the answer as a whole does not: whoever asked gives it up before the last."""
    server, sent = trickle
    monkeypatch.setattr("winnow.search.transport._PATIENCE", 0.5)
    request = services.question("crossref", "works", {}, 1, "work")
    full_texts = HttpTransport({"base_url": {"crossref": server.url_for("/crossref/")}, "timeout": 0.1}, {})
    entrez = EntrezTransport(Settings(base_url=server.url_for("/"), timeout=0.5))
    fetch = services.Request("efetch", {"db": "pubmed", "id": "1"}, "1.xml.gz", "a record", 1)
    titles = CrossrefTransport({}, timeout=0.1)
    titles.base_url = server.url_for("/crossref/")
    work = services.Request("works", {}, "work.json.gz", "a work", 1)
    for answer in (full_texts.send(request), entrez.send(fetch), titles.send(work)):
        assert isinstance(answer, Failure) and "took longer" in answer.reason and not answer.final
    assert DROPS - 1 not in sent


@pytest.mark.parametrize("spelt", ["me@example.org", "me%40example.org", r"me\u0040example.org", "me&#64;example.org"])
def test_no_spelling_of_the_contact_address_is_filed(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, spelt: str
) -> None:
    """Services repeat the question in their answers, as an address, in JSON or in HTML."""
    monkeypatch.setattr(Rate, "wait", lambda self: 0.0)
    httpserver.expect_request("/crossref/works").respond_with_data(f'{{"asked": "?mailto={spelt}"}}')
    asking = HttpTransport(
        {"base_url": {"crossref": httpserver.url_for("/crossref/")}}, {"NCBI_EMAIL": "me@example.org"}
    )
    answer = asking.send(services.question("crossref", "works", {}, 1, "work"))
    assert isinstance(answer, Failure) and answer.final and "example.org" not in answer.reason
