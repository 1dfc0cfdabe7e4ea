"""The review in a dozen lines, from the flow that the report stage proved."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from winnow import tables
from winnow.errors import InputError
from winnow.review import Review


def summary(review: Review) -> str:
    """Found, merged, screened, included, what still needs a decision, where to look.

    Raises:
        InputError: the report stage has not run.
    """
    path = review.result("report", "prisma.json")
    if not path.is_file():
        raise InputError("no such file", where=review.relative(path), mend="run 'make review' (or snakemake) first")
    flow: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = [review.title]
    if notice := review.settings["review"].get("notice"):
        lines.append(f"  note       {notice}")
    for label, words in ROWS:
        parts = [f"{count} {word}" for word, keys in words if (count := _sum(flow, keys)) is not None]
        if parts:
            lines.append(f"  {label:<10} {', '.join(parts)}")
    lines.append(f"  to decide  {_open(review)}")
    lines += [f"  {label:<10} {review.relative(review.result(*place))}" for label, place in PLACES]
    return "\n".join(lines)


#: label, then (word, keys of prisma.json that add up)
ROWS: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    (
        "found",
        (
            ("records in databases", ("database_results",)),
            ("in registers", ("register_results",)),
            ("by other methods", ("website_results", "organisation_results", "citations_results")),
        ),
    ),
    ("merged", (("duplicate records removed", ("duplicates",)), ("removed for other reasons", ("excluded_other",)))),
    (
        "screened",
        (
            ("records screened", ("records_screened",)),
            ("excluded", ("records_excluded",)),
            ("excluded by rules", ("excluded_automatic",)),
        ),
    ),
    (
        "assessed",
        (
            ("reports assessed", ("dbr_assessed", "other_assessed")),
            ("not retrieved", ("dbr_notretrieved_reports", "other_notretrieved_reports")),
        ),
    ),
    (
        "included",
        (("new studies", ("new_studies",)), ("reports", ("new_reports",)), ("studies in all", ("total_studies",))),
    ),
)

PLACES = (
    ("diagram", ("report", "prisma.svg")),
    ("table", ("extract", "extraction_table.csv")),
    ("worklist", ("screen", "to_decide.csv")),
    ("look here", ("report", "index.html")),
)


def _sum(flow: dict[str, Any], keys: tuple[str, ...]) -> int | None:
    counts = [flow[key]["n"] for key in keys if isinstance(flow.get(key), dict) and flow[key].get("n") is not None]
    return sum(counts) if counts else None


def _open(review: Review) -> str:
    path = review.result("screen", "to_decide.csv")
    why = Counter(row["why"] for _, row in tables.read_rows(path)) if path.is_file() else Counter()
    if not why:
        return "nothing"
    parts = ", ".join(f"{reason} {count}" for reason, count in sorted(why.items()))
    return f"{sum(why.values())} ({parts})"
