"""Working out what is new gives what working out everything gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winnow import files, reuse, tables
from winnow.decisions.rulings import Ruling
from winnow.deduplicate import changes, comparisons, core, found, matching, merging, stage
from winnow.errors import InputError, LedgerError

SEARCHES = ["one", "two", "three"]
WORDS = [
    "muscle",
    "immunoglobulin",
    'a "trial"',
    "in twins, aged",
    "register\n",
    "皮肌炎",
    "治疗",
    "Миозит",
    "=1+1",
    "'@x",
]
RECORD = st.fixed_dictionaries(
    {
        "record_id": st.sampled_from([f"r{number}" for number in range(7)] + ["=r,7", "записка"]),
        "search_id": st.sampled_from([*SEARCHES, "unnamed"]),
        "source": st.sampled_from(["pubmed", "cnki"]),
        "title": st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
        "abstract": st.sampled_from(["", "", "Background: We treated muscles. " * 12, "目的:观察治疗皮肌炎的疗效" * 5]),
        "authors": st.sampled_from(["", "Roe, Jane", "Roe J; Poe K", "王伟", "Wang, Wei"]),
        "year": st.sampled_from(["", "2001", "2002"]),
        "journal": st.sampled_from(["", "J Made Up", "虚构杂志"]),
        "journal_abbrev": st.sampled_from(["", "J Made Up", "Other J"]),
        "volume": st.sampled_from(["", "3"]),
        "pages": st.sampled_from(["", "1-9", "12-20"]),
        "doi": st.sampled_from(["", "", "10.1000/a", "10.1000/b"]),
        "pmid": st.sampled_from(["", "", "1", "2"]),
        "file": st.sampled_from(["a.xml", "a.xml", "b.xml", "b, b.ris", ""]),
        "line": st.sampled_from(["1-3", "7-12"]),
        "sha256": st.sampled_from(["0" * 64, "a" * 64]),
    }
)  # fmt: skip
ROWS = st.lists(RECORD, max_size=9, unique_by=lambda row: (row["record_id"], row["search_id"], row["source"]))
IDS = st.sampled_from(["r0", "r1", "r2", "2", "10.1000/a", "записка"])
RULINGS = st.lists(st.builds(Ruling, IDS, IDS, st.sampled_from(["same", "different"])), max_size=2)
STEPS = st.lists(st.tuples(ROWS, RULINGS), min_size=2, max_size=4)


def again(kept: reuse.Kept) -> reuse.Kept:
    """What the next run finds of what this one kept."""
    return reuse.Kept({line[:64].decode(): line for line in kept.content.split(b"\n") if line})


def written(folder: Path, rows: Sequence[dict[str, str]]) -> Path:
    """A records table as the records stage writes it."""
    path = folder / "records.csv"
    tables.write_rows(path, rows, tables.RECORDS)
    return path


def everything(path: Path, ruled: Sequence[Ruling]) -> list[bytes]:
    """Reports, pairs and merged rows, worked out from every record."""
    records = tables.read(path, columns=tables.RECORDS)
    whole = core.deduplicate(records, ruled, SEARCHES)
    merged = merging.merge(records, whole.reports, SEARCHES)
    return contents((whole.reports, tables.REPORTS), (whole.pairs, tables.PAIRS), (merged, tables.MERGED))


def contents(*tables_: tuple[pd.DataFrame, Sequence[str]]) -> list[bytes]:
    """Tables as they are written."""
    return [
        tables.csv_bytes(
            table.reindex(columns=list(columns), fill_value="").itertuples(index=False, name=None), columns
        )
        for table, columns in tables_
    ]


def incremental(path: Path, ruled: Sequence[Ruling], kept: reuse.Kept) -> list[bytes]:
    """The same by way of what an earlier run kept."""
    records = found.read(path)
    its = stage.group(records, comparisons.Judge(records, kept), ruled, SEARCHES)
    named = pd.DataFrame(its.reports.items(), columns=list(tables.REPORTS))
    rows = [tables.csv_bytes([], (*records.header, *merging.NOTES)).rstrip(b"\n")]
    merged = b"\n".join([*rows, *merging.merge_rows(records, its.entries, its.reports)]) + b"\n"
    return [*contents((named, tables.REPORTS), (its.pairs, tables.PAIRS)), merged]


@settings(max_examples=20)
@given(STEPS)
def test_what_is_new_gives_what_everything_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[list[dict[str, str]], list[Ruling]]]
) -> None:
    """Law: after any additions, changes, removals and rulings, each table is the same bytes as one worked out from scratch."""
    folder = tmp_path_factory.mktemp("incremental")
    kept = reuse.Kept()
    for rows, ruled in steps:
        path = written(folder, rows)
        try:
            expected = everything(path, ruled)
        except LedgerError as fault:
            with pytest.raises(LedgerError, match=fault.what[:20]):
                incremental(path, ruled, kept)
            continue
        kept = again(kept)
        for store in (kept, reuse.NOTHING):
            assert incremental(path, ruled, store) == expected


@settings(max_examples=20)
@given(ROWS, RULINGS)
def test_changes_between_searches_do_not_depend_on_what_is_kept(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], ruled: list[Ruling]
) -> None:
    """Law: what a later search joined or split is the same with the groupings of earlier runs as without."""
    records = found.read(written(tmp_path_factory.mktemp("changes"), rows))
    judge = comparisons.Judge(records)

    def grouped(some: found.Records) -> dict[str, str]:
        return dict(stage.group(some, judge, ruled, SEARCHES).reports)

    try:
        final = grouped(records)
        expected = changes.between_searches(records, final, grouped, ruled, SEARCHES)
    except LedgerError:
        return
    kept = reuse.Kept()
    for size in range(len(SEARCHES)):
        its = records.of(SEARCHES[: size + 1])
        if its.rows:
            changes.between_searches(its, grouped(its), grouped, ruled, SEARCHES[: size + 1], kept)
    for store in (kept, again(kept)):
        told = changes.between_searches(records, final, grouped, ruled, SEARCHES, store)
        pd.testing.assert_frame_equal(told, expected)


ARTICLE = {
    "search_id": "one", "source": "pubmed", "title": "Immunoglobulin in myositis of adults: a trial", "authors": "Roe, Jane",
    "year": "2001", "journal": "J Made Up", "volume": "3", "pages": "1-9", "file": "a.xml", "line": "1-9", "sha256": "0" * 64,
}  # fmt: skip


def test_only_what_is_new_is_read_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: what a later search finds again is neither read nor compared; a new record is, with the records beside it."""
    rows = [
        ARTICLE
        | {
            "record_id": f"r{topic}{part}",
            "title": f"{word} in {word}itis",
            "authors": f"{word}, A",
            "year": f"20{topic}0",
        }
        | {"journal": f"{word} {word}", "pages": f"{topic}{part}-{topic}9"}
        for topic, word in enumerate(["Teapot", "Kettle", "Saucer", "Spoon", "Napkin"])
        for part in range(4)
    ]
    kept = reuse.Kept()
    incremental(written(tmp_path, rows), [], kept)
    kept = again(kept)
    prepared: list[int] = []
    pairs: list[int] = []
    prepare, compared = comparisons.fields.prepare, matching.compared
    monkeypatch.setattr(comparisons.fields, "prepare", lambda table: prepared.append(len(table)) or prepare(table))
    monkeypatch.setattr(matching, "compared", lambda fields, a, b: pairs.append(len(a)) or compared(fields, a, b))
    found_again = [row | {"search_id": "two", "file": "b.xml", "line": "3-4"} for row in rows]
    incremental(written(tmp_path, [*rows, *found_again]), [], kept)
    assert (sum(prepared), sum(pairs)) == (0, 0)
    new = dict.fromkeys(ARTICLE, "") | {
        "record_id": "x1",
        "search_id": "two",
        "title": "Teapots",
        "authors": "Poe, Kim",
    }
    incremental(written(tmp_path, [*rows, *found_again, new]), [], kept)
    assert (sum(prepared), sum(pairs)) == (1, 0)
    twin = rows[3] | {"record_id": "x2", "search_id": "two", "doi": "10.1000/x"}
    expected = everything(path := written(tmp_path, [*rows, *found_again, twin]), [])
    pairs.clear()
    assert incremental(path, [], kept) == expected
    assert 4 <= sum(pairs) <= 4 + 3 + 2 + 1


def test_what_is_said_of_two_does_not_depend_on_a_third() -> None:
    """Law: two records that give their journal's abbreviation alone are judged the same beside one that gives its full name."""
    short = {
        "title": "Immunoglobulin in myositis",
        "authors": "Roe, J",
        "year": "2001",
        "journal_abbrev": "J Made Up",
        "journal": "",
    }
    other = dict.fromkeys(short, "") | {"title": "Vaccines for teapots", "journal": "Journal of Teapots"}
    two = pd.DataFrame([short | {"record_id": "a"}, short | {"record_id": "b", "journal_abbrev": "Other Things"}])
    three = pd.concat([two, pd.DataFrame([other | {"record_id": "c"}])], ignore_index=True)
    alone, beside = core.deduplicate(two).pairs, core.deduplicate(three).pairs
    pd.testing.assert_frame_equal(alone, beside)
    assert "journal different" in alone["evidence"].iloc[0]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda text: text.replace("a trial,", "a trial", 1), "other cells"),
        (lambda text: text.replace("2001", "2001\xff", 1), "not UTF-8|other cells"),
        (lambda text: text.replace("r1,", " ,", 1), "no record_id"),
        (lambda text: text.replace("r1,", "r0,", 1), "two rows"),
        (lambda text: text.replace("record_id", "id", 1), "no column record_id"),
        (lambda text: "", "empty"),
    ],
)
def test_a_damaged_table_is_one_line(tmp_path: Path, spoil: object, says: str) -> None:
    """Law: a records table that somebody changed is refused with its name, cut or read; no record is put in another's place."""
    assert callable(spoil)
    path = written(tmp_path, [ARTICLE | {"record_id": f"r{number}"} for number in range(3)])
    path.write_bytes(spoil(path.read_text(encoding="utf-8")).encode("latin-1"))
    with pytest.raises(InputError, match=says) as told:
        incremental(path, [], reuse.NOTHING)
    assert "records" in told.value.line


def test_a_table_with_line_ends_of_another_system_is_the_same(tmp_path: Path) -> None:
    """Law: a records table with a BOM, CRLF and a column of somebody's own is read as it is meant; the column stays."""
    path = written(tmp_path, [ARTICLE | {"record_id": f"r{number}"} for number in range(3)])
    expected = incremental(path, [], reuse.NOTHING)
    text = path.read_text(encoding="utf-8").splitlines()
    files.write_bytes(
        path, b"\xef\xbb\xbf" + "\r\n".join([f"{text[0]},mine", *(f"{line},x" for line in text[1:])]).encode()
    )
    *same, merged = incremental(path, [], reuse.NOTHING)
    assert same == expected[:2]
    files.write_bytes(tmp_path / "merged.csv", merged)
    assert {row["mine"] for _, row in tables.read_rows(tmp_path / "merged.csv")} == {"x"}
