"""A loopback E-utilities server: ESearch, EFetch and EPost over made-up records, with a switchboard of faults.

Terms are evaluated as PubMed does for the syntax that our strategies use: AND, OR, NOT from left to right, parentheses, phrases,
truncation, ranges, and the tags of :data:`FIELDS`. What an answer looks like (and what it says when it refuses) follows recorded
answers of NCBI's.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from winnow import files, tables
from winnow.records import pubmed_xml

ESEARCH_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
EFETCH_DOCTYPE = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
TOO_FAR = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, ESearch can only retrieve the first "
    "9,999 records matching the query."
)
FIELDS = {
    "tiab": "Title/Abstract", "ti": "Title", "mh": "MeSH Terms", "mesh": "MeSH Terms", "dp": "Date - Publication",
    "crdt": "Date - Create", "mhda": "Date - MeSH", "uid": "UID", "aid": "Article Identifier", "all": "All Fields",
    "la": "Language", "pt": "Publication Type",
}  # fmt: skip
_DATES = frozenset(("dp", "crdt", "mhda"))
_TOKEN = re.compile(r'\s*(?:(\()|(\))|(AND|OR|NOT)\b|("[^"]*"|[^\s()\[\]"]+)(?:\s*\[([^\]]+)\])?)')


@dataclass
class Record:
    """One made-up record: what can be searched, and its XML."""

    pmid: int
    title: str = "A made-up title"
    abstract: str = ""
    mesh: tuple[str, ...] = ()
    year: int = 2010
    crdt: str = "2010/06/01"
    doi: str = ""
    book: bool = False
    raw: str = ""

    @property
    def xml(self) -> str:
        if self.raw:
            return self.raw
        title, abstract = escape(self.title), escape(self.abstract)
        if self.book:
            return (
                f"<PubmedBookArticle><BookDocument><PMID>{self.pmid}</PMID><Book><BookTitle>{title}</BookTitle>"
                f"<PubDate><Year>{self.year}</Year></PubDate></Book></BookDocument></PubmedBookArticle>"
            )
        headings = "".join(f"<MeshHeading><DescriptorName>{name}</DescriptorName></MeshHeading>" for name in self.mesh)
        doi = f'<ELocationID EIdType="doi" ValidYN="Y">{escape(self.doi)}</ELocationID>' if self.doi else ""
        return (
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{self.pmid}</PMID><Article><Journal><JournalIssue><PubDate>'
            f"<Year>{self.year}</Year></PubDate></JournalIssue><Title>Made-up journal</Title></Journal>"
            f"<ArticleTitle>{title}</ArticleTitle>{doi}<Abstract><AbstractText>{abstract}</AbstractText></Abstract></Article>"
            f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation></PubmedArticle>"
        )

    def words(self, tag: str) -> str:
        if tag in {"mh", "mesh"}:
            return "|" + "|".join(self.mesh).lower() + "|"
        return f" {self.title} {self.abstract if tag != 'ti' else ''} ".lower()


def real_records(path: Path | str, most: int) -> list[Record]:
    """The first records of a PubMed XML file, served as they are in it; the ``entrez`` date of their history is their [crdt]."""
    found = []
    entry = etree.XPath("PubmedData/History/PubMedPubDate[@PubStatus='entrez']")
    with files.opened(path) as stream:
        elements = etree.iterparse(stream, tag="PubmedArticle", load_dtd=False, no_network=True, resolve_entities=False)
        for row, (_, element) in zip(pubmed_xml.read(path), elements, strict=False):
            headings = tuple(part.split(" / ")[0].rstrip("*") for part in tables.split(row["mesh"]))
            day = [f"{int(entry(element)[0].findtext(name)):02d}" for name in ("Year", "Month", "Day")]
            found.append(
                Record(
                    int(row["pmid"]), row["title"], row["abstract"], headings, int(row["year"]),
                    "/".join(day), row["doi"], raw=etree.tostring(element, encoding="unicode", with_tail=False),
                )
            )  # fmt: skip
            element.clear()
            if len(found) == most:
                break
    return found


class Corpus:
    """The records of a server, and what a term finds among them."""

    def __init__(self, records: list[Record] | None = None) -> None:
        self.records = {record.pmid: record for record in records or []}
        self._found: dict[tuple[str, str], set[int]] = {}

    def find(self, term: str) -> tuple[set[int], list[str]]:
        """The PMIDs that a term finds, and the phrases that were not found."""
        tokens = [found.groups() for found in _TOKEN.finditer(term)]
        lost: list[str] = []
        found, rest = self._group(tokens, lost)
        assert not rest, rest
        return found, lost

    def _group(self, tokens: list[tuple[str, ...]], lost: list[str]) -> tuple[set[int], list[tuple[str, ...]]]:
        result: set[int] | None = None
        operator = "AND"
        while tokens:
            (opening, closing, word, words, tag), *tokens = tokens
            if closing:
                break
            if word:
                operator = word
                continue
            if opening:
                found, tokens = self._group(tokens, lost)
            else:
                found = self._term(words, (tag or "all").lower(), lost)
            if result is None:
                result = found
            else:
                result = {"AND": result & found, "OR": result | found, "NOT": result - found}[operator]
            operator = "AND"
        return result or set(), tokens

    def _term(self, words: str, tag: str, lost: list[str]) -> set[int]:
        if (words, tag) not in self._found:
            self._found[words, tag] = self._evaluated(words, tag)
        found = self._found[words, tag]
        if not found and tag not in {"uid", "aid", *_DATES} and "*" not in words:
            lost.append(words.strip('"'))
        return found

    def _evaluated(self, words: str, tag: str) -> set[int]:
        records = self.records.values()
        if tag == "uid":
            first, _, last = words.partition(":")
            return {r.pmid for r in records if int(first) <= r.pmid <= int(last or first)}
        if tag in _DATES:
            first, _, last = words.partition(":")
            day = {"dp": lambda r: str(r.year)}.get(tag, lambda r: r.crdt)
            return {r.pmid for r in records if first <= day(r) and day(r)[: len(last or first)] <= (last or first)}
        bare = words.strip('"').lower()
        if tag == "aid":
            return {r.pmid for r in records if r.doi.lower() == bare}
        if tag in {"mh", "mesh"}:
            return {r.pmid for r in records if f"|{bare}|" in r.words(tag)}
        pattern = re.compile(r"\b" + re.escape(bare.rstrip("*")) + ("" if bare.endswith("*") else r"\b"))
        return {r.pmid for r in records if pattern.search(r.words(tag))}


Fault = Callable[["_Handler", bytes], None]


def _status(code: int, **headers: str) -> Fault:
    def send(handler: _Handler, _: bytes) -> None:
        handler.answer(b'{"error":"API rate limit exceeded","count":"11"}', code, **headers)

    return send


def _cut_body(handler: _Handler, body: bytes) -> None:
    handler.answer(body, stop=len(body) // 2)


def _slow(handler: _Handler, body: bytes) -> None:
    time.sleep(handler.server.slowness)  # type: ignore[attr-defined]
    handler.answer(body)


#: Every way in which a server may fail that is worth another try.
FAULTS: dict[str, Fault] = {
    "429": _status(429),
    "429 with Retry-After": _status(429, **{"Retry-After": "0"}),
    "500": _status(500),
    "502": _status(502),
    "cut body": _cut_body,
    "cut XML": lambda handler, body: handler.answer(body[: len(body) // 2]),
    "<ERROR>": lambda handler, _: handler.answer(
        (ESEARCH_DOCTYPE + "<eSearchResult><ERROR>Search Backend failed: not reachable</ERROR></eSearchResult>").encode()
    ),
    "HTML page": lambda handler, _: handler.answer(b"<!DOCTYPE html><html><body><h1>Service unavailable<br></body></html>"),
    "empty answer": lambda handler, _: handler.answer(b""),
    "closed connection": lambda handler, _: None,
    "slow answer": _slow,
}  # fmt: skip


#: Faults that are for single tests: a long pause asked for, and a refusal that is final.
SINGLE: dict[str, Fault] = {
    "429 after 5 seconds": _status(429, **{"Retry-After": "5"}),
    "400": _status(400),
}


@dataclass
class Asked:
    """One request as it arrived."""

    at: float
    method: str
    utility: str
    parameters: dict[str, str]


@dataclass
class Server:
    """The server: its records, its faults, and what it was asked.

    ``faults`` decides for each request whether and how it fails; ``change`` may rewrite any good answer; ``before`` is called
    with the number of each request.
    """

    corpus: Corpus = field(default_factory=Corpus)
    faults: Callable[[int], str | None] = lambda number: None
    change: Callable[[str, dict[str, str], bytes], bytes] = lambda utility, parameters, body: body
    before: Callable[[int], None] = lambda number: None
    slowness: float = 1.0
    warnings: str = ""
    asked: list[Asked] = field(default_factory=list)
    history: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def __enter__(self) -> Server:
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.http.daemon_threads = True
        self.http.block_on_close = False
        self.http.owner = self  # type: ignore[attr-defined]
        self.http.slowness = self.slowness  # type: ignore[attr-defined]
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/entrez/eutils/"

    def fail_at_random(self, seed: int, share: float, kinds: list[str]) -> None:
        """Make a share of the requests fail, in ways drawn from ``kinds``."""
        draw = random.Random(seed)
        self.faults = lambda number: draw.choice(kinds) if draw.random() < share else None

    def busiest(self, seconds: float = 1.0) -> int:
        """The most requests that arrived within any span of so many seconds."""
        times = [one.at for one in self.asked]
        return max((sum(start <= other < start + seconds for other in times) for start in times), default=0)

    def answer(self, utility: str, parameters: dict[str, str]) -> bytes:
        body = {"esearch": self._esearch, "efetch": self._efetch, "epost": self._epost}[utility](parameters).encode()
        return self.change(utility, parameters, body)

    def _esearch(self, parameters: dict[str, str]) -> str:
        start, most = int(parameters.get("retstart", 0)), int(parameters.get("retmax", 20))
        if start > 9998 or start + most > 10_000:
            return ESEARCH_DOCTYPE + f"<eSearchResult><ERROR>{TOO_FAR}</ERROR></eSearchResult>"
        found, lost = self.corpus.find(parameters["term"])
        newest = sorted(found, reverse=True)[start : min(start + most, 9_999)]
        history = ""
        if parameters.get("usehistory") == "y":
            history = self._remember(sorted(found, reverse=True))
        missing = "".join(f"<PhraseNotFound>{escape(words)}</PhraseNotFound>" for words in lost)
        listed = "".join(f"<Id>{pmid}</Id>" for pmid in newest)
        nothing = "" if found else "<OutputMessage>No items found.</OutputMessage>"
        return (
            ESEARCH_DOCTYPE + f"<eSearchResult><Count>{len(found)}</Count><RetMax>{len(newest)}</RetMax>"
            f"<RetStart>{start}</RetStart>{history}<IdList>{listed}</IdList><TranslationSet/>"
            f"<QueryTranslation>{escape(parameters['term'])}</QueryTranslation>"
            + (f"<ErrorList>{missing}</ErrorList>" if missing else "")
            + (f"<WarningList>{self.warnings}{nothing}</WarningList>" if nothing or self.warnings else "")
            + "</eSearchResult>"
        )  # fmt: skip

    def _efetch(self, parameters: dict[str, str]) -> str:
        if "WebEnv" in parameters:
            start = int(parameters.get("retstart", 0))
            pmids = self.history[parameters["WebEnv"], parameters["query_key"]]
            pmids = pmids[start : start + int(parameters.get("retmax", 20))]
        else:
            pmids = [int(pmid) for pmid in parameters["id"].split(",")]
        records = "".join(self.corpus.records[pmid].xml for pmid in pmids if pmid in self.corpus.records)
        return EFETCH_DOCTYPE + f"<PubmedArticleSet>{records}</PubmedArticleSet>"

    def _epost(self, parameters: dict[str, str]) -> str:
        return f"<ePostResult>{self._remember([int(pmid) for pmid in parameters['id'].split(',')])}</ePostResult>"

    def _remember(self, pmids: list[int]) -> str:
        key = str(len(self.history) + 1)
        self.history["MCID_made_up", key] = pmids
        return f"<QueryKey>{key}</QueryKey><WebEnv>MCID_made_up</WebEnv>"


class _Handler(BaseHTTPRequestHandler):
    """One request of one client."""

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        self._serve(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _serve(self, query: str) -> None:
        owner: Server = self.server.owner  # type: ignore[attr-defined]
        utility = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".fcgi")
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        owner.asked.append(Asked(time.monotonic(), self.command, utility, parameters))
        number = len(owner.asked)
        owner.before(number)
        fault = owner.faults(number)
        body = owner.answer(utility, parameters)
        if fault is None:
            self.answer(body)
        else:
            (FAULTS | SINGLE)[fault](self, body)

    def answer(self, body: bytes, code: int = 200, *, stop: int | None = None, **headers: str) -> None:
        """Send an answer; with ``stop``, only so many bytes of what the header promises."""
        self.send_response(code)
        self.send_header("Content-Type", "text/xml; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:stop])
