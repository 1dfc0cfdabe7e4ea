"""Answers that lie or attack end in one line and bounded memory, and nothing half-written."""

from __future__ import annotations

import resource
from collections.abc import Callable

import pytest
from entrez_server import TOO_FAR
from pubmed_review import SmallReview

from winnow.search import conversation, transport

Change = Callable[[str, dict[str, str], bytes], bytes]


def on(utility: str, change: Callable[[bytes], bytes]) -> Change:
    """Change the answers of one utility."""
    return lambda asked, parameters, body: change(body) if asked == utility else body


def replaced(utility: str, old: bytes, new: bytes) -> Change:
    return on(utility, lambda body: body.replace(old, new, 1))


def when_listing(change: Callable[[bytes], bytes]) -> Change:
    """Change the answer that lists PMIDs only."""
    return lambda asked, p, body: change(body) if asked == "esearch" and p["retmax"] != "0" else body


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'

HOSTILE: list[tuple[str, Change, str]] = [
    ("entity bomb in ESearch", on("esearch", lambda _: BOMB + b"]><eSearchResult><Count>&m;</Count></eSearchResult>"), "entities"),
    ("entity bomb in EFetch", on("efetch", lambda _: BOMB + b"]><PubmedArticleSet>&m;</PubmedArticleSet>"), "entities"),
    ("external entity", on("efetch", lambda _: EXTERNAL + b"<PubmedArticleSet>&x;</PubmedArticleSet>"), "entities"),
    ("count too large", when_listing(lambda body: body.replace(b"<Count>5<", b"<Count>6<")), "6 hits are stated, 5 listed"),
    ("count too small", when_listing(lambda body: body.replace(b"<Count>5<", b"<Count>4<")), "4 hits are stated, 5 listed"),
    ("count is no number", replaced("esearch", b"<Count>", b"<Count>-"), "not a number"),
    ("a PMID twice", when_listing(lambda body: body.replace(b"<Id>1001<", b"<Id>1000<")), "PMID 1000 is listed twice"),
    ("a PMID that is none", replaced("esearch", b"<Id>1001<", b"<Id>../../x<"), "is no PMID"),
    ("a PMID with zeros", replaced("esearch", b"<Id>1001<", b"<Id>001001<"), "'001001' is no PMID"),
    ("a PMID without end", replaced("esearch", b"<Id>1001<", b"<Id>" + b"9" * 6000 + b"<"), "is no PMID"),
    ("a deleted PMID", replaced("efetch", b">1003</PMID>", b"></PMID>"), "missing: PMID 1003"),
    ("a record twice", replaced("efetch", b"</PubmedArticleSet>", b"<PubmedArticle><MedlineCitation><PMID>1000</PMID>"
     b"</MedlineCitation></PubmedArticle></PubmedArticleSet>"), "came twice: PMID 1000"),
    ("a record nobody asked for", replaced("efetch", b"</PubmedArticleSet>", b"<PubmedArticle><MedlineCitation><PMID>7</PMID>"
     b"</MedlineCitation></PubmedArticle></PubmedArticleSet>"), "nobody asked for: PMID 7"),
    ("an unknown element", replaced("efetch", b"<PubmedArticleSet>", b"<PubmedArticleSet><Preprint/>"), "unknown element Preprint"),
    ("another document", on("esearch", lambda _: b"<eGreeting/>"), "not eSearchResult"),
    ("the refusal", on("esearch", lambda _: f"<eSearchResult><ERROR>{TOO_FAR}</ERROR></eSearchResult>".encode()), "PubMed refuses"),
    ("JSON", on("efetch", lambda _: b'{"error":"API rate limit exceeded"}'), "not well-formed"),
    ("spaces without end", on("efetch", lambda body: b" " * (70 << 20) + body), "longer than 64 MB"),
    ("small elements without end", on("esearch", lambda _: b"<eSearchResult>" + b"<a/>" * (2 << 20)), "longer than 4 MB"),
    ("a title without end", replaced("efetch", b"<ArticleTitle>", b"<ArticleTitle>" + b" " * (60 << 20)), "Text node too long"),
    ("a record without end", replaced("efetch", b"<ArticleTitle>", b"<ArticleTitle>" + b"<a/>" * (14 << 20)),
     "without a complete record"),
    ("deep nesting", on("esearch", lambda _: b"<a>" * 100_000), "no whole XML document"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_hostile_answer_is_refused(
    small: SmallReview, capsys: pytest.CaptureFixture[str], change: Change, says: str
) -> None:
    """One line that says what is wrong, no folder, and a later honest answer makes up for it."""
    small.server.change = change
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert small.search() == 1
    said = capsys.readouterr().err.strip()
    assert says in said
    assert "\n" not in said
    assert not small.folder.exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10
    small.server.change = lambda utility, parameters, body: body
    assert small.search() == 0
    assert small.manifest["records"] == 5


def test_a_server_that_never_recovers(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """After every try with growing pauses the search gives up with one line, and says that it can be resumed."""
    small.server.faults = lambda number: "502"
    assert small.search() == 1
    said = capsys.readouterr().err.strip()
    assert "HTTP 502" in said
    assert "goes on where it stopped" in said
    assert small.waits == sorted(small.waits)
    assert len(small.waits) == conversation.TRIES - 1


def test_retry_after_is_honoured(small: SmallReview) -> None:
    """A pause that the server asks for is kept, in seconds or as a date."""
    assert transport.retry_after("7") == 7
    assert transport.retry_after("Wed, 21 Oct 2122 07:28:00 GMT") > 3500
    assert transport.retry_after("soon") == transport.retry_after("") == 0
    small.server.faults = lambda number: "429 after 5 seconds" if number == 1 else None
    assert small.search() == 0
    assert small.waits == [5.0]


def test_a_refused_request_is_not_repeated(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """A plain refusal (a wrong key, say) is not asked again."""
    small.server.faults = lambda number: "400"
    assert small.search() == 1
    assert len(small.server.asked) == 1
    assert "HTTP 400" in capsys.readouterr().err
