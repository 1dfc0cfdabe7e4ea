"""``winnow add``: a person's exports become one source of one search."""

from __future__ import annotations

import argparse
from pathlib import Path

from winnow.cli import new, options
from winnow.errors import UsageError
from winnow.text import counted


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("search", metavar="ID", help="a search of config.yaml")
    parser.add_argument("source", metavar="SOURCE", help="a source of that search, such as cnki")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="the export as downloaded; several are one")
    parser.add_argument("--hits", type=int, required=True, metavar="N", help="the hits that the source stated")
    parser.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="the day on which the search was run")
    parser.add_argument("--strategy", type=Path, metavar="FILE", help="what was searched for, as it was entered")
    parser.add_argument("--platform", default="", metavar="TEXT", help="where it was run, such as Ovid")
    parser.add_argument(
        "--detail",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what else was set, such as library=总库, expression=专业检索, synonyms=off, cross-language=on",
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="a remark that the report repeats")
    parser.add_argument(
        "--acknowledge", action="append", default=[], metavar="TEXT", help="why records differ from the hits stated"
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check everything, then file it."""
    from winnow.records import filing

    stated = filing.Stated(
        hits=arguments.hits,
        date=arguments.date,
        strategy=arguments.strategy,
        platform=arguments.platform,
        details=dict(map(_detail, arguments.detail)),
        acknowledged=arguments.acknowledge,
        note=arguments.note,
    )
    review = options.review(arguments)
    manifest = filing.add(review, arguments.search, arguments.source, arguments.files, stated)
    records = counted(manifest.data["records"], "record")
    print(f"{review.relative(manifest.folder)}: {records} of {counted(stated.hits, 'hit')}, run on {stated.date}")
    new.note_example(manifest.folder)
    return 0


def _detail(given: str) -> tuple[str, str]:
    key, equals, value = given.partition("=")
    if not (equals and key.strip() and value.strip()):
        raise UsageError(f"--detail {given}", mend="write --detail KEY=VALUE")
    return key.strip(), value.strip()
