"""What the page is about: items, and the rows of the ledgers that stand on them, whichever ledger they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from winnow.decisions.ledger import Ledger
from winnow.decisions.resolve import Judgement
from winnow.screen import deciding, state
from winnow.screen.worklist import DUPLICATES

RETRIEVAL = "retrieval"


@dataclass(frozen=True)
class Key:
    """Which item: a report at a stage, and for a possible duplicate the other report."""

    stage: str
    report: str
    other: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As the parameters of an address."""
        return {"stage": self.stage, "report": self.report, **({"other": self.other} if self.other else {})}

    def among(self, other: Key) -> bool:
        """Whether both are the same item; two records may be named in either order."""
        return self.stage == other.stage and {self.report, self.other} == {other.report, other.other}


def key_of(row: Mapping[str, str]) -> Key:
    """The key of a row of the worklist."""
    return Key(row["stage"], row["report_id"], row["other_id"])


@dataclass(frozen=True)
class Said:
    """A row that stands on an item.

    Attributes:
        word: the decision, the status or the ruling.
        by: who wrote it.
        link: its link in its chain.
    """

    key: Key
    word: str
    by: str
    date: str
    link: str
    criterion: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Item:
    """One item in full.

    Attributes:
        row: its row of the worklist; empty if it is not on the list (it was decided, and is looked at again).
        record: the merged row, or the row of the first of two.
        said: the row that the next one takes the place of: the reviewer's own, or in a ledger that everybody writes, anybody's.
        others: for an adjudicator, what the reviewers wrote.
        stale: what changed since it was decided.
        copies: what the services said about open copies of it.
    """

    key: Key
    row: Mapping[str, str]
    record: Mapping[str, str]
    other: Mapping[str, str]
    verdicts: Sequence[Mapping[str, str]]
    proposal: Mapping[str, str]
    digest: Mapping[str, str]
    said: Said | None
    others: Sequence[Judgement]
    stale: str = ""
    copies: Sequence[Mapping[str, str]] = ()


def decided(row: Judgement) -> Said:
    """A row of a screening ledger."""
    key = Key(row.stage, row.report_id)
    return Said(key, row.decision, row.reviewer, row.date, row.link, row.criterion, row.basis)


def retrieved(now: Ledger, seen: state.Known) -> Iterator[Said]:
    """The rows of decisions/retrieval.csv that stand, in order."""
    for place, report in sorted((place, report) for report, place in deciding.retrieved(now, seen).items()):
        yield _shared(now, place, Key(RETRIEVAL, report), "status")


def ruled(now: Ledger, seen: state.Known) -> Iterator[Said]:
    """The rows of decisions/duplicates.csv that stand, in order; a ruling on what is one report by now stands on none."""
    for place in sorted(deciding.ruled(now, seen).values()):
        one, other = (seen.identities.named(now.rows[place][name]).report for name in ("id_1", "id_2"))
        if one and other and one != other:
            yield _shared(now, place, Key(DUPLICATES, one, other), "ruling")


def _shared(now: Ledger, place: int, key: Key, column: str) -> Said:
    cells = now.rows[place]
    return Said(key, cells[column], cells["by"], cells["date"], now.links[place])
