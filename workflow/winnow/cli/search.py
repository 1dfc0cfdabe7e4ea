"""``winnow search``: run a search of the configuration, or write the report on all of them."""

from __future__ import annotations

import argparse
import sys

from winnow.cli import new, options
from winnow.errors import InputError, UsageError, raise_all
from winnow.review import Review, Search, Source


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("search", nargs="?", metavar="ID", help="a search of config.yaml")
    parser.add_argument("--source", metavar="NAME", help="only this source of it")
    parser.add_argument(
        "--report", action="store_true", help="instead: write results/search/search_report.md and .html (PRISMA-S)"
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Search what is not archived yet; archived folders are used as they are."""
    review = options.review(arguments)
    if arguments.report:
        from winnow.cli import stages

        if arguments.search or arguments.source:
            raise UsageError("--report covers every search", mend="leave ID and --source out")
        stages.run("search", review)
        return 0
    if not arguments.search:
        raise UsageError("which search?", mend=f"one of {', '.join(search.id for search in review.searches)}")
    _search(review, _named(review, arguments.search), arguments.source)
    return 0


def _named(review: Review, name: str) -> Search:
    for search in review.searches:
        if search.id == name:
            return search
    known = ", ".join(search.id for search in review.searches)
    raise UsageError(f"no search '{name}'", where=str(review.config_files[-1]), mend=f"add it, or use one of {known}")


def _search(review: Review, search: Search, only: str | None) -> None:
    from winnow.search import notices, running, status

    chosen = [source for source in search.sources if only in (None, source.name)]
    if not chosen:
        names = ", ".join(source.name for source in search.sources)
        raise UsageError(f"search '{search.id}' has no source '{only}'", mend=f"its sources are {names}")
    faults: list[InputError] = []
    ran = False
    for source in chosen:
        where = review.relative(source.folder)
        if source.archived:
            print(f"{where}: archived ({source.manifest.date}), used as it is")
        elif source.name == "pubmed":
            filed = running.run_source(review, search, source)
            ran = True
            for note in filed.notes:
                print(f"winnow: note: {note}", file=sys.stderr)
            kept = f" ({filed.resumed} answers kept from an earlier run)" if filed.resumed else ""
            print(f"{where}: {filed.records} records{kept}")
            new.note_example(source.folder)
        else:
            faults.append(running.no_api(source))
    if ran or (search.id == review.searches[-1].id and any(_from_entrez(source) for source in chosen)):
        checked = status.fetch(review, search)
        if checked is not None:
            print(f"searches/{search.id}/{notices.FOLDER}: notices about {checked} reports included or awaiting")
    raise_all(faults)


def _from_entrez(source: Source) -> bool:
    return source.archived and source.manifest.method == "entrez"
