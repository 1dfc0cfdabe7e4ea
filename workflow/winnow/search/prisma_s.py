"""The 16 items of PRISMA-S (Rethlefsen et al., Syst Rev 2021;10:39), each with what the machine knows and what people stated.

Where neither says anything the item reads "Author must state".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from winnow import __version__, package_data
from winnow.review import Review
from winnow.search.pages import Block, Heading, Paragraph, Table
from winnow.search.runs import Run

AUTHOR = "Author must state."
#: How Cochrane's humans filter is recognised in a strategy, whatever its spacing and tags.
_HUMANS = "not(animals[mh]nothumans[mh])"


def items(review: Review, runs: Sequence[Run]) -> Iterator[Block]:
    """The items in order, as blocks of the report."""
    stated = review.settings.get("prisma_s", {})
    group = ""
    for row in package_data.rows("search/prisma_s.csv"):
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
            if _HUMANS in "".join(run.strategy.lower().replace("mesh terms", "mh").replace("mesh", "mh").split())
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
