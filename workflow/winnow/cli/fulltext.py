"""``winnow fulltext``: look for open copies of what is sought, or keep a file that somebody obtained."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from winnow.cli import options
from winnow.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow fulltext``."""
    parser.add_argument("--again", action="store_true", help="ask also about reports that were looked up before")
    parser.add_argument("--add", nargs=2, metavar=("ID", "FILE"), help="keep FILE as the full text of a report")
    parser.add_argument("--by", metavar="NAME", help="with --add: who obtained it")
    parser.add_argument("--from", dest="obtained_from", default="", metavar="TEXT", help="with --add: where from")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look up, or keep a file."""
    review = options.review(arguments)
    if arguments.add:
        from winnow.screen.fulltext import supplied

        if not arguments.by:
            raise UsageError("--add needs --by", mend="winnow fulltext --add ID FILE --by NAME")
        kept = supplied.add(review, arguments.add[0], Path(arguments.add[1]), arguments.by, arguments.obtained_from)
        print(f"{kept}: kept, and written in decisions/retrieval.csv")
        return 0
    from winnow.screen.fulltext import looking
    from winnow.screen.fulltext.services import COPY, NO_ANSWER

    asked = looking.sought(review, again=arguments.again)
    if not asked:
        print("no full text is sought that was not looked up before")
        return 0
    folder = looking.look_up(review, asked)
    rows = looking.found_in(folder)
    count = Counter(row["found"] for row in rows)
    copies = len({row["report_id"] for row in rows if row["found"] == COPY})
    texts = sum(bool(row["file"]) for row in rows)
    print(
        f"{review.relative(folder)}: {len(asked)} reports looked up, open copies of {copies}, {texts} full texts kept"
    )
    if count[NO_ANSWER]:
        print(f"{count[NO_ANSWER]} questions brought no answer; 'winnow fulltext' asks them again")
    print("Run the review again to see them in results/screen/fulltext.csv and on the screening page.")
    return 0
