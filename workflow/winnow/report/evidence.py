"""What the earlier stages established, as the report reads it: five tables and the plan of the searches.

Reading stands here, so that :mod:`winnow.report.flow` is a pure function of :class:`Evidence`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from winnow import config, tables
from winnow.decisions.identities import Identities
from winnow.errors import InputError
from winnow.review import Review
from winnow.search import notices

Row = dict[str, str]

#: Columns of a review that was done elsewhere (``previous_review.file`` in config.yaml), one row per study; ``reports`` has the
#: ids of its further reports.
PREVIOUS = ("study_id", "id", "label", "reports", "note")


@dataclass(frozen=True)
class SourcePlan:
    """A source of one search: how it is called, of what kind it is, and how its folder came to be.

    ``kind`` is database, register or other; ``category`` (other only) is websites, organisations or citation searching;
    ``method`` is the manifest's, or ``not_available``.
    """

    search_id: str
    name: str
    kind: str
    title: str
    method: str = "export"
    category: str = "websites"


@dataclass(frozen=True)
class Plan:
    """The searches in order, and what is known of the review as a whole.

    ``criteria`` says how each criterion is called as a reason, in protocol order; ``questions`` what it asks.
    """

    searches: tuple[str, ...]
    sources: tuple[SourcePlan, ...]
    title: str = ""
    notice: str = ""
    made_up: bool = False
    previous_review: tuple[Row, ...] = ()
    previous_reported: int | None = None
    criteria: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> str:
        """The search that the diagram counts."""
        return self.searches[-1]

    @property
    def updated(self) -> bool:
        """Whether the diagram is that of an updated review."""
        return len(self.searches) > 1 or bool(self.previous_review)

    def of(self, search_id: str) -> list[SourcePlan]:
        """The sources of one search, in order."""
        return [source for source in self.sources if source.search_id == search_id]


@dataclass(frozen=True)
class Evidence:
    """The tables of the earlier stages as rows of strings."""

    plan: Plan
    records: Sequence[Row]
    reports: Mapping[str, str]
    merged: Mapping[str, Row]
    decisions: Sequence[Row]
    studies: Sequence[Row]

    @cached_property
    def first(self) -> Mapping[str, int]:
        """The place in the list of searches of the first search that found each report."""
        order = {name: index for index, name in enumerate(self.plan.searches)}
        first: dict[str, int] = {}
        for record in self.records:
            report, place = self.reports[record["record_id"]], order[record["search_id"]]
            first[report] = min(place, first.get(report, place))
        return first

    @cached_property
    def names(self) -> Identities:
        """Every id that a record has, and the report that it names."""
        return Identities(self.records, self.reports)

    def notices(self, asked: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, list[str]]]:
        """Every notice about every report with the searches that told it; ``asked`` is what searches asked after the reports."""
        return notices.told(self.records, self.reports, lambda name: self.names.named(name).report, asked)


def plan(review: Review) -> Plan:
    """The plan of a review."""
    named = review.settings.get("sources", {})
    previous = review.settings.get("previous_review", {})
    about = review.settings["review"]
    sources = tuple(
        SourcePlan(
            search_id=source.search_id,
            name=source.name,
            kind=source.kind,
            title=source.title,
            method=source.manifest.method if source.archived else "not_available",
            category=named.get(source.name, {}).get("category", "websites"),
        )
        for source in review.sources
    )
    return Plan(
        searches=tuple(search.id for search in review.searches),
        sources=sources,
        title=review.title,
        notice=str(about.get("notice", "")),
        made_up=bool(about.get("made_up", False)),
        previous_review=read_previous(review),
        previous_reported=previous.get("reported_studies"),
        criteria=_criteria(review, ("reason", "label")),
        questions=_criteria(review, ("question",)),
    )


def read_previous(review: Review) -> tuple[Row, ...]:
    """The reports of the review that came before, from the file that config.yaml names (InputError: columns or ids missing)."""
    settings = review.settings.get("previous_review", {})
    if "file" not in settings:
        return ()
    rows = tables.read_rows(review.root / settings["file"], PREVIOUS[:2])
    for line, row in rows:
        if not row["study_id"] or not row["id"]:
            raise InputError(
                "a study without study_id or id",
                where=f"{settings['file']}:{line}",
                mend="give each report of the previous review its study_id and its PMID, DOI or record id",
            )
    return tuple(row for _, row in rows)


def _criteria(review: Review, names: Sequence[str]) -> dict[str, str]:
    """What criteria.yaml says of each criterion under the first of ``names`` that it has; its id if it says nothing."""
    path = review.config_dir / "criteria.yaml"
    listed = (config.load_yaml(path)[0] or {}).get("criteria", []) if path.is_file() else []
    return {
        str(entry["id"]): next((str(entry[name]) for name in names if entry.get(name)), str(entry["id"]))
        for entry in listed
    }


def read(review: Review) -> Evidence:
    """The tables of the earlier stages.

    Raises:
        InputError: a table is not there or lacks a column.
    """

    def rows(stage: str, name: str, columns: Sequence[str]) -> list[Row]:
        return tables.rows(tables.read(review.result(stage, name), needs=columns[:1], columns=columns))

    return Evidence(
        plan=plan(review),
        records=rows("records", "records.csv", tables.RECORDS),
        reports={row["record_id"]: row["report_id"] for row in rows("deduplicate", "reports.csv", tables.REPORTS)},
        merged={row["record_id"]: row for row in rows("deduplicate", "merged.csv", tables.MERGED)},
        decisions=rows("screen", "decisions.csv", tables.DECISIONS),
        studies=rows("extract", "studies.csv", tables.STUDIES),
    )
