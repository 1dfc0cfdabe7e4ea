"""What is told of a report: retracted, corrected, put under concern.

A notice stands on the report's own record, on the record of the notice itself, or in the status that a search asked for
(:mod:`winnow.search.status`). It is named as :mod:`winnow.records.pubmed_xml` names it, seen from the report that it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from winnow import tables
from winnow.review import Review

Row = Mapping[str, str]

#: What a search asked after the reports held: ``searches/<id>/status/status.csv``.
FOLDER = "status"
TABLE = "status.csv"

#: How a notice is called on the record that gives it: on the record that it is about.
_ABOUT_ANOTHER = {
    "retraction of": "retracted in",
    "partial retraction of": "partially retracted in",
    "retracted and republished from": "retracted and republished in",
    "erratum for": "erratum in",
    "corrected and republished from": "corrected and republished in",
    "expression of concern for": "expression of concern in",
}
#: What a retraction is called on the record that it is about, by us and by PubMed; a publication type says ``retracted`` alone.
RETRACTED = "retracted"
_RETRACTED_IN = ("retracted in", "retracted and republished in", "retraction in")


def retracts(notice: str) -> bool:
    """Whether a notice says that the whole of the report was retracted; what was republished from a retracted one was not."""
    words = notice.casefold()
    return words == RETRACTED or words.startswith(_RETRACTED_IN)


def is_retracted(types: str) -> bool:
    """Whether publication types say that the report was retracted."""
    return "Retracted Publication" in types and "Retracted Publication" in tables.split(types)


def statuses(review: Review) -> dict[str, list[dict[str, str]]]:
    """What PubMed and Crossref said of the reports held, by search; a search that asked nobody is not among them.

    Raises:
        InputError: a table that cannot be read.
    """
    columns = ("report_id", "notices")
    paths = {search.id: review.root / "searches" / search.id / FOLDER / TABLE for search in review.searches}
    return {name: tables.rows(tables.read(path, needs=columns)) for name, path in paths.items() if path.is_file()}


def told(
    records: Iterable[Row],
    reports: Mapping[str, str],
    report_named: Callable[[str], str],
    asked: Mapping[str, Iterable[Row]],
) -> dict[str, dict[str, list[str]]]:
    """Every notice about every report, and the searches that told it.

    Args:
        records: rows with ``record_id``, ``search_id``, ``notices`` and ``publication_types``.
        reports: the report of each record.
        report_named: the one report that an id names, or empty.
        asked: what :func:`statuses` gives.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def note(report: str, notice: str, search: str) -> None:
        if report and search not in found[report][notice]:
            found[report][notice].append(search)

    for row in records:
        for report, notice in _told_by(row, reports[row["record_id"]], report_named):
            note(report, notice, row["search_id"])
    for search, answers in asked.items():
        for answer in answers:
            for notice in tables.split(answer["notices"]):
                note(report_named(answer["report_id"]) or report_named(answer.get("id", "")), notice, search)
    return {report: _without_repeats(its) for report, its in found.items()}


def _told_by(row: Row, report: str, report_named: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The notices of one record, each with the report that it is about."""
    for notice in tables.split(row.get("notices", "")):
        words, _, identifier = notice.rpartition(" ")
        if words in _ABOUT_ANOTHER:
            about = report_named(identifier)
            if about != report:
                yield about, f"{_ABOUT_ANOTHER[words]} {row['record_id']}"
        else:
            yield report, notice
    if is_retracted(row.get("publication_types", "")):
        yield report, RETRACTED


def _without_repeats(said: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A bare ``retracted`` says nothing beside a notice that says where.

    It is the notice that the same search names. A search that named none may have meant any of them, so it counts for all.
    """
    whole = {notice: list(searches) for notice, searches in said.items()}
    named = [notice for notice in whole if notice.startswith(_RETRACTED_IN)]
    if RETRACTED in whole and named:
        placed = {search for notice in named for search in whole[notice]}
        unplaced = [search for search in whole.pop(RETRACTED) if search not in placed]
        for notice in named:
            whole[notice] += unplaced
    return whole
