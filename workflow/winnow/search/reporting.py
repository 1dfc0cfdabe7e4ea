"""The search report after PRISMA-S (Rethlefsen et al., Syst Rev 2021;10:39): all 16 items, and each strategy exactly as run.

What a machine knows comes from the manifests, what a person must say from ``prisma_s`` in config.yaml; where neither says anything
the report says "Author must state".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from winnow import __version__, manifests
from winnow.errors import raise_all
from winnow.review import Review, Search, Source
from winnow.search import known
from winnow.search.pages import Block, Heading, Paragraph, Table, Verbatim

AUTHOR = "Author must state."
#: How Cochrane's humans filter is recognised in a strategy, whatever its spacing and tags.
_HUMANS = "not(animals[mh]nothumans[mh])"


@dataclass(frozen=True)
class Run:
    """One source of one search, as far as it has come."""

    search: Search
    source: Source
    data: dict[str, Any] | None

    @property
    def method(self) -> str:
        """The manifest's method, or "" where there is no archive yet."""
        return str(self.data["method"]) if self.data else ""

    @property
    def date(self) -> str:
        """The day it was run, or why there is none."""
        if self.data is None:
            return "not run yet"
        return str(self.data["date"] or "not run")

    @property
    def how(self) -> str:
        """How the folder came to be, in words."""
        if self.method == "not_available":
            return f"{self.source.title}: no export supplied"
        return manifests.METHODS.get(self.method, "not run yet")

    @property
    def platform(self) -> str:
        """Where the source was searched."""
        return str((self.data or {}).get("platform") or "")

    def number(self, key: str) -> str:
        """A count of the manifest; "" where it has none."""
        value = (self.data or {}).get(key)
        if key == "records" and self.method == "not_available":
            return ""
        return "" if value is None else str(value)


def report(review: Review) -> list[Block]:
    """The report's blocks, from the manifests of every search and the configuration."""
    runs = [
        Run(search, source, dict(source.manifest.data) if source.archived else None)
        for search in review.searches
        for source in search.sources
    ]
    return [*_opening(review, runs), *_items(review, runs), *_known(review, runs), *_appendix(review, runs)]


def _opening(review: Review, runs: Sequence[Run]) -> Iterator[Block]:
    yield Heading(1, f"Search report: {review.title}")
    if any(run.method == "assembled" for run in runs):
        yield Paragraph(
            "Assembled demonstration, not a search result: records marked 'assembled' were put together from public bibliographic "
            "facts; their searches were not run.",
            strong=True,
        )
    if review.settings["review"].get("made_up"):
        yield Paragraph("This review and its records are made up.", strong=True)
    if notice := review.settings["review"].get("notice"):
        yield Paragraph(str(notice), strong=True)
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
            for run in runs
        ),
    )


def _items(review: Review, runs: Sequence[Run]) -> Iterator[Block]:
    stated = review.settings.get("prisma_s", {})
    text = resources.files("winnow.search").joinpath("prisma_s.csv").read_text(encoding="utf-8")
    group = ""
    for row in csv.DictReader(io.StringIO(text)):
        if row["group"] != group:
            group = row["group"]
            yield Heading(2, group)
        yield Heading(3, f"{row['item']}. {row['title']}")
        facts = _FACTS.get(row["item"], _nothing)(review, runs)
        yield from facts
        if words := str(stated.get(row["item"], "")).strip():
            yield Paragraph(words)
        elif not facts or row["item"] in _REASONS:
            yield Paragraph(
                f"{AUTHOR} {_REASONS.get(row['item'], row['asks'][:1].upper() + row['asks'][1:])}.", strong=True
            )


#: Items of which the machine knows one half only, and the half that is a person's to say.
_REASONS = {
    "9": "The reason for each limit, and whether language, status or design was limited",
    "10": "Which published filters were used, if any",
}


def _nothing(review: Review, runs: Sequence[Run]) -> list[Block]:
    return []


def _databases(review: Review, runs: Sequence[Run]) -> list[Block]:
    found = {run.source.name: run for run in runs if run.source.kind == "database"}
    said = []
    for name, run in found.items():
        configured = review.settings.get("sources", {}).get(name, {}).get("platform", "")
        platform = run.platform or configured
        said.append(f"{run.source.title}" + (f" (platform: {platform})" if platform else ""))
    return [Paragraph("; ".join(said) + ".")] if said else []


def _registers(review: Review, runs: Sequence[Run]) -> list[Block]:
    titles = list(dict.fromkeys(run.source.title for run in runs if run.source.kind == "register"))
    return [Paragraph("; ".join(titles) + ".")] if titles else []


def _websites(review: Review, runs: Sequence[Run]) -> list[Block]:
    titles = list(dict.fromkeys(run.source.title for run in runs if run.source.kind == "other"))
    return [Paragraph("; ".join(titles) + " (listed with the searches above).")] if titles else []


def _strategies(review: Review, runs: Sequence[Run]) -> list[Block]:
    with_strategy = [run for run in runs if run.data and run.data.get("strategy")]
    if not with_strategy:
        return []
    return [
        Paragraph("Each strategy stands in the appendix below, exactly as it is kept beside the records that it found.")
    ]


def _limits(review: Review, runs: Sequence[Run]) -> list[Block]:
    said = []
    for search in review.searches:
        parts = ["publication years {} to {}".format(*search.years)]
        if window := search.settings.get("window"):
            parts.append("records entered or indexed {from} to {to}".format(**window))
        if as_of := search.settings.get("as_of"):
            parts.append(f"records that PubMed had on {as_of} (which cannot restore how they were indexed that day)")
        said.append(f"{search.id}: {', '.join(parts)}")
    return [Paragraph("; ".join(said) + ".")]


def _filters(review: Review, runs: Sequence[Run]) -> list[Block]:
    filtered = sorted(
        {
            run.source.title
            for run in runs
            if _HUMANS in "".join(_strategy_text(run).lower().replace("mesh terms", "mh").replace("mesh", "mh").split())
        }
    )
    if not filtered:
        return []
    return [
        Paragraph(
            f"{'; '.join(filtered)}: the humans filter of the Cochrane Handbook, NOT (animals[mh] NOT humans[mh]), which keeps "
            "records that are not indexed yet."
        )
    ]


def _updates(review: Review, runs: Sequence[Run]) -> list[Block]:
    if len(review.searches) < 2:
        return [
            Paragraph(
                "One search. An update is a further entry in config.yaml: the whole strategy is run again over the whole range."
            )
        ]
    order = ", then ".join("{} (years {} to {})".format(search.id, *search.years) for search in review.searches)
    said = f"In this order: {order}. Each runs its whole strategy over its whole range of years."
    changed = [name for name in dict.fromkeys(run.source.name for run in runs) if len(_hashes(runs, name)) > 1]
    if changed:
        said += f" The strategy was revised between searches: {', '.join(changed)}; the appendix has each version."
    return [Paragraph(said)]


def _hashes(runs: Sequence[Run], name: str) -> set[str]:
    return {
        run.data["strategy"]["sha256"]
        for run in runs
        if run.source.name == name and run.data and run.data.get("strategy")
    }


def _dates(review: Review, runs: Sequence[Run]) -> list[Block]:
    return [Table(("Search", "Source", "Date"), tuple((run.search.id, run.source.title, run.date) for run in runs))]


def _totals(review: Review, runs: Sequence[Run]) -> list[Block]:
    rows = [(run.search.id, run.source.title, run.number("records") or "none: " + run.how) for run in runs]
    for search in review.searches:
        counted = [int(run.number("records")) for run in runs if run.search is search and run.number("records")]
        rows.append((search.id, "all sources", str(sum(counted))))
    return [Table(("Search", "Source", "Records"), tuple(rows))]


def _deduplication(review: Review, runs: Sequence[Run]) -> list[Block]:
    return [
        Paragraph(
            f"winnow {__version__} groups records into reports; no record is removed. Every pair that was joined or held apart has "
            "its rule and its evidence in results/deduplicate/pairs.csv; people's rulings in decisions/duplicates.csv go before "
            "every rule."
        )
    ]


Facts = Callable[[Review, Sequence[Run]], list[Block]]

#: What the machine knows of each item.
_FACTS: dict[str, Facts] = {
    "1": _databases,
    "3": _registers,
    "4": _websites,
    "8": _strategies,
    "9": _limits,
    "10": _filters,
    "12": _updates,
    "13": _dates,
    "15": _totals,
    "16": _deduplication,
}


def _known(review: Review, runs: Sequence[Run]) -> Iterator[Block]:
    studies = known.load(review.config_dir)
    if not studies:
        return
    yield Heading(2, "Known studies")
    yield Paragraph("Studies that the search must find (config/known_studies.csv), and whether it does.")
    rows = []
    for run in runs:
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
    ids = {row.get(name, "") for row in rows for name in ("record_id", "pmid", "doi")}
    return {
        study.id: "yes" if ids & {study.id, study.pmid or study.id, study.doi or study.id} else "no"
        for study in expected
    }


def _missed(one: dict[str, Any]) -> str:
    if not one["in_pubmed"]:
        return "no: not in PubMed"
    return f"no: missed by {', '.join(one['missed_by'])}" if one["missed_by"] else "no: excluded by the limits"


def _appendix(review: Review, runs: Sequence[Run]) -> Iterator[Block]:
    yield Heading(2, "Appendix: the strategies exactly as run")
    for run in runs:
        yield Heading(3, f"{run.search.id}: {run.source.title}")
        yield Paragraph(f"{run.how[:1].upper()}{run.how[1:]}. Date: {run.date}.")
        if run.data is None:
            continue
        data = run.data
        if note := data.get("note"):
            yield Paragraph(str(note))
        if data.get("host"):
            yield Paragraph(f"The server was not NCBI's but {data['host']}.", strong=True)
        if text := _strategy_text(run):
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
        if lint := data.get("details", {}).get("lint"):
            yield Table(("Advice on the strategy",), tuple((str(words),) for words in lint))


def _strategy_text(run: Run) -> str:
    """The frozen strategy beside the records, as it is; "" if there is none."""
    entry = (run.data or {}).get("strategy")
    path: Path | None = run.source.folder / Path(entry["file"]).name if entry else None
    if path is None or not path.is_file():
        return ""
    return path.read_bytes().decode("utf-8-sig", "replace")
