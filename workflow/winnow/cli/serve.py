"""``winnow serve``: work through what needs a person, in a browser on this machine."""

from __future__ import annotations

import argparse
import contextlib

from winnow.cli import options
from winnow.decisions.kinds import REVIEWER, ROLES


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow serve``."""
    parser.add_argument("--reviewer", required=True, metavar="NAME", help="whose decisions these will be")
    parser.add_argument("--role", default=REVIEWER, choices=ROLES, help="adjudicator: settle the conflicts")
    parser.add_argument(
        "--hide-evidence",
        action="store_true",
        help="do not show what the rules found; the decisions say so in their note",
    )
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    options.add_review(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; every decision is on the disk before the next record is shown."""
    from winnow.serve.desk import Desk
    from winnow.serve.serving import prepared

    desk = Desk(options.review(arguments), arguments.reviewer, arguments.role, arguments.hide_evidence)
    serving = prepared(desk, arguments.port)
    print(f"{len(desk.queue())} items wait for {arguments.reviewer}. Open {serving.address}", flush=True)
    print("Ctrl-C ends the page; every decision is already in the ledger.", flush=True)
    if not arguments.no_browser:
        import webbrowser

        webbrowser.open(serving.address)
    with contextlib.suppress(KeyboardInterrupt):
        serving.run()
    return 0
