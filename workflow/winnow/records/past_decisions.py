"""Decisions made elsewhere, out of Rayyan's and Covidence's exports, as the rows of one reviewer's ledger.

Rayyan writes each member's decision into the notes (``RAYYAN-INCLUSION: {"Ana"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: ...``),
in CSV, RIS and EndNote exports alike. Covidence exports one file per decision (included, irrelevant, excluded), so the person
who imports says which; its exclusion reason stands in the notes. The rows are as a person would type them: unsealed until
``winnow seal``. A decision whose record can't be named by record id, PMID or DOI, nor found in the review by title and year, is
reported, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from winnow import tables, text
from winnow.errors import InputError, UsageError, WinnowError
from winnow.records.import_report import FileReport
from winnow.records.importing import read_with_entries
from winnow.records.mapping import Entry

_INCLUSION = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}\s*(?:\||$)", re.DOTALL | re.MULTILINE)
_VOTE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"(\w+)"')
_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*(.*?)\s*(?:\||$)", re.DOTALL | re.MULTILINE)
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;|\n]*)", re.IGNORECASE)
_MEANING = {"included": "include", "excluded": "exclude", "maybe": "unclear"}


@dataclass(frozen=True)
class Told:
    """What the export doesn't say, and the person who imports it does.

    Attributes:
        reviewer: whose ledger the rows are for; it names nothing in them.
        person: the member as Rayyan calls them; may be empty if only one decided.
        decision: the decision of every record of a Covidence file; empty for Rayyan.
        criteria: an exclusion reason in lower case, and the criterion that it means.
    """

    stage: str
    date: str
    person: str = ""
    decision: str = ""
    basis: str = ""
    criteria: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Past:
    """Rows for a ledger, and what couldn't become one."""

    rows: list[dict[str, str]] = field(default_factory=list)
    undecided: int = 0
    faults: list[WinnowError] = field(default_factory=list)


def read(paths: Sequence[Path], told: Told, records: Iterable[Mapping[str, str]] = ()) -> Past:
    """The ledger rows of several exports.

    Args:
        paths: the exports.
        told: what the person who imports says.
        records: the review's records, to name a record that has no PMID and no DOI by its title and year.

    Raises:
        InputError: a file can't be read.
        UsageError: several members decided and ``told.person`` names none of them.
    """
    by_title = _by_title(records)
    past = Past()
    for path in paths:
        report = FileReport(str(path))
        for record, entry in read_with_entries(path, report):
            decision, reasons = _decision(entry, told, str(path))
            if not decision:
                past.undecided += 1
                continue
            identifier = _identifier(record, by_title)
            if not identifier:
                what = f"a decision on '{record.get('title', '')[:60]}' that names no record of the review"
                mend = "name the review's records with --records, or type the row by hand"
                past.faults.append(InputError(what, where=f"{path}:{entry.first}", mend=mend))
                continue
            past.rows.append(_row(identifier, decision, reasons, told, Path(path).name))
        past.faults += report.faults
    return past


def _decision(entry: Entry, told: Told, where: str) -> tuple[str, list[str]]:
    notes = "\n".join(line for _, lines in entry.values for line in lines)
    if told.decision:
        found = _COVIDENCE_REASON.search(notes)
        return told.decision, [found.group(1).strip()] if found else []
    votes: dict[str, str] = {}
    for inclusion in _INCLUSION.finditer(notes):
        votes.update((name.replace('\\"', '"'), vote) for name, vote in _VOTE.findall(inclusion.group(1)))
    if not told.person and len(votes) > 1:
        people = ", ".join(sorted(votes))
        raise UsageError(f"{where}: several people decided ({people})", mend="name one with --person")
    vote = votes.get(told.person, "") if told.person else next(iter(votes.values()), "")
    reasons = _REASONS.search(notes)
    return _MEANING.get(vote.lower(), ""), tables.split(reasons.group(1).replace(",", ";")) if reasons else []


def _by_title(records: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """(title key, year) and the record id, where it is the only one."""
    found: dict[tuple[str, str], set[str]] = {}
    for record in records:
        for name in ("title", "original_title"):
            if key := text.title_key(record.get(name, "")):
                found.setdefault((key, record.get("year", "")), set()).add(record["record_id"])
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}


def _identifier(record: Mapping[str, str], by_title: Mapping[tuple[str, str], str]) -> str:
    own = record.get("record_id") or record.get("pmid") or record.get("doi")
    return own or by_title.get((text.title_key(record.get("title", "")), record.get("year", "")), "")


def _row(identifier: str, decision: str, reasons: Sequence[str], told: Told, name: str) -> dict[str, str]:
    meant = [told.criteria[reason.lower()] for reason in reasons if reason.lower() in told.criteria]
    said = f" ({'; '.join(reasons)})" if reasons else ""
    return {
        "date": told.date,
        "id": identifier,
        "stage": told.stage,
        "decision": decision,
        "criterion": meant[0] if meant and decision == "exclude" else "",
        "role": "reviewer",
        "basis": told.basis,
        "note": f"imported from {name}{said}",
    }


def write(path: Path, past: Past) -> None:
    """Write the rows as a new ledger.

    Raises:
        InputError: there is a ledger already; it is append-only.
    """
    if path.exists():
        raise InputError(
            "there is a ledger already", where=str(path), mend="write beside it and append the rows by hand"
        )
    tables.write_rows(path, past.rows, tables.SCREENING_LEDGER)
