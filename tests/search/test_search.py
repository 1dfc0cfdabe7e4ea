"""A search is filed complete and as received, or not at all."""

from __future__ import annotations

import re

import pytest
from entrez_server import FAULTS, Corpus, Record
from pubmed_review import SmallReview, records

from winnow import cli, files, manifests
from winnow.errors import SearchError
from winnow.records import pubmed_xml
from winnow.search import pubmed, replay, slices


def pmids(small: SmallReview) -> list[int]:
    """The PMIDs in the archive's files, in their order."""
    manifest = manifests.read(small.folder)
    assert manifests.verify(manifest) == []
    return [int(row["pmid"]) for path in manifest.record_files for row in pubmed_xml.read(path)]


def test_a_search_is_filed_as_received(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder holds every record, the strategy, hits per line and in all, what was sent and what PubMed made of it."""
    small.server.corpus = Corpus(
        [
            *records(450),
            Record(9, title="Dermatomyositis alone"),
            Record(10, book=True, title="IVIG for dermatomyositis"),
        ]
    )
    assert small.search() == 0, capsys.readouterr().err
    assert pmids(small) == [10, *range(1000, 1450)]
    manifest = small.manifest
    assert manifest["hits"] == manifest["records"] == 451
    assert [(line["line"], line["hits"]) for line in manifest["lines"]] == [
        ("#1", 452),
        ("#2", 451),
        ("#3", 451),
        ("#4", 451),
    ]
    assert manifest["lines"][3]["text"] == "#3 AND (2000:2011[dp])"
    assert manifest["query"] == (
        "((Dermatomyositis[mh] OR dermatomyositis[tiab]) AND "
        '(IVIG[tiab] OR "intravenous immunoglobulin"[tiab])) AND (2000:2011[dp])'
    )
    assert "2000:2011[dp]" in manifest["query_translation"]
    assert (manifest["method"], manifest["host"], manifest["warnings"]) == ("entrez", small.server.url, [])
    assert (small.folder / "strategy.txt").read_bytes() == (small.root / "config/strategy/pubmed.txt").read_bytes()
    assert not small.partial.exists()
    assert all(path.stat().st_mode & 0o222 == 0 for path in small.folder.iterdir())


def test_an_archived_search_is_never_run_again(small: SmallReview) -> None:
    """A finished folder is used as it is, whatever happened to the strategy since."""
    assert small.search() == 0
    before, asked = small.contents(), len(small.server.asked)
    small.strategy("#1 something[tiab] else")
    assert small.search() == 0
    assert (small.contents(), len(small.server.asked)) == (before, asked)


@pytest.mark.parametrize("kind", FAULTS)
def test_every_passing_fault_is_survived(small: SmallReview, kind: str) -> None:
    """A fault on every second request changes nothing in the archive."""
    small.configure(entrez={"timeout": 0.2})
    small.server.http.slowness = 0.5
    assert small.search() == 0
    undisturbed = small.contents()
    for path in small.folder.iterdir():
        path.unlink()
    small.folder.rmdir()
    small.server.faults = lambda number: kind if number % 2 else None
    assert small.search() == 0
    assert small.contents() == undisturbed


def test_twelve_thousand_hits_most_of_one_day(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """12,000 hits, 10,500 of one entry day, and a server that fails at random: every record, once, and only then a folder."""
    crowd = records(10_500, first=30_000_000, crdt="2010/06/01") + records(1_500, first=20_000_000)
    small.server.corpus = Corpus(crowd)
    small.server.http.slowness = 0.05
    small.server.fail_at_random(seed=7, share=0.3, kinds=[kind for kind in FAULTS if kind != "slow answer"])
    assert small.search() == 0, capsys.readouterr().err
    assert pmids(small) == sorted(record.pmid for record in crowd)
    slices = small.manifest["details"]["slices"]
    assert sum(piece["hits"] for piece in slices) == 12_000
    assert any("[uid]" in piece["limits"] for piece in slices)
    assert max(int(one.parameters["retmax"]) for one in small.server.asked if one.utility == "esearch") == 9_999


def test_pubmed_changes_in_the_middle(small: SmallReview, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts that do not sum because a record came in meanwhile are asked for anew; a kill in between confuses nothing."""
    monkeypatch.setattr(slices, "MOST", 10)
    monkeypatch.setattr(pubmed, "MOST", 10)
    late = {"count": b"24"}
    small.server.corpus = Corpus(records(25))

    def change(utility: str, parameters: dict[str, str], body: bytes) -> bytes:
        whole = parameters.get("term", "").endswith("(2000:2011[dp])")
        return body.replace(b"<Count>25<", b"<Count>" + late.pop("count", b"25") + b"<") if whole else body

    small.server.change = change
    small.server.faults = lambda number: "400" if number == 20 else None
    assert small.search() == 1
    small.server.faults = lambda number: None
    assert small.search() == 0
    assert pmids(small) == list(range(1000, 1025))
    assert small.manifest["hits"] == 25
    recorded = manifests.read(small.folder)
    assert replay.differences(recorded) == []
    assert len([entry for entry in recorded.data["files"] if entry["role"] == "evidence"]) > 12


def test_a_server_that_contradicts_itself(
    small: SmallReview, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts that never sum end in one line, and nothing is filed."""
    monkeypatch.setattr(slices, "MOST", 10)
    monkeypatch.setattr(pubmed, "MOST", 10)
    small.server.corpus = Corpus(records(25))
    small.server.change = lambda utility, parameters, body: body.replace(b"<Count>25<", b"<Count>26<")
    assert small.search() == 1
    assert "contradict each other" in capsys.readouterr().err
    assert not small.folder.exists()
    small.server.change = lambda utility, parameters, body: body
    assert small.search() == 0, "the advice is to run it again: the contradiction must not have been kept"
    assert pmids(small) == list(range(1000, 1025))


def test_a_refusal_is_not_kept(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """A search that was stopped by what PubMed said asks PubMed anew when it is run again, and finds it mended."""
    small.server.corpus = Corpus([])
    assert small.search() == 1
    assert "finds nothing" in capsys.readouterr().err
    small.server.corpus = Corpus(records(5))
    assert small.search() == 0
    assert small.manifest["warnings"] == []


def test_long_terms_are_posted(small: SmallReview) -> None:
    """A term too long for an address is sent in the body, whole."""
    words = " OR ".join(f"dermatomyositis{n}[tiab]" for n in range(100))
    small.strategy(f"#1 dermatomyositis[tiab] OR {words}")
    small.configure(entrez={"acknowledged": [f"PhraseNotFound: dermatomyositis{n}" for n in range(100)]})
    assert small.search() == 0
    assert {one.method for one in small.server.asked if "dermatomyositis99" in one.parameters.get("term", "")} == {
        "POST"
    }


LOUD = [
    ("#1 dermatomyositis[tiab] OR dermatomyositiss[tiab]", "", "PhraseNotFound: dermatomyositiss"),
    ("#1 dermatomyositis[tiab]\n#2 zebra*[tiab]\n#3 #1 OR #2", "", "NoHits: #2"),
    ("#1 dermatomyositis[tiab]\n#2 ivig[tiab]\n#3 #1 NOT #2", "", "NoHits: #3"),
    ("#1 dermatomyositis[tiab]", "<PhraseIgnored>the</PhraseIgnored>", "PhraseIgnored: the"),
    ("#1 dermatomyositis[tiab]", "<QuotedPhraseNotFound>x y</QuotedPhraseNotFound>", "QuotedPhraseNotFound: x y"),
    ('#1 dermatomyositis[tiab] OR "dermato*"[tiab]', "", 'Lint: truncation inside quotes ("dermato*")'),
]


@pytest.mark.parametrize(("text", "warning", "name"), LOUD, ids=[case[2] for case in LOUD])
def test_what_pubmed_mutters_is_said_aloud(
    small: SmallReview, capsys: pytest.CaptureFixture[str], text: str, warning: str, name: str
) -> None:
    """A warning, a lost phrase, an empty line stop the search before any record is fetched, unless acknowledged by name."""
    small.strategy(text)
    small.server.warnings = warning
    assert small.search() == 1
    said = capsys.readouterr().err
    assert name.partition(": ")[2] in said
    assert "Traceback" not in said
    assert not small.folder.exists()
    assert not any(one.utility == "efetch" for one in small.server.asked)
    small.configure(entrez={"acknowledged": [name, "NoHits: search"]})
    assert small.search() == 0, capsys.readouterr().err
    assert name in small.manifest["acknowledged"]


def test_a_listed_record_that_never_comes_is_accepted_by_name_only(
    small: SmallReview, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault names the record and how to accept that it is missing; accepted, the search goes on where it stopped and tells it.

    Another record that does not come is still a fault, and so is one that was accepted under a wrong name.
    """
    without = re.compile(rb"<PubmedArticle>(?:(?!</PubmedArticle>).)*>1003</PMID>.*?</PubmedArticle>", re.DOTALL)
    small.server.change = lambda utility, _, body: without.sub(b"", body) if utility == "efetch" else body
    assert small.search() == 1
    assert 'acknowledged: ["NotGiven: 1003"]' in capsys.readouterr().err
    small.configure(entrez={"acknowledged": ["NotGiven: 1002", "NotGiven: 10033"]})
    assert small.search() == 1
    assert not small.folder.exists()
    asked = len(small.server.asked)
    small.configure(entrez={"acknowledged": ["NotGiven: 1003"]})
    assert small.search() == 0, capsys.readouterr().err
    assert {one.utility for one in small.server.asked[asked:]} == {"efetch"}
    manifest = small.manifest
    assert (manifest["hits"], manifest["records"], manifest["details"]["not_given"]) == (5, 4, ["1003"])
    assert manifest["acknowledged"] == ["NotGiven: 1003"]
    assert any("1003" in warning for warning in manifest["warnings"])
    assert replay.differences(manifests.read(small.folder)) == []


def test_a_missed_known_study_names_the_line_that_misses_it(
    small: SmallReview, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each known study that the search misses stops it, with the strategy lines that miss it, or that the limits do."""
    others = [
        Record(1, title="Dermatomyositis treated otherwise"),
        Record(2, title="IVIG in dermatomyositis, too late", year=2015),
        Record(3, title="IVIG alone", doi="10.9999/known"),
    ]
    small.server.corpus = Corpus([*records(5), *others])
    header = "id,label,expected_in,why\n"
    small.write(
        "config/known_studies.csv",
        header
        + "1,First 1999,pubmed@s1,x\npubmed:2,,pubmed,x\n10.9999/Known,,pubmed@s1,x\n4,,pubmed@s1,x\n5,,pubmed@other,x\n"
        "1000,,pubmed@s1,x\n",
    )
    assert small.search() == 1
    said = capsys.readouterr().err
    assert "known study 1 (First 1999) is not found: missed by #2, #3" in said
    assert "known study pubmed:2 is not found, though every line finds it: the limits exclude it" in said
    assert "known study 10.9999/Known is not found: missed by #1, #3" in said
    assert "known study 4 is not in PubMed" in said
    assert said.count("known study") == 4
    small.configure(
        entrez={"acknowledged": [f"KnownStudyMissed: {name}" for name in ("1", "pubmed:2", "10.9999/Known", "4")]}
    )
    assert small.search() == 0
    missed = small.manifest["details"]["known_studies_missed"]
    assert [(one["id"], one["missed_by"]) for one in missed[:1]] == [("1", ["#2", "#3"])]


def test_dates_are_visible_in_the_term(small: SmallReview) -> None:
    """Years are [dp]; a window is entry or indexing date, never [edat]; an as-of day is an entry date."""
    small.settings["searches"][0] |= {"window": {"from": "2010-01-01", "to": "2010-12-31"}, "as_of": "2011-01-31"}
    small.configure()
    assert small.search() == 0
    assert small.manifest["query"].endswith(
        " AND (2000:2011[dp]) AND (2010/01/01:2010/12/31[crdt] OR 2010/01/01:2010/12/31[mhda]) AND (1800:2011/01/31[crdt])"
    )
    assert not any("edat" in one.parameters.get("term", "") for one in small.server.asked)


def test_a_source_without_a_public_interface(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """What only a person can search is one line that says how to add it; PubMed is searched all the same."""
    small.settings["searches"][0]["databases"] = ["pubmed", "cnki"]
    small.configure()
    assert small.search() == 1
    said = capsys.readouterr().err.strip()
    assert "winnow add s1 cnki FILE..." in said
    assert "\n" not in said
    assert small.folder.is_dir()
    assert small.search("--source", "pubmed") == 0


@pytest.mark.parametrize(
    ("words", "says"), [(["nothing"], "no search 'nothing'"), ([], "which search"), (["s1", "--report"], "leave")]
)
def test_usage(small: SmallReview, capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    """A command line that makes no sense is exit 2 and one line."""
    assert cli.main(["search", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_folder_that_is_no_archive_is_left_alone(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with files and no manifest may be somebody's work: the search doesn't touch it."""
    small.write("searches/s1/pubmed/mine.txt", "mine")
    assert small.search() == 1
    assert "no manifest" in capsys.readouterr().err
    assert [path.name for path in small.folder.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_in_nobodys_way(small: SmallReview) -> None:
    """Snakemake makes a job's output folders beforehand."""
    small.folder.mkdir(parents=True)
    assert small.search() == 0


def test_no_secret_is_written_anywhere(
    small: SmallReview, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Key and e-mail are sent, and stand in no file and no message, even when the server repeats them."""
    secrets = {"NCBI_API_KEY": "k3y-0123456789", "NCBI_EMAIL": "somebody@example.org"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    assert small.search() == 0
    sent = small.server.asked[0].parameters
    assert (sent["api_key"], sent["email"], sent["tool"]) == (secrets["NCBI_API_KEY"], secrets["NCBI_EMAIL"], "winnow")
    written = b"".join(files.gzip.decompress(c) if c[:2] == b"\x1f\x8b" else c for c in small.contents().values())
    assert not any(value.encode() in written for value in secrets.values())
    for path in small.folder.iterdir():
        path.unlink()
    small.server.change = lambda utility, parameters, body: body.replace(b"</Count>", b"</Count><!--k3y-0123456789-->")
    assert small.search() == 1
    said = capsys.readouterr().err
    assert "API key" in said
    assert not any(value in said for value in secrets.values())


def test_a_recorded_search_bears_out_its_manifest(small: SmallReview) -> None:
    """Run again over its own answers, without a server, a search comes to what its manifest says; a manifest that lies is found."""
    small.server.corpus = Corpus([*records(450), Record(77, title="Something else")])
    small.write(
        "config/known_studies.csv",
        "id,label,expected_in,why\n1000,,pubmed,x\n77,Label 2001,pubmed,x\n10.9999/a,,pubmed,x\n",
    )
    small.configure(entrez={"acknowledged": ["KnownStudyMissed: 77", "KnownStudyMissed: 10.9999/a"]})
    assert small.search() == 0
    asked = len(small.server.asked)
    recorded = manifests.read(small.folder)
    assert replay.differences(recorded) == []
    assert len(replay.replay(recorded).pmids) == 450
    assert len(small.server.asked) == asked
    lying = manifests.Manifest(small.folder, {**recorded.data, "hits": 451, "warnings": []})
    assert [fault.what.partition(":")[0] for fault in replay.differences(lying)] == ["hits", "warnings"]
    (small.folder / "records-0002.xml.gz").unlink()
    with pytest.raises(SearchError, match="not in the archive"):
        replay.replay(recorded)


def test_progress_on_a_terminal_only(
    small: SmallReview, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal a bar shows records, rate, time left and why we wait; elsewhere stderr stays empty."""
    small.server.corpus = Corpus(records(450))
    assert small.search() == 0
    assert capsys.readouterr().err == ""
    for path in small.folder.iterdir():
        path.unlink()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    small.server.faults = lambda number: "502" if number == 11 else None
    assert small.search() == 0
    shown = capsys.readouterr().err
    assert "s1 pubmed" in shown
    assert "450" in shown
    assert "HTTP 502" in shown
    assert "records/s" in shown
