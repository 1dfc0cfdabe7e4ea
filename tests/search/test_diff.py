"""What changed between two searches is what changed: no more, no less, and nothing vanishes that was not looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pubmed_review import SmallReview

from winnow import cli, tables
from winnow.review import Search, Source
from winnow.search import diff

Row = dict[str, str]


def search(name: str, years: tuple[int, int], *sources: str) -> Search:
    found = tuple(Source(name, source, "database", source, Path(), Path()) for source in sources)
    return Search(name, 0, years, found, {})


EARLIER = search("a", (2000, 2010), "pubmed", "cnki")
LATER = search("b", (2005, 2015), "pubmed")


def record(number: int, **fields: str) -> Row:
    return {
        "source": "pubmed",
        "record_id": f"pubmed:{number}",
        "year": "2007",
        "title": f"T{number}",
        "notices": "",
    } | fields


def kinds(before: list[Row], after: list[Row]) -> list[tuple[str, str, str]]:
    return [
        (one["change"], one["record_id"], one["shared_scope"]) for one in diff.changes(before, after, EARLIER, LATER)
    ]


NOTICED = [("notice", "pubmed:1", "yes"), ("changed", "pubmed:1", "yes")]
CASES = [
    ("the same", [record(1)], [record(1)], []),
    ("new, in both scopes", [], [record(1)], [("new", "pubmed:1", "yes")]),
    ("new, in the later years only", [], [record(1, year="2014")], [("new", "pubmed:1", "no")]),
    ("vanished", [record(1)], [], [("vanished", "pubmed:1", "yes")]),
    ("vanished, year not stated", [record(1, year="")], [], [("vanished", "pubmed:1", "unknown")]),
    ("before the later years", [record(1, year="2001")], [], [("out of scope", "pubmed:1", "no")]),
    ("either year counts", [record(1, year="2004", year_electronic="2005")], [], [("vanished", "pubmed:1", "yes")]),
    ("a source that is not searched again", [record(1, source="cnki")], [], [("out of scope", "pubmed:1", "no")]),
    ("changed", [record(1)], [record(1, title="皮肌炎")], [("changed", "pubmed:1", "yes")]),
    ("another file is no change", [record(1, file="a", line="1")], [record(1, file="b", line="2")], []),
    ("corrected", [record(1)], [record(1, notices="erratum in pubmed:9")], NOTICED),
    ("withdrawn", [record(1, notices="erratum in pubmed:9")], [record(1)], [("changed", "pubmed:1", "yes")]),
    ("retracted by its type alone", [record(1, publication_types="Journal Article")],
     [record(1, publication_types="Journal Article; Retracted Publication")], NOTICED),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_kinds_of_change(before: list[Row], after: list[Row], expected: list[tuple[str, str, str]]) -> None:
    """Each case has exactly these changes."""
    assert kinds(before, after) == expected


rows = st.dictionaries(st.integers(1, 20), st.sampled_from(["2001", "2007", "2014", ""]), max_size=15).map(
    lambda found: [record(number, year=year) for number, year in found.items()]
)


@given(rows, rows)
def test_every_record_is_accounted_for(before: list[Row], after: list[Row]) -> None:
    """Records of either search are in both, new, vanished or out of scope: the counts add up."""
    counts = diff.counts(diff.changes(before, after, EARLIER, LATER))
    old, new = {row["record_id"] for row in before}, {row["record_id"] for row in after}
    assert counts["new"] == len(new - old)
    assert counts["vanished"] + counts["out of scope"] == len(old - new)


def test_the_command(small: SmallReview, capsys: pytest.CaptureFixture[str]) -> None:
    """The table is written, the counts are printed; without records it says what to run."""
    small.settings["searches"].append({"id": "s2", "years": [2000, 2015], "databases": ["pubmed"]})
    small.configure()
    assert cli.main(["diff", "s1", "s2"]) == 1
    assert "winnow records" in capsys.readouterr().err
    tables.write_rows(
        "results/records/records.csv",
        [record(1, search_id="s1"), record(1, search_id="s2", title="=T"), record(2, search_id="s2")],
        tables.RECORDS,
    )
    assert cli.main(["diff", "s1", "s2"]) == 0
    assert "1  new: not found before" in capsys.readouterr().out
    written = [row for _, row in tables.read_rows("results/search/diff_s1_s2.csv")]
    assert [(row["change"], row["after"]) for row in written] == [("new", ""), ("changed", "=T")]
    assert cli.main(["diff", "s1", "nothing"]) == 1
    assert "no search 'nothing'" in capsys.readouterr().err
