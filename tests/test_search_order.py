"""In whichever order searches are run, the same documents are included."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from winnow import tables
from winnow.decisions.fingerprint import Now
from winnow.decisions.identities import Identities
from winnow.decisions.resolve import Judgement, Readers
from winnow.deduplicate import core
from winnow.screen.settle import Settings, steps

Rows = list[dict[str, str]]

FIELDS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(
            (
                "Sunlight for teapots: a trial",
                "Sunlight for teapots",
                "阳光治疗茶壶30例",
                "Moonlight for kettles in winter",
                "",
            )
        ),
        "doi": st.sampled_from(("", "", "10.1000/one", "10.1000/two")),
        "year": st.sampled_from(("2001", "2002", "")),
        "journal": st.sampled_from(("Journal of Teapots", "")),
        "authors": st.sampled_from(("Doe, Jane", "王, 东", "")),
    }
)


@st.composite
def found_by_searches(draw: st.DrawFn) -> tuple[list[dict[str, str]], list[list[int]], list[tuple[int, str]]]:
    """Records, which of them each of three searches found (every record by at least one), and decisions on some."""
    records = draw(st.lists(FIELDS, min_size=1, max_size=7))
    several = st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True)
    places = [draw(several) for _ in records]
    decided = draw(
        st.lists(st.tuples(st.integers(0, len(records) - 1), st.sampled_from(("include", "exclude"))), max_size=9)
    )
    rows = [
        row | {"record_id": f"s{number % 2}:{number}", "source": f"s{number % 2}"} for number, row in enumerate(records)
    ]
    return rows, places, decided


def included(rows: Rows, searches: Sequence[str], decided: Sequence[tuple[int, str]], last: int) -> set[frozenset[str]]:
    """The included reports of the review as it stands with these rows, each as the set of its records."""
    table = pd.DataFrame(rows, dtype=str).reindex(columns=list(tables.RECORDS), fill_value="")
    reports = core.deduplicate(table, (), searches).reports
    report_of = dict(zip(reports["record_id"], reports["report_id"], strict=True))
    names = Identities(rows, report_of)
    judgements = []
    for order, (number, decision) in enumerate(decided):
        named = names.named(f"s{number % 2}:{number}")
        if named.report:
            cells = {"criterion": "", "role": "reviewer", "basis": "", "date": "", "fingerprint": "", "supersedes": ""}
            for stage in ("title_abstract", "full_text"):
                judgements.append(
                    Judgement(
                        reviewer=f"r{number % 2}", report_id=named.report, records=named.records, stage=stage,
                        decision=decision, link=str(order), order=order, **cells,
                    )
                )  # fmt: skip
    readers = dict.fromkeys(("title_abstract", "full_text"), Readers(needed=last))
    found = steps(sorted(set(report_of.values())), judgements, {}, {}, lambda _: Now(), Settings(readers))
    chosen = {step.report_id for step in found if step.stage == "full_text" and step.outcome.decision == "include"}
    return {frozenset(record for record, report in report_of.items() if report == one) for one in chosen}


@given(found_by_searches(), st.permutations((0, 1, 2)), st.integers(1, 2))
@settings(max_examples=25)
def test_searches_in_any_order_include_the_same(
    made: tuple[Rows, list[list[int]], list[tuple[int, str]]], order: Sequence[int], readers: int
) -> None:
    """All records in one search, in three, or in the same three in another order: the same documents are included."""
    records, places, decided = made
    names = ("a", "b", "c")
    rows = [
        row | {"search_id": names[place]}
        for place in range(3)
        for row, its in zip(records, places, strict=True)
        if place in its
    ]
    at_once = included([row | {"search_id": "a"} for row in records], ("a",), decided, readers)
    assert included(rows, names, decided, readers) == at_once
    again = [row for place in order for row in rows if row["search_id"] == names[place]]
    assert included(again, [names[place] for place in order], decided, readers) == at_once
