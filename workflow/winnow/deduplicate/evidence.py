"""Why: the evidence of a pair, field by field, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from winnow.deduplicate.columns import Ints
from winnow.deduplicate.fields import Fields
from winnow.deduplicate.levels import LEVELS, Bits
from winnow.deduplicate.places import Pages


def _page(pages: Pages) -> str:
    return f"{pages.prefix}{pages.first}"


#: field, how it is called, and how a record shows it.
_SHOWN: tuple[tuple[str, str, Callable[[Fields, int], str]], ...] = (
    ("doi", "DOI", lambda fields, row: fields.identifiers.doi[row]),
    ("pmid", "PMID", lambda fields, row: ""),
    ("kind", "kind", lambda fields, row: fields.titles.kind[row] or "ordinary"),
    ("part", "part number", lambda fields, row: ""),
    ("title", "title", lambda fields, row: ""),
    ("numbers", "numbers or opposites in the title", lambda fields, row: ""),
    ("authors", "authors", lambda fields, row: fields.authors.people[row].first),
    ("year", "year", lambda fields, row: str(fields.years.cited[row])),
    ("journal", "journal", lambda fields, row: ""),
    ("volume", "volume", lambda fields, row: fields.places.volume[row]),
    ("issue", "issue", lambda fields, row: fields.places.issue[row]),
    ("pages", "first page", lambda fields, row: _page(fields.places.pages[row])),
    ("abstract", "abstract", lambda fields, row: ""),
)
_WORDS = {
    ("title", "short"): "identical but short",
    ("title", "near"): "the same but for a slip",
    ("title", "contained"): "one within the other",
    ("title", "begins"): "one the beginning of the other",
    ("title", "alike"): "alike",
    ("title", "foreign"): "in two languages",
    ("part", "one"): "in one title only",
    ("authors", "first"): "same first author",
    ("authors", "some"): "some shared",
    ("year", "near"): "one apart",
    ("pages", "near"): "overlapping",
    ("pages", "apart"): "different",
    ("doi", "version"): "another version",
}


def words(fields: Fields, a: Ints, b: Ints, levels: Mapping[str, Bits]) -> list[str]:
    """One line for each pair: what agrees, what differs, what is not known."""
    names = {field: {1 << place: level for place, level in enumerate(every)} for field, every in LEVELS.items()}
    columns = [
        (field, name, show, [names[field][bits] for bits in levels[field].tolist()]) for field, name, show in _SHOWN
    ]
    lines = []
    for place, (row_1, row_2) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        said, unknown = [], []
        for field, name, show, level_of in columns:
            level = level_of[place]
            if level == "unknown":
                unknown.append(name)
                continue
            if level == "same" and field in ("kind", "part", "numbers"):
                continue
            one, other = show(fields, row_1), show(fields, row_2)
            values = "" if not one else f" ({one})" if one == other else f" ({one} / {other})"
            said.append(f"{name} {_WORDS.get((field, level), level)}{values}")
        if unknown:
            said.append(f"not known: {', '.join(unknown)}")
        lines.append("; ".join(said))
    return lines
