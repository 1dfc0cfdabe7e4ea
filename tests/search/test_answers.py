"""Recorded answers of NCBI's are read as what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from winnow.errors import SearchError
from winnow.search import answers
from winnow.search.conversation import Broken, Failure, Keep, Request, Wait, ask

NOTHING = b"""<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">
<eSearchResult><Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/><TranslationSet/><QueryTranslation>(qqq[All
Fields])</QueryTranslation><ErrorList><PhraseNotFound>qqq</PhraseNotFound><FieldNotFound>zz</FieldNotFound></ErrorList><WarningList>
<OutputMessage>No items found.</OutputMessage><QuotedPhraseNotFound>"a b"</QuotedPhraseNotFound></WarningList></eSearchResult>"""


def test_warnings_are_named() -> None:
    """Each entry of ErrorList and WarningList has a name to acknowledge it by; that nothing was found is said by the count."""
    found = answers.esearch(NOTHING, retmax=20)
    assert (found.count, found.translation) == (0, "(qqq[All Fields])")
    assert found.warnings == ("PhraseNotFound: qqq", "FieldNotFound: zz", 'QuotedPhraseNotFound: "a b"')


@pytest.mark.slow
def test_recorded_answers(shared: Path) -> None:
    """Real answers of ESearch, EPost and EFetch: counts, lists, warnings and errors."""
    folder = shared / "data" / "pubmed"
    first = answers.esearch((folder / "esearch1.xml").read_bytes(), retmax=20)
    assert (first.count, first.pmids, first.translation) == (63, (), '"biopython"[All Fields]')
    nothing = answers.esearch((folder / "esearch8.xml").read_bytes(), retmax=20)
    assert (nothing.count, nothing.warnings) == (0, ("PhraseNotFound: abcXYZ",))
    with pytest.raises(Broken):
        answers.esearch((folder / "epost1.xml").read_bytes(), retmax=20)
    records = (folder / "pubmed7.xml").read_bytes()
    answers.efetch(records, ["29963580"])
    with pytest.raises(Broken, match="missing: PMID 1"):
        answers.efetch(records, ["1", "29963580"])


def test_patience_grows_and_ends() -> None:
    """Passing failures are asked again after growing pauses; a final one is not; what was believed is kept."""
    request = Request("esearch", {}, "name", "asking")
    steps = ask(request, lambda body: body.decode())
    assert next(steps) is request
    first = steps.send(Failure("HTTP 500"))
    assert isinstance(first, Wait)
    assert next(steps) is request
    second = steps.send(Failure("HTTP 429", pause=30))
    assert isinstance(second, Wait)
    assert (first.seconds, second.seconds) == (0.5, 30)
    next(steps)
    assert steps.send(b"fine") == Keep(request, b"fine")
    with pytest.raises(StopIteration) as done:
        next(steps)
    assert done.value.value == "fine"
    steps = ask(request, lambda body: body)
    next(steps)
    with pytest.raises(SearchError, match="HTTP 400"):
        steps.send(Failure("HTTP 400", final=True))


def test_a_server_that_wants_us_gone_for_hours() -> None:
    """A pause longer than anyone waits for ends the run at once, to be resumed another day."""
    steps = ask(Request("esearch", {}, "name", "asking"), lambda body: body)
    next(steps)
    with pytest.raises(SearchError, match="HTTP 429"):
        steps.send(Failure("HTTP 429", pause=7200))
