"""What the page says, in English and Chinese: one table."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources

LANGUAGES = {"en": "en", "zh": "zh-Hans"}


@cache
def words(language: str) -> dict[str, str]:
    """The page's words by key in one of :data:`LANGUAGES`."""
    text = resources.files("winnow.serve").joinpath("words.csv").read_text(encoding="utf-8")
    return {row["key"]: row[language] for row in csv.DictReader(io.StringIO(text, newline=""))}
