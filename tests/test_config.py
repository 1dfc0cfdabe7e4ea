"""Configuration faults name file, line, key and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from winnow import config, review
from winnow.errors import Faults, WinnowError

GOOD = """\
review:
  title: A review
searches:
  - id: one
    years: [1985, 2011]
    databases: [pubmed]
"""

#: Nine lists of nine, each of the one before: half a gigabyte of x in a few hundred bytes.
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_every_pattern_of_a_schema_is_also_said_in_words() -> None:
    """A name that does not fit is told in words, never by a regular expression."""

    def patterns(schema: object) -> Iterator[dict[str, object]]:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str):
                yield schema
            for inner in schema.values():
                yield from patterns(inner)
        elif isinstance(schema, list):
            for inner in schema:
                yield from patterns(inner)

    names = ("config", "criteria", "extraction", "synthesis", "published")
    found = [(name, each) for name in names for each in patterns(config.schema(name))]
    assert len(found) > 8 and [name for name, each in found if "spelling" not in each] == []


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / "config" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (GOOD.replace("years:", "yeers:"), 5, "did you mean 'years'?"),
        (GOOD + "screenning: {}\n", 7, "did you mean 'screening'?"),
        (GOOD + "screening:\n  rules: exclud\n", 8, "use one of propose, exclude"),
        (GOOD.replace("[1985, 2011]", "[2011, 1985]"), 0, "years run backwards"),
        (GOOD.replace("    databases: [pubmed]\n", "    databases: []\n"), 0, "no source"),
        (GOOD + "results: a\nresults: b\n", 8, "given twice"),
        (GOOD + "review: [\n", 8, "not YAML"),
        ("- a\n", 0, "should be a mapping"),
        (GOOD.replace("[1985, 2011]", "1985"), 5, "should be a list"),
        (GOOD + "results: decisions/mine\n", 0, "results cannot go to 'decisions/mine'"),
        (GOOD + "results: .\n", 0, "results cannot go to '.'"),
        (GOOD + "results: ../elsewhere\n", 0, "results cannot go to '../elsewhere'"),
        (GOOD + "results: /elsewhere\n", 0, "results cannot go to '/elsewhere'"),
        (GOOD + "deep: " + "[" * 5000 + "]" * 5000 + "\n", 0, "nested too deeply"),
        (GOOD + "itself: &a [*a]\n", 0, "nested too deeply"),
        (GOOD + ALIASES, 0, "more than 100000 keys"),
        (GOOD.replace("title: A review", "name: x"), 2, "review has no 'title'"),
        (GOOD.replace("id: one", "id: 第一次"), 4, "searches.0.id is '第一次' - use letters A to Z, digits"),
    ],
)
def test_a_bad_key_is_one_line(text: str, line: int, says: str, tmp_path: Path) -> None:
    """Each fault is one line that names the file, the line and the remedy."""
    path = write(tmp_path, text)
    with pytest.raises(WinnowError) as caught:
        review.load([path], tmp_path)
    faults = caught.value.faults if isinstance(caught.value, Faults) else [caught.value]
    told = [fault.line for fault in faults]
    assert all("\n" not in text for text in told)
    assert any(says in text and "config.yaml" in text for text in told)
    if line:
        assert any(f"config.yaml:{line}" in text for text in told)


def test_an_overlay_replaces_lists_and_merges_mappings(tmp_path: Path) -> None:
    """Overlays merge as Snakemake's do: mappings key by key, lists replaced; a fault names the overlay's line."""
    base = write(tmp_path, GOOD + "screening: {rules: propose}\n")
    more = write(
        tmp_path, "results: results-2\nscreening:\n  reviewers:\n    title_abstract: {people: [a]}\n", "more.yaml"
    )
    merged = review.load([base, more], tmp_path)
    assert merged.settings["screening"] == {"rules": "propose", "reviewers": {"title_abstract": {"people": ["a"]}}}
    assert merged.results == tmp_path / "results-2"
    more.write_text("results: 5\n")
    with pytest.raises(WinnowError, match=r"more\.yaml:1"):
        review.load([base, more], tmp_path)
