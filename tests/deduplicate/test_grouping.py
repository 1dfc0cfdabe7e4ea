"""Laws of the grouping: a pure function of records and rulings, in which people win and contradictions keep apart."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.decisions.rulings import Ruling
from winnow.deduplicate import core, merging
from winnow.errors import InputError, LedgerError

WORDS = ["muscle", "immunoglobulin", "trial", "children", "register", "皮肌炎", "治疗", "观察", "Миозит", "α-toxin"]
RECORD = st.fixed_dictionaries(
    {
        "title": st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
        "authors": st.sampled_from(["", "Roe, Jane", "Roe J; Poe K", "王伟", "Wang, Wei", "Poe, Kim"]),
        "year": st.sampled_from(["", "2001", "2002", "2010"]),
        "journal": st.sampled_from(["", "J Made Up", "Journal of Made Up", "虚构杂志", "Xu Gou Za Zhi"]),
        "volume": st.sampled_from(["", "3", "4"]),
        "issue": st.sampled_from(["", "1", "Suppl 1"]),
        "pages": st.sampled_from(["", "1-9", "1", "12-20", "e12345"]),
        "doi": st.sampled_from(["", "", "10.1000/a", "10.1000/b", "10.1002/14651858.CD000001.pub2"]),
        "pmid": st.sampled_from(["", "", "1", "2"]),
        "search_id": st.sampled_from(["one", "two"]),
    }
)


def table(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Rows with ids r0, r1 ..."""
    columns = ["record_id", *RECORDS_COLUMNS]
    return pd.DataFrame(
        [{"record_id": f"r{place}"} | row for place, row in enumerate(rows)], columns=columns, dtype=str
    )


RECORDS_COLUMNS = ["title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "search_id"]


@given(st.lists(RECORD, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(rows: list[dict[str, str]], chance: random.Random) -> None:
    """Law: reports and pairs are the same whatever the order of the rows."""
    records = table(rows)
    shuffled = records.sample(frac=1, random_state=chance.randrange(1000)) if len(records) else records
    one, other = core.deduplicate(records), core.deduplicate(shuffled.reset_index(drop=True))
    pd.testing.assert_frame_equal(one.reports, other.reports)
    pd.testing.assert_frame_equal(one.pairs, other.pairs)


@given(st.lists(RECORD, max_size=9))
def test_no_record_is_lost_and_only_same_joins(rows: list[dict[str, str]]) -> None:
    """Law: every id has one report, named by a record of the earliest search in it; related records are never in one."""
    records = table(rows)
    found = core.deduplicate(records, searches=["one", "two"])
    assert found.reports["record_id"].tolist() == sorted(records["record_id"])
    report = dict(zip(found.reports["record_id"], found.reports["report_id"], strict=True))
    search = dict(zip(records["record_id"], records["search_id"], strict=True))
    for name, named in report.items():
        group = [other for other in report if report[other] == named]
        assert named == min(group, key=lambda other: (search[other], other)), name
    for pair in found.pairs.itertuples():
        assert (pair.verdict == "same") == (report[pair.record_id_1] == report[pair.record_id_2])
        if pair.verdict == "related":
            assert report[pair.record_id_1] != report[pair.record_id_2]
        assert pair.record_id_1 < pair.record_id_2 and pair.evidence
    merged = merging.merge(records, found.reports, ["one", "two"])
    assert merged["record_id"].tolist() == sorted(set(report.values()))
    assert sorted("; ".join(merged["record_ids"]).split("; ")) == sorted(report) or not report


@given(st.lists(RECORD, min_size=2, max_size=7), st.data())
def test_people_win(rows: list[dict[str, str]], data: st.DataObject) -> None:
    """Law: whatever the rules say, a ruling holds, in any order of the rulings; taking it back restores what was."""
    records = table(rows)
    ids = st.sampled_from(records["record_id"].tolist())
    pairs = data.draw(st.lists(st.tuples(ids, ids).filter(lambda pair: pair[0] < pair[1]), unique=True, max_size=3))
    said = [data.draw(st.sampled_from(["same", "different"])) for _ in pairs]
    ruled = [Ruling(*pair, ruling) for pair, ruling in zip(pairs, said, strict=True)]
    try:
        found = core.deduplicate(records, ruled)
    except LedgerError as error:
        assert "ruled different here" in str(error)
        return
    report = dict(zip(found.reports["record_id"], found.reports["report_id"], strict=True))
    for ruling in ruled:
        assert (report[ruling.id_1] == report[ruling.id_2]) == (ruling.ruling == "same")
    again = core.deduplicate(records, ruled[::-1])
    pd.testing.assert_frame_equal(found.reports, again.reports)


def test_one_line_undoes_a_merge_and_another_restores_it() -> None:
    """Law: a later line about the same two records takes the earlier one's place."""
    row = {"title": "Immunoglobulin in myositis of adults", "authors": "Roe, Jane", "year": "2001", "journal": "J Made Up",
           "volume": "3", "issue": "1", "pages": "1-9", "doi": "10.1000/a", "pmid": "", "search_id": ""}  # fmt: skip
    records = table([row, row | {"doi": "10.1000/A"}])
    undo = Ruling("r0", "r1", "different", "2026-01-01", "ann")
    redo = Ruling("r1", "r0", "same", "2026-01-02", "ben")
    assert core.deduplicate(records).reports["report_id"].nunique() == 1
    assert core.deduplicate(records, [undo]).reports["report_id"].nunique() == 2
    assert core.deduplicate(records, [undo, redo]).reports["report_id"].nunique() == 1
    assert core.deduplicate(records, [redo, undo]).reports["report_id"].nunique() == 1, (
        "the date decides, not the order"
    )


def test_a_chain_never_joins_what_contradicts() -> None:
    """Law: A and B agree, B and C agree, but A and C are an article and its erratum: no group holds both."""
    article = {"title": "Immunoglobulin in myositis of adults: a trial", "authors": "Roe, Jane", "year": "2001",
               "journal": "J Made Up", "volume": "3", "issue": "1", "pages": "", "doi": "10.1000/a", "pmid": "",
               "search_id": ""}  # fmt: skip
    erratum = article | {
        "title": "Erratum: Immunoglobulin in myositis of adults: a trial",
        "doi": "10.1000/b",
        "pages": "77",
    }
    between = article | {"doi": "", "title": "Immunoglobulin in myositis of adults: a trial"}
    found = core.deduplicate(table([article, erratum, between]))
    report = dict(zip(found.reports["record_id"], found.reports["report_id"], strict=True))
    assert report["r0"] == report["r2"] != report["r1"]


@pytest.mark.parametrize("place", [{}, {"pages": ""}, {"pages": "", "volume": "", "issue": ""}])
def test_a_long_series_keeps_its_parts_apart(place: dict[str, str]) -> None:
    """Law: of a series of more parts than a group compares, with numbers written in three ways, each part is one report."""
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    rows = []
    for number in range(1, 45):
        numeral = roman[number - 1] if number <= len(roman) else str(number)
        for form in (
            f"Myositis in rabbits. Part {number}",
            f"Myositis in rabbits: part {numeral}.",
            f"Myositis in rabbits (Part {number})",
        ):
            row = {"title": form, "authors": "Roe, Jane", "year": "2001", "journal": "J Made Up", "volume": "3",
                   "issue": "1", "pages": f"{number * 10}-{number * 10 + 8}", "doi": "", "pmid": "", "search_id": ""}  # fmt: skip
            rows.append(row | place | {"abstract": str(number)})
    records = table(rows)
    reports = core.deduplicate(records).reports
    part = dict(zip(records["record_id"], [row["abstract"] for row in rows], strict=True))
    pairs = set(zip(reports["report_id"], reports["record_id"].map(part), strict=True))
    assert len(pairs) == 44 == reports["report_id"].nunique()


def test_same_record_id_in_two_searches_is_one_entry() -> None:
    """Law: an entry found again is one record; its newest content is compared, its report keeps its name."""
    row = {"title": "", "authors": "Roe, Jane", "year": "2001", "journal": "J Made Up", "volume": "3", "issue": "1",
           "pages": "1-9", "doi": "", "pmid": "", "search_id": "one", "record_id": "e1"}  # fmt: skip
    newer = row | {"search_id": "two", "title": "Immunoglobulin in myositis of adults"}
    third = newer | {"record_id": "a0", "search_id": "two"}
    records = pd.DataFrame([row, newer, third])
    found = core.deduplicate(records, searches=["one", "two"])
    assert found.reports.to_dict("records") == [
        {"record_id": "a0", "report_id": "e1"}, {"record_id": "e1", "report_id": "e1"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"record_id": "", "title": "x"}], "no record_id"),
        ([{"record_id": "a", "title": "x"}, {"record_id": "a", "title": "y"}], "stands in two rows"),
    ],
)
def test_bad_ids_are_refused(rows: list[dict[str, str]], says: str) -> None:
    """Law: a record that could be lost stops the run; it is never dropped in silence."""
    with pytest.raises(InputError, match=says):
        core.deduplicate(pd.DataFrame(rows))


@pytest.mark.parametrize("cell", ["²", "²³", "⑫", "३", "٣", "1²-²3", "²³-5", "5-²³", "Ⅻ"])
@pytest.mark.parametrize("name", ["volume", "issue", "pages", "year"])
def test_signs_that_only_look_like_numbers_are_read_as_text(name: str, cell: str) -> None:
    """Law: a raised, encircled or foreign figure stops nothing, and one document with it twice is one."""
    one = {
        "title": "Lumivane in refractory lumbar granulomatosis",
        "authors": "Marsh, E; Okoye, D",
        "doi": "10.5555/x",
        name: cell,
    }
    found = core.deduplicate(table([one | {"record_id": "a"}, one | {"record_id": "b"}]).fillna(""))
    assert found.reports["report_id"].nunique() == 1


@pytest.mark.parametrize("name", ["volume", "issue", "pages", "year"])
def test_full_width_figures_are_figures(name: str) -> None:
    """Law: ``２０１４`` and 2014 agree in every cell."""
    one = {"title": "卢米凡治疗难治性茶壶病的疗效观察", "authors": "甲一; 乙二", "journal": "虚构医学"}
    one |= dict.fromkeys(("year", "volume", "issue", "pages"), "2014")
    wide, plain = (one | {name: said} for said in ("２０１４", "2014"))
    found = core.deduplicate(table([wide | {"record_id": "a"}, plain | {"record_id": "b"}]).fillna(""))
    (evidence,) = found.pairs["evidence"]
    assert found.reports["report_id"].nunique() == 1 and "different" not in evidence


def test_no_records_and_hardly_any_columns() -> None:
    """Law: an empty table, and one with ids and titles only, are tables too."""
    assert core.deduplicate(pd.DataFrame({"record_id": [], "title": []}, dtype=str)).reports.empty
    found = core.deduplicate(pd.DataFrame({"record_id": ["1", "2"], "title": ["皮肌炎的治疗进展", "皮肌炎的治疗进展"]}))
    assert found.pairs["verdict"].tolist() == ["possible"]
