"""The extractors on real abstracts (developers' data): what they promise holds, so that a change that breaks it is seen.

These abstracts are those on which the tables were fitted; ``benchmarks/fit_extract.py`` prints the scores on unseen ones.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from winnow.extract.extractors import EXTRACTORS
from winnow.extract.numbers import whole
from winnow.extract.passage import Passage

pytestmark = pytest.mark.slow


def labelled(shared: Path, name: str) -> list[dict[str, str]]:
    table = pd.read_csv(shared / "data" / "extraction" / f"{name}.csv.gz", dtype=str, keep_default_na=False)
    return table.to_dict("records")[:250]


def test_totals_are_right_and_the_sure_ones_more_so(shared: Path) -> None:
    """At least 95 % of stated totals, and 97 % of those of high confidence, which are at least 75 %."""
    right, sure, sure_right = 0, 0, 0
    rows = [row for row in labelled(shared, "pico_corpus_sample_size") if row["total_participants"]]
    for row in rows:
        wanted = {whole(" ".join(part.split())) for part in row["total_participants"].split("|")}
        found = EXTRACTORS["sample_size.total"](Passage("abstract", row["text"]))
        good = bool(found) and int(found[0].number) in wanted
        right += good
        if found and found[0].confidence >= 0.9:
            sure += 1
            sure_right += good
    assert right / len(rows) >= 0.95
    assert sure_right / sure >= 0.97 and sure / len(rows) >= 0.75


def test_quotes_of_real_texts_are_exact(shared: Path) -> None:
    """Tokenised or not: every quote stands at its offsets."""
    from winnow.extract import form
    from winnow.extract.suggest import passages, suggest

    trial = form.load("builtin:trial")
    for row in labelled(shared, "ctcorpus_docs")[:60]:
        found = suggest(trial, passages({"title": "", "abstract": row["text"]}))
        assert found
        assert all(row["text"][int(each["start"]) : int(each["end"])] == each["quote"] for each in found)
