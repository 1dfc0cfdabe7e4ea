"""``winnow audit -o ZIP``: the audit pack of the review in this folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from winnow.cli import options


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("-o", dest="output", metavar="ZIP", required=True, help="where the pack goes")
    parser.add_argument(
        "--without-abstracts",
        action="store_true",
        help="leave out abstracts, and the files as received that hold them: for publishing",
    )
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the pack."""
    from winnow.audit import pack

    count = pack.write(options.review(arguments), Path(arguments.output), without_abstracts=arguments.without_abstracts)
    print(f"{arguments.output}: {count} files; check it anywhere with 'winnow verify {arguments.output}'")
    return 0
