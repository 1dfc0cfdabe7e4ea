"""The search report after PRISMA-S: all its items, the known studies, and each strategy exactly as run.

What a machine knows comes from the manifests, what a person must say from ``prisma_s`` in config.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from winnow import __version__
from winnow.errors import raise_all
from winnow.review import Review
from winnow.search import known
from winnow.search.pages import Block, Heading, Paragraph, Table, Verbatim
from winnow.search.prisma_s import items
from winnow.search.runs import Run, runs

_ASSEMBLED = "Assembled demonstration, not a search result"


def report(review: Review) -> list[Block]:
    """The report's blocks, from the manifests of every search and the configuration."""
    searched = runs(review)
    return [
        *_opening(review, searched),
        *items(review, searched),
        *_known(review, searched),
        *_appendix(searched),
    ]


def _opening(review: Review, searched: Sequence[Run]) -> Iterator[Block]:
    yield Heading(1, f"Search report: {review.title}")
    notice = str(review.settings["review"].get("notice", ""))
    if any(run.method == "assembled" for run in searched) and _ASSEMBLED.lower() not in notice.lower():
        yield Paragraph(
            f"{_ASSEMBLED}: records marked 'assembled' were put together from public bibliographic facts; their searches were "
            "not run.",
            strong=True,
        )
    if review.settings["review"].get("made_up"):
        yield Paragraph("This review and its records are made up.", strong=True)
    if notice:
        yield Paragraph(notice, strong=True)
    yield Paragraph(
        "After PRISMA-S (Rethlefsen et al., Syst Rev 2021;10:39). What a recorded search knows is filled in from its manifest; "
        f"what a person must say is from config.yaml. Written by winnow {__version__}."
    )
    yield Table(
        ("Search", "Source", "Platform", "How", "Date", "Hits", "Records"),
        tuple(
            (
                run.search.id,
                run.source.title,
                run.platform,
                run.how,
                run.date,
                run.number("hits"),
                run.number("records"),
            )
            for run in searched
        ),
    )


def _known(review: Review, searched: Sequence[Run]) -> Iterator[Block]:
    studies = known.load(review.config_dir)
    if not studies:
        return
    yield Heading(2, "Known studies")
    yield Paragraph("Studies that the search must find (config/known_studies.csv), and whether it does.")
    rows = []
    for run in searched:
        expected = [study for study in studies if study.expected(run.search.id, run.source.name)]
        if expected:
            verdicts = _verdicts(review, run, expected)
            rows += [(run.search.id, run.source.title, study.id, study.label, verdicts[study.id]) for study in expected]
    yield Table(("Search", "Source", "Study", "Label", "Found"), tuple(rows))


def _verdicts(review: Review, run: Run, expected: Sequence[known.KnownStudy]) -> dict[str, str]:
    """For each study: found; or missed, and by which line; or why nobody can say."""
    if run.data is None or run.method == "not_available":
        return {study.id: run.how for study in expected}
    if run.method == "entrez":
        missed = {one["id"]: one for one in run.data.get("details", {}).get("known_studies_missed", ())}
        return {study.id: _missed(missed[study.id]) if study.id in missed else "yes" for study in expected}
    from winnow.records.stage import read_source

    rows, _, faults = read_source(review, run.source)
    raise_all(faults)
    ids = {name for record_id, row in rows for name in (record_id, row.content.pmid, row.content.doi)}
    return {
        study.id: "yes" if ids & {study.id, study.pmid or study.id, study.doi or study.id} else "no"
        for study in expected
    }


def _missed(one: dict[str, Any]) -> str:
    if not one["in_pubmed"]:
        return "no: not in PubMed"
    return f"no: missed by {', '.join(one['missed_by'])}" if one["missed_by"] else "no: excluded by the limits"


def _appendix(searched: Sequence[Run]) -> Iterator[Block]:
    yield Heading(2, "Appendix: the strategies exactly as run")
    for run in searched:
        yield Heading(3, f"{run.search.id}: {run.source.title}")
        yield Paragraph(f"{run.how[:1].upper()}{run.how[1:]}. Date: {run.date}.")
        if run.data is None:
            continue
        data = run.data
        if note := data.get("note"):
            yield Paragraph(str(note))
        if data.get("host"):
            yield Paragraph(f"The server was not NCBI's but {data['host']}.", strong=True)
        if text := run.strategy:
            yield Verbatim(text)
        if data.get("lines"):
            yield Table(
                ("Line", "Search", "Hits"),
                tuple(
                    (line["line"], line["text"], "" if line["hits"] is None else str(line["hits"]))
                    for line in data["lines"]
                ),
            )
        for title, key in (("Sent as", "query"), ("Understood by PubMed as (QueryTranslation)", "query_translation")):
            if data.get(key):
                yield Paragraph(f"{title}:")
                yield Verbatim(str(data[key]))
        if slices := [piece for piece in data.get("details", {}).get("slices", ()) if piece["limits"]]:
            yield Paragraph(f"Fetched in {len(slices)} slices, whose hits sum to the whole:")
            yield Table(("Slice", "Hits"), tuple((piece["limits"], str(piece["hits"])) for piece in slices))
        for title, key in (("Warnings", "warnings"), ("Acknowledged in config.yaml", "acknowledged")):
            if data.get(key):
                yield Table((title,), tuple((str(words),) for words in data[key]))
        stated = [
            (key, str(value))
            for key, value in sorted(data.get("details", {}).items())
            if isinstance(value, str | int | float)
        ]
        if stated:
            yield Table(("Stated with the export", ""), tuple(stated))
        if lint := data.get("details", {}).get("lint"):
            yield Table(("Advice on the strategy",), tuple((str(words),) for words in lint))
