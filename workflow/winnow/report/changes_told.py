"""The table of changes as people read it: ``changes.md``, and the pieces that the page shows.

A long list is cut where reading ends, and says so; the table itself never is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile

from winnow.errors import InputError
from winnow.report.changes import COLUMNS, KINDS, Changes, counts, news
from winnow.report.evidence import Row
from winnow.report.story import optional
from winnow.review import Review
from winnow.search.pages import Block, Heading, Paragraph, Table

#: Rows of one list that are shown; the rest stands in changes.csv.
SHOWN = 100
#: Characters around a difference, and of a cell in all.
_AROUND = 40
_LONGEST = 240
HEADINGS = {
    "report_id": "Report", "source": "Source", "what": "What", "before": "Before", "after": "Now", "state": "Where it stands",
    "to_decide": "To decide", "note": "Note", "year": "Year", "title": "Title",
}  # fmt: skip
#: Kinds whose rows come from a source: what their records are called in the table by source.
OF_SOURCES = {
    "new": "Of new reports", "late": "Of late reports", "new record": "Of known reports, new", "changed": "Changed",
    "vanished": "Vanished", "out of scope": "Not searched again",
}  # fmt: skip


def document(told: Changes) -> list[Block]:
    """``changes.md`` as blocks."""
    if not told.earlier:
        why = f"This review has one search, {told.latest}; there is nothing to hold it against."
        return [Heading(1, "What changed"), Paragraph(why), Paragraph(to_decide(told.to_decide)), *_protocol(told)]
    beside = ", ".join(told.earlier)
    blocks: list[Block] = [
        Heading(1, f"What changed with search {told.latest}"),
        Paragraph(
            f"Held against {'the earlier search' if len(told.earlier) == 1 else 'the earlier searches'} {beside}."
        ),
        Paragraph(f"{to_decide(told.to_decide)} Every row below, in full and with its ids, stands in changes.csv."),
        Table(("Change", "How many", "Meaning"), tuple(counted(told.rows))),
        Heading(2, "Records by source"),
        Table(
            ("Source", "Records", *OF_SOURCES.values()),
            tuple(
                (title, str(told.found.get(title, 0)), *numbers) for title, *numbers in by_source(told.rows, told.found)
            ),
        ),
    ]
    for kind, (headings, rows, left_out) in lists(told.rows).items():
        blocks += [Heading(2, KINDS[kind].heading), Paragraph(_sentence(KINDS[kind].meaning))]
        if kind == "verdict" and told.former:
            row = told.former.row
            blocks.append(Paragraph(f"Held against the version approved on {row['date']} (SHA-256 {row['sha256']})."))
        blocks.append(Table(tuple(headings), tuple(rows)))
        if left_out:
            blocks.append(Paragraph(f"{left_out} rows more in changes.csv.", strong=True))
    return [*blocks, *_protocol(told)]


def _protocol(told: Changes) -> list[Block]:
    """Every approved version of the protocol, if the protocol has been fixed."""
    if not told.amendments:
        return []
    names = ("date", "file", "reason", "results_known", "by", "sha256")
    approved = tuple(tuple(row[name] for name in names) for row in told.amendments)
    return [
        Heading(2, "Protocol"),
        Paragraph("Every approved version, oldest first."),
        Table(("Date", "File", "Reason", "Results known", "By", "SHA-256"), approved),
    ]


def told(review: Review) -> tuple[list[str], bool]:
    """What changed, in lines of plain text, and whether the latest search brought anything.

    Raises:
        InputError: the review has one search, or its report has not been made.
    """
    path = review.result("report", "changes.csv")
    if len(review.searches) < 2:
        raise InputError(
            "one search: nothing to hold it against",
            where=str(review.config_files[-1]),
            mend="add a search after it (docs/update.md)",
        )
    if not path.is_file():
        raise InputError("no such file", where=review.relative(path), mend="run 'make review' (or snakemake) first")
    rows = optional(path, COLUMNS)
    waiting = optional(review.result("screen", "to_decide.csv"), ("why",))
    numbers = [f"{n:>6}  {KINDS[kind].heading.lower()}" for kind, n in counts(rows).items() if n]
    lines = [
        f"search {review.searches[-1].id}, beside {', '.join(search.id for search in review.searches[:-1])}",
        *(numbers or ["     0  changes"]),
        f"{len(waiting):>6}  entries in {review.relative(review.result('screen', 'to_decide.csv'))}",
        f"        {review.relative(path.with_suffix('.md'))}",
    ]
    return lines, bool(news(rows))


def to_decide(why: Mapping[str, int]) -> str:
    """What still needs a person, in a sentence."""
    if not why:
        return "Nothing is left to decide."
    parts = ", ".join(f"{reason} {n}" for reason, n in why.items())
    return f"To decide: {sum(why.values())} ({parts}), listed in screen/to_decide.csv."


def counted(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """Each kind of change with its number, unit and meaning."""
    return [
        (KINDS[kind].heading, f"{n} {KINDS[kind].unit}{'' if n == 1 else 's'}", KINDS[kind].meaning)
        for kind, n in counts(rows).items()
    ]


def by_source(rows: Sequence[Row], sources: Mapping[str, int] | Sequence[str] = ()) -> list[tuple[str, ...]]:
    """Records of each kind by source: the sources given first, then others that have rows."""
    told = {(row["change"], row["source"], row["record_id"]) for row in rows if row["change"] in OF_SOURCES}
    numbers = Counter((source, kind) for kind, source, _ in told)
    names = dict.fromkeys([*sources, *sorted({source for _, source, _ in told})])
    return [(name, *(str(numbers[name, kind]) for kind in OF_SOURCES)) for name in names]


def lists(rows: Sequence[Row]) -> dict[str, tuple[list[str], list[tuple[str, ...]], int]]:
    """For each kind that has rows: headings of the columns that say something, the rows shown, and how many are left out."""
    found = {}
    for kind in KINDS:
        its = [row for row in rows if row["change"] == kind]
        if its:
            names = [name for name in HEADINGS if any(row[name] for row in its)]
            shown = [_cells(row, names) for row in its[:SHOWN]]
            found[kind] = ([HEADINGS[name] for name in names], shown, max(0, len(its) - SHOWN))
    return found


def _cells(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    before, after = narrowed(row["before"], row["after"])
    shown = row | {"before": before, "after": after}
    return tuple(_short(shown[name]) for name in names)


def narrowed(before: str, after: str) -> tuple[str, str]:
    """Two long texts cut down to where they differ, with a few words around it."""
    if max(len(before), len(after)) <= _LONGEST or not (before and after):
        return before, after
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    first, last = max(0, start - _AROUND), max(0, end - _AROUND)

    def cut(text: str) -> str:
        return ("…" if first else "") + text[first : len(text) - last] + ("…" if last else "")

    return cut(before), cut(after)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
