"""Every row of every ledger about one report, each on one line with its file and line, for ``winnow explain``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from winnow import text
from winnow.decisions import ledger
from winnow.decisions.kinds import ADJUDICATOR
from winnow.decisions.ledger import Ledger
from winnow.review import Review

#: What a row of each kind says; amendments are about no report.
SAYS = {
    "screening": "{decision} at {stage} {criterion}",
    "duplicates": "{id_1} and {id_2} are {ruling}",
    "studies": "study {study_id} {role}",
    "retrieval": "full text {status}",
    "extraction": "{field}: {value}",
    "risk_of_bias": "{tool}, {domain}: {judgement}",
}
#: Columns that name a document, those that name a study, and what else a row may tell.
_IDS, _STUDIES = ("id", "id_1", "id_2"), ("study_id", "study")
_MORE = ("reason", "obtained_from", "file", "overlaps_with", "note")


def told(review: Review, ids: Collection[str], studies: Collection[str]) -> Iterator[str]:
    """The rows about a report, ledger by ledger, in the order in which they were written.

    Args:
        review: the review.
        ids: every id of the report, each in its one spelling (:func:`winnow.text.same_id`).
        studies: the studies that the report is of.
    """
    ledgers, _ = ledger.read_all(review.root, *SAYS)
    for one in ledgers:
        for number, row in enumerate(one.rows):
            if _about(row, ids, studies):
                yield _line(one, number, row)


def _about(row: Mapping[str, str], ids: Collection[str], studies: Collection[str]) -> bool:
    named = any(text.same_id(row[name]) in ids for name in _IDS if row.get(name))
    return named or any(row[name] in studies for name in _STUDIES if row.get(name))


def _line(one: Ledger, number: int, row: Mapping[str, str]) -> str:
    who = one.reviewer if "*" in one.kind.path else row["by"]
    who += f", {ADJUDICATOR}" if row.get("role") == ADJUDICATOR else ""
    says = SAYS[one.kind.name].format(**row).rstrip()
    sealed = f"sealed {row['seal'][:12]}" if row["seal"] else "unsealed"
    more = "; ".join(row[name] for name in _MORE if row.get(name))
    return f"{row['date']} {who}: {says} [{one.place(number)}, {sealed}]" + (f" - {more}" if more else "")
