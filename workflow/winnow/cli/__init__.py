"""The door: one thin command per verb.

Each verb is a module of this room with ``SUMMARY``, ``configure(parser)`` and ``run(arguments) -> int``; it is imported only when
it is called, so that ``winnow --help`` costs nothing. Faults become lines on stderr and an exit code here and nowhere else.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from winnow import __version__
from winnow.errors import WinnowError, shown

#: verb: (module in this room, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("check", "check config, manifests, hashes and decisions: one line per fault"),
    "search": ("search", "run a search of config.yaml through Entrez into searches/ID"),
    "add": ("add", "file a person's exports in a search folder, hashed"),
    "import": ("import_", "read any export, format sniffed, into one table of records"),
    "export": ("export", "write records as .ris, .nbib, .bib or .csv"),
    "records": ("records", "the review's records stage"),
    "deduplicate": ("deduplicate", "group records into reports, with the evidence for each pair"),
    "screen": ("screen", "verdicts per criterion, and what people decided"),
    "rank": ("rank", "put records in order for human screening"),
    "simulate": ("simulate", "replay a labelled review to measure the ranking"),
    "fulltext": ("fulltext", "look for open copies of the reports that are sought"),
    "extract": ("extract", "suggest values, and join those that people verified"),
    "synthesise": ("synthesise", "counts, pooled estimates and statements"),
    "report": ("report", "flow diagram, tables and page"),
    "explain": ("explain", "one record's whole story"),
    "decide": ("decide", "append one sealed decision to a reviewer's ledger"),
    "seal": ("seal", "seal rows that were typed by hand"),
    "verify": ("verify", "check the chains of the ledgers, or an audit pack"),
    "amend": ("amend", "approve a changed file of the protocol, with the reason"),
    "audit": ("audit", "write the audit pack"),
    "diff": ("diff", "compare two searches: new, changed, vanished, retracted"),
    "changes": ("changes", "what the latest search changed; --exit-code says whether it brought anything"),
    "serve": ("serve", "open the local screening page"),
    "new": ("new", "write a skeleton for another review"),
    "summary": ("summary", "what the review has come to, in a dozen lines"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 the input is at fault, 2 usage)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except WinnowError as error:
        print(f"winnow: {error.line}".replace("\n", "\nwinnow: "), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk, a folder that must not be written to
        print(
            f"winnow: {shown(str(error.filename or 'a file'))}: {shown(str(error.strerror or error))}", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("winnow: interrupted; nothing was left half-written", file=sys.stderr)
        return 130


def _dispatch(words: list[str]) -> int:
    try:
        if not words or words[0] not in COMMANDS:
            _overview().parse_args(words[:1])
        module, summary = COMMANDS[words[0]]
        command = importlib.import_module(f"winnow.cli.{module}")
        parser = argparse.ArgumentParser(prog=f"winnow {words[0]}", description=summary)
        command.configure(parser)
        # Files may stand before, between and after the options.
        arguments = parser.parse_intermixed_args(words[1:])
    except SystemExit as leaving:
        return int(leaving.code or 0)
    with _rare_collections():
        code: int = command.run(arguments)
    return code


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cycles seldom: a command holds millions of cells, hardly one in a cycle, and each look goes through them all."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _overview() -> argparse.ArgumentParser:
    """What ``winnow --help`` shows: every verb, and nothing of any."""
    parser = argparse.ArgumentParser(prog="winnow", description="Systematic reviews as code.")
    parser.add_argument("--version", action="version", version=f"winnow {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    for name, (_, summary) in COMMANDS.items():
        verbs.add_parser(name, help=summary, description=summary)
    return parser
