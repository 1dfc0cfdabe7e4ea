"""``winnow explain ID``: one record's whole story, from the line of the file it came in to the sentence that decided.

Everything is read from the tables that the stages wrote and from the ledgers; nothing is worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winnow import tables, text
from winnow.audit import ledger_rows
from winnow.decisions.identities import Identities
from winnow.errors import InputError, spelt
from winnow.review import Review
from winnow.search import notices

if TYPE_CHECKING:
    import pandas as pd

INDENT = "  "


@dataclass(frozen=True)
class Story:
    """The tables of a review that a story is told from, and the report that it is about."""

    review: Review
    report_id: str
    records: pd.DataFrame
    merged: dict[str, str]
    notices: dict[str, list[str]]


def explain(review: Review, wanted: str, *, raw: bool = False) -> str:
    """The story of the report that ``wanted`` names.

    Args:
        review: a review whose stages have run.
        wanted: record id, report id, study id, PMID (bare or ``pubmed:``) or DOI.
        raw: also the raw text of each record, as the source gave it.

    Raises:
        InputError: the stages have not run, or nothing has this id.
    """
    story = _find(review, wanted)
    blocks = [
        _block(heading, list(tell(story)))
        for heading, tell in (
            ("found", _found),
            ("notices", _notices),
            ("merged", _merged),
            ("judged by rules", _judged),
            ("decided", _decided),
            ("written in the ledgers", _written),
            ("extracted", _extracted),
        )
    ]
    if raw:
        blocks.append(_block("as the source gave it", list(_raw(story))))
    title = story.merged["title"] or "(no title)"
    head = f"{spelt(title)}\n{INDENT}{spelt(_citation(story.merged))}\n{INDENT}report {spelt(story.report_id)}"
    return "\n\n".join([head, *(block for block in blocks if block)])


def _block(heading: str, lines: list[str]) -> str:
    return "\n".join([heading, *(INDENT + spelt(line) for line in lines)]) if lines else ""


def _table(review: Review, stage: str, name: str) -> pd.DataFrame | None:
    path = review.result(stage, name)
    return tables.read(path) if path.is_file() else None


def _find(review: Review, wanted: str) -> Story:
    records = _table(review, "records", "records.csv")
    reports = _table(review, "deduplicate", "reports.csv")
    merged = _table(review, "deduplicate", "merged.csv")
    if records is None or reports is None or merged is None:
        raise InputError(
            "the review has no results yet", where=review.relative(review.results), mend="run 'make review'"
        )
    report_of = dict(zip(reports["record_id"], reports["report_id"], strict=True))
    names = Identities(tables.rows(records), report_of)
    report_id = _report_id(review, wanted.strip(), names)
    if report_id is None:
        raise InputError(f"no record, report or study is called '{wanted}'", mend="see results/records/records.csv")
    own = records[records["record_id"].map(report_of) == report_id]
    row = next(row for row in tables.rows(merged) if row["record_id"] == report_id)
    told = notices.told(
        tables.rows(records), report_of, lambda name: names.named(name).report, notices.statuses(review)
    )
    return Story(review, report_id, own, row, told.get(report_id, {}))


def _report_id(review: Review, wanted: str, names: Identities) -> str | None:
    named = names.named(wanted)
    if len(named.reports) > 1:
        raise InputError(named.fault, where=f"'{wanted}'", mend="name one of them")
    if named.report:
        return named.report
    studies = _table(review, "extract", "studies.csv")
    if studies is not None and (studies["study_id"] == wanted).any():
        return str(studies.loc[studies["study_id"] == wanted, "report_id"].iloc[0])
    return None


def _citation(row: dict[str, str]) -> str:
    authors = tables.split(row["authors"])
    who = f"{authors[0]} et al." if len(authors) > 1 else "".join(authors)
    where = row["journal_abbrev"] or row["journal"]
    numbers = (
        row["volume"] + (f"({row['issue']})" if row["issue"] else "") + (f":{row['pages']}" if row["pages"] else "")
    )
    return ". ".join(
        part.rstrip(".") for part in (who, where, " ".join(filter(None, (row["year"], numbers))), row["doi"]) if part
    )


def _found(story: Story) -> Iterator[str]:
    sources = {(source.search_id, source.name): source for source in story.review.sources}
    for row in tables.rows(story.records):
        source = sources.get((row["search_id"], row["source"]))
        how = f", {source.manifest.method}, {source.manifest.date}" if source and source.archived else ""
        yield f"{row['record_id']} in {source.title if source else row['source']}, search {row['search_id']}{how}"
        yield f"{INDENT}{row['file']}, line {row['line']}, SHA-256 {row['sha256'][:12]}"


def _notices(story: Story) -> Iterator[str]:
    for notice, searches in sorted(story.notices.items()):
        yield f"{notice}, told by search {tables.join(searches)}"


def _merged(story: Story) -> Iterator[str]:
    pairs = _table(story.review, "deduplicate", "pairs.csv")
    own = set(story.records["record_id"])
    if pairs is not None:
        for row in tables.rows(pairs):
            if row["record_id_1"] in own or row["record_id_2"] in own:
                yield f"{row['verdict']}: {row['record_id_1']} and {row['record_id_2']} ({row['rule']}, {row['score']})"
                yield f"{INDENT}{row['evidence']}"
    if story.merged.get("field_sources"):
        yield f"fields from {story.merged['field_sources']}"


def _judged(story: Story) -> Iterator[str]:
    verdicts = _table(story.review, "screen", "verdicts.csv")
    if verdicts is None:
        return
    for row in tables.rows(verdicts[verdicts["report_id"] == story.report_id]):
        place = f" in {row['field']} {row['start']}-{row['end']}" if row["quote"] and row["start"] else ""
        quote = f': "{row["quote"]}"{place}' if row["quote"] else ""
        yield f"{row['criterion']}: {row['verdict']} ({row['rule']}){quote}"


def _decided(story: Story) -> Iterator[str]:
    decisions = _table(story.review, "screen", "decisions.csv")
    if decisions is None:
        return
    for row in tables.rows(decisions[decisions["report_id"] == story.report_id]):
        reason = f", reason {row['reason']}" if row["reason"] else ""
        who = f", by {row['by']}" if row["by"] else ""
        basis = f", on {row['basis']}" if row["basis"] else ""
        stale = f", stale: {row['stale']}" if row["stale"] else ""
        yield f"{row['stage']}: {row['decision']}{reason}{who}{basis}{stale}"


def _written(story: Story) -> Iterator[str]:
    studies = _table(story.review, "extract", "studies.csv")
    own = () if studies is None else studies.loc[studies["report_id"] == story.report_id, "study_id"]
    yield from ledger_rows.told(story.review, _names(story), set(own))


def _names(story: Story) -> set[str]:
    """Every id by which a ledger may call the report."""
    records = story.records
    names = {story.report_id, *records["record_id"], *records["pmid"], *records["doi"]} - {""}
    return {text.same_id(name) for name in names}


def _extracted(story: Story) -> Iterator[str]:
    values = _table(story.review, "extract", "values.csv")
    if values is None:
        return
    for row in tables.rows(values[values["report_id"] == story.report_id]):
        checked = f", checked by {row['checked_by']}" if row["checked_by"] else ", not checked"
        yield f'{row["field"]}: {row["value"]} by {row["by"]}{checked}: "{row["quote"]}" [{row["source"]}]'


def _raw(story: Story) -> Iterator[str]:
    from winnow.records.provenance import raw_text

    for row in tables.rows(story.records):
        yield f"{row['record_id']} ({row['file']}, line {row['line']})"
        yield from (
            INDENT + line for line in raw_text(story.review.root / row["file"], row["line"], row["sha256"]).splitlines()
        )
