"""The page's sections that tables alone make up: changes, extraction, findings, reproduction, searches, decisions, amendments.

Each is a function of the review's files to one :class:`Section`, or to None where there is nothing to tell.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from winnow import manifests, tables
from winnow.decisions import chains, ledger
from winnow.extract import form
from winnow.report import changes_told
from winnow.report.changes import KINDS
from winnow.report.evidence import Row
from winnow.report.story import optional
from winnow.review import Review


@dataclass(frozen=True)
class Cell:
    """A cell that opens something: a quote with what stands behind it, a report, or several reports by their ids."""

    value: str
    quote: str = ""
    told: str = ""
    record: str = ""
    records: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """A table as it is shown; rows are as long as the headings."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]


@dataclass(frozen=True)
class Text:
    """A longer text behind its caption."""

    caption: str
    body: str


@dataclass(frozen=True)
class Image:
    """A picture as a data URL, and what it shows."""

    label: str
    data: str


@dataclass(frozen=True)
class Section:
    """One section of the page."""

    id: str
    heading: str
    intro: str = ""
    tables: Sequence[Table] = ()
    texts: Sequence[Text] = ()
    pictures: Sequence[Image] = ()


def sections(review: Review) -> list[Section]:
    """Every section that has something to tell, in the page's order."""
    found = (
        _changes(review),
        _extraction(review),
        _findings(review),
        _reproduction(review),
        _searches(review),
        _people(review),
    )
    return [section for section in (*found, _amendments(review)) if section]


def _changes(review: Review) -> Section | None:
    if len(review.searches) < 2:
        return None
    rows = optional(review.result("report", "changes.csv"))
    shown = [
        Table("All kinds of change", ("Change", "How many", "Meaning"), changes_told.counted(rows)),
        Table(
            "Records by source",
            ("Source", *changes_told.OF_SOURCES.values()),
            changes_told.by_source(rows, [source.title for source in review.searches[-1].sources]),
        ),
    ]
    for kind, (headings, its, left_out) in changes_told.lists(rows).items():
        more = f" ({left_out} rows more in changes.csv)" if left_out else ""
        opened = [[_opened(name, cell, kind) for name, cell in zip(headings, row, strict=True)] for row in its]
        shown.append(Table(f"{KINDS[kind].heading}: {KINDS[kind].meaning}{more}", headings, opened))
    intro = f"Search {review.searches[-1].id} beside those before it. The same rows, in full: report/changes.csv."
    return Section("changes", "What changed", intro, shown)


def _opened(heading: str, cell: str, kind: str) -> str | Cell:
    """The ids of a row open their reports; a conclusion moves with several."""
    if heading != changes_told.HEADINGS["report_id"] or not cell:
        return cell
    return Cell(cell, records=tables.split(cell) if kind == "conclusion" else [cell])


def _extraction(review: Review) -> Section | None:
    studies = optional(review.result("extract", "extraction_table.csv"))
    if not studies:
        return None
    quotes: dict[tuple[str, str], list[Row]] = {}
    for row in optional(review.result("extract", "values.csv"), tables.VALUES):
        quotes.setdefault((row["study_id"], row["field"]), []).append(row)
    hidden = {"reports", "study_id"} if "study" in studies[0] else {"reports"}
    shown = [name for name in studies[0] if name not in hidden and any(row[name] for row in studies)]
    labels = _field_labels(review)
    body = [[_value(row, name, quotes) for name in shown] for row in studies]
    return Section(
        "extraction",
        "Extraction table",
        "A value opens the words that it was taken from. Values that nobody has checked are marked.",
        [Table("One row per included study", [labels.get(name, name) for name in shown], body)],
    )


def _field_labels(review: Review) -> dict[str, str]:
    """What the form calls its fields."""
    path = review.config_dir / "extraction.yaml"
    return {field.id: field.label for field in form.load(path).fields} if path.is_file() else {}


def _value(row: Row, name: str, quotes: dict[tuple[str, str], list[Row]]) -> str | Cell:
    found = quotes.get((row["study_id"], name))
    if not found or not row[name]:
        reports = tables.split(row.get("reports", ""))
        return Cell(row[name], record=reports[0]) if name == "study" and reports else row[name]
    said = [f"{each['source'] or each['report_id']}, by {each['by']}" for each in found]
    return Cell(
        row[name],
        " … ".join(dict.fromkeys(each["quote"] for each in found)),
        "; ".join(dict.fromkeys(said))
        + (", checked" if any(each["checked_by"] for each in found) else ", not checked"),
    )


def _findings(review: Review) -> Section | None:
    named = [
        (name, optional(review.result("synthesise", f"{name}.csv"))) for name in ("statements", "counts", "pooled")
    ]
    pictures = [
        Image(path.stem.replace("_", " "), "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode())
        for path in sorted((review.results / "synthesise").glob("*.svg"))
    ]
    found = [_plain(name.replace("_", " "), rows) for name, rows in named if rows]
    if not found and not pictures:
        return None
    return Section("findings", "Findings", "Each with the studies behind it.", found, pictures=pictures)


def _plain(caption: str, rows: Sequence[Row]) -> Table:
    return Table(caption, [name.replace("_", " ") for name in rows[0]], [list(row.values()) for row in rows])


def _reproduction(review: Review) -> Section | None:
    rows = optional(review.result("report", "reproduction.csv"))
    intro = "Published figures beside what this review establishes; nothing is made to fit."
    return Section("reproduction", "Reproduction", intro, [_plain("Figure by figure", rows)]) if rows else None


def _searches(review: Review) -> Section:
    rows, texts = [], []
    for source in review.sources:
        if not source.archived:
            continue
        manifest = source.manifest
        data = manifest.data
        years = data.get("years") or []
        rows.append([
            source.search_id, source.title, manifests.METHODS[manifest.method], manifest.date,
            "-".join(str(year) for year in years), str(data["hits"]) if data.get("hits") is not None else "not stated",
            str(data["records"]), str(data.get("note", "")),
        ])  # fmt: skip
        named = data.get("strategy")
        if named and (source.folder / named["file"]).is_file():
            text = (source.folder / named["file"]).read_text(encoding="utf-8", errors="replace")
            texts.append(Text(f"Strategy: {source.title}, search {source.search_id}", text))
    headings = ("Search", "Source", "How it came to be", "Date", "Years", "Hits stated", "Records", "Note")
    return Section(
        "searches",
        "Searches",
        "As recorded in each source's manifest; the full search report stands beside this page in results/search.",
        [Table("Sources of every search", headings, rows)],
        texts,
    )


def _people(review: Review) -> Section | None:
    agreement = optional(review.result("screen", "agreement.csv"))
    found = [one for one in chains.read(review.root) if one.kind.name != "amendments"]
    rows = [
        [one.where, str(len(one.rows)), str(sum(not row.get("seal") for row in one.rows)), _head(one)] for one in found
    ]
    shown = (
        [Table("Ledgers and the heads of their chains", ("Ledger", "Rows", "Unsealed", "Head"), rows)] if rows else []
    )
    if agreement:
        shown.append(_plain("Agreement between reviewers", agreement))
    return Section("decisions", "Decisions and agreement", "", shown) if shown else None


def _head(one: ledger.Ledger) -> str:
    return one.head.head if one.rows else ""


def _amendments(review: Review) -> Section | None:
    rows = optional(review.config_dir / "amendments.csv", tables.AMENDMENTS_LEDGER)
    if not rows:
        return None
    names = ("date", "file", "reason", "results_known", "by", "sha256")
    kept = [[row[name] for name in names] for row in rows]
    headings = ("Date", "File", "Reason", "Results known", "By", "SHA-256")
    intro = (
        "What was asked, and since when. Each version is kept in config/history, under the first digits of its hash."
    )
    return Section("amendments", "Protocol and amendments", intro, [Table("Every approved version", headings, kept)])
