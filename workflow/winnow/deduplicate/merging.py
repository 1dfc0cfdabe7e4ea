"""One row per report: each field from the best record that has it, and a note of which record that was."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from winnow import lines, package_data, tables, text
from winnow.deduplicate import entries, found
from winnow.errors import RecordLossError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

#: What a merged row says about itself.
NOTES = ("record_ids", "field_sources")
Members = list[dict[str, str]]
#: The rank of a source that ``source_preference.csv`` does not list.
_LAST_RANK = 99


@cache
def _taken() -> dict[str, str]:
    """field: whose value a report takes."""
    return {row["field"]: row["take"] for row in package_data.rows("deduplicate/merging.csv")}


@cache
def _ranks() -> dict[str, int]:
    """source: its rank, the best first."""
    return {row["source"]: int(row["rank"]) for row in package_data.rows("deduplicate/source_preference.csv")}


def merge(records: pd.DataFrame, reports: pd.DataFrame, searches: Sequence[str] = ()) -> pd.DataFrame:
    """``tables.MERGED`` and the unknown columns of ``records``: one row per report, sorted by report id.

    Raises:
        RecordLossError: a record that no report holds.
    """
    return merge_entries(entries.one_per_record(records, searches), reports)


def merge_entries(records: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """The same, of records that :func:`entries.one_per_record` has made one row each."""
    import pandas as pd

    rows = records.drop(columns=entries.FIRST_SEARCH, errors="ignore")
    report_of = dict(zip(reports["record_id"], reports["report_id"], strict=True))
    lost = [record_id for record_id in rows["record_id"] if record_id not in report_of]
    if lost:
        raise RecordLossError(
            f"{len(lost)} records are in no report, '{lost[0]}' among them", where="reports", mend="deduplicate again"
        )
    rows = rows.assign(report_id=rows["record_id"].map(report_of))
    shared = rows["report_id"].duplicated(keep=False)
    alone = rows[~shared].assign(record_ids=lambda table: table["record_id"], field_sources="")
    grouped: dict[str, Members] = {}
    for row in rows[shared].to_dict("records"):
        grouped.setdefault(row["report_id"], []).append({str(key): str(cell) for key, cell in row.items()})
    joined = pd.DataFrame([_merged(report_id, members) for report_id, members in grouped.items()])
    merged = pd.concat([alone, joined], ignore_index=True) if len(joined) else alone
    merged = merged.drop(columns="report_id").fillna("")
    return merged.sort_values("record_id", kind="stable", ignore_index=True)


def merge_rows(records: found.Records, entries_: Sequence[found.Entry], reports: Mapping[str, str]) -> list[bytes]:
    """The same as rows: ``records.header`` and ``NOTES``. A record that is a report by itself is copied."""
    import pandas as pd

    size = Counter(reports.values())
    alone = {entry.record_id: entry for entry in entries_ if size[reports[entry.record_id]] == 1}
    rows = {name: b"%b,%b" % (entry.cells, lines.cells((name, ""))) for name, entry in alone.items()}
    several = [entry for entry in entries_ if entry.record_id not in alone]
    if several:
        named = pd.DataFrame(reports.items(), columns=list(tables.REPORTS))
        merged = merge_entries(records.table(several), named)[[*records.header, *NOTES]]
        rows |= {cells[0]: lines.cells(cells) for cells in merged.itertuples(index=False, name=None)}
    return [rows[name] for name in sorted(rows)]


def _rank(member: dict[str, str]) -> int:
    source = (member.get("source") or member.get("source_db") or member["record_id"].partition(":")[0]).lower()
    return _ranks().get(source, _LAST_RANK)


def _merged(report_id: str, members: Members) -> dict[str, str]:
    """One report out of its records; the record that gave the report its name comes first among equals."""
    members.sort(key=lambda member: (_rank(member), member["record_id"] != report_id, member["record_id"]))
    named = next(member for member in members if member["record_id"] == report_id)
    merged = {"record_id": report_id}
    sources = []
    for field in members[0]:
        if field in ("record_id", "report_id"):
            continue
        how = _taken().get(field, "best")
        values = [member[field] for member in members]
        if how == "union":
            merged[field] = tables.join(dict.fromkeys(part for value in values for part in tables.split(value)))
            continue
        giver = _giver(how, field, members, named)
        merged[field] = giver[field]
        if how != "first" and len(set(values)) > 1:
            sources.append(f"{field}={giver['record_id']}")
    _keep_both_titles(merged, members)
    merged["record_ids"] = tables.join(sorted(member["record_id"] for member in members))
    merged["field_sources"] = tables.join(sources)
    return merged


def _giver(how: str, field: str, members: Members, named: dict[str, str]) -> dict[str, str]:
    if how == "first":
        return named
    filled = [member for member in members if member[field]]
    if not filled:
        return named
    return max(filled, key=lambda member: len(member[field])) if how == "longest" else filled[0]


def _keep_both_titles(merged: dict[str, str], members: Members) -> None:
    """A report known under an English and a Chinese title shows the second as its original title."""
    if merged.get("original_title") or not merged.get("title") or text.is_han(merged["title"]):
        return
    chinese = [member["title"] for member in members if text.is_han(member["title"])]
    if chinese:
        merged["original_title"] = chinese[0]
