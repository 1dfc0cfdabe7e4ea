"""From what a ledger calls a document to the report that it is: a PMID, a DOI or a record id, whichever the person had at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from winnow import text


@dataclass(frozen=True)
class Named:
    """What an id names: the records that carry it, and the reports that these belong to (none, one, or in a tangle several)."""

    records: frozenset[str]
    reports: tuple[str, ...]

    @property
    def report(self) -> str:
        """The one report, or empty."""
        return self.reports[0] if len(self.reports) == 1 else ""

    @property
    def fault(self) -> str:
        """Why the id names no one report; empty if it does."""
        if not self.reports:
            return "no record of any search has this id"
        return "" if self.report else f"the id names {len(self.reports)} reports: {'; '.join(self.reports)}"


class Identities:
    """Every id of every record, and the report of each.

    Args:
        records: rows with ``record_id`` and, where known, ``pmid`` and ``doi``.
        reports: the report of each record id; a record that is not in it is its own report.
    """

    def __init__(self, records: Iterable[Mapping[str, str]], reports: Mapping[str, str]) -> None:
        self._reports = reports
        self._named: dict[str, Named] = {}
        self._records: dict[str, set[str]] = defaultdict(set)
        for row in records:
            record_id = row["record_id"]
            self._records[text.same_id(record_id)].add(record_id)
            if pmid := row.get("pmid", ""):
                self._records[text.same_id(pmid)].add(record_id)
            if doi := text.doi(row.get("doi", "")):
                self._records[doi].add(record_id)

    def named(self, identifier: str) -> Named:
        """The records and reports that an id names.

        A PMID is first of all PubMed's own record: that another source prints the same PMID on what people ruled to be a
        different document does not put it in doubt.
        """
        if identifier not in self._named:  # a ledger names the same reports at every reading
            self._named[identifier] = self._looked_up(text.same_id(identifier))
        return self._named[identifier]

    def _looked_up(self, spelled: str) -> Named:
        records = self._records.get(spelled, set())
        if spelled in records:
            records = {record for record in records if self._report(record) == self._report(spelled)}
        return Named(frozenset(records), tuple(sorted({self._report(record) for record in records})))

    def _report(self, record_id: str) -> str:
        return self._reports.get(record_id, record_id)
