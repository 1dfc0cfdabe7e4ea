"""What the page says, in English and Chinese: one table."""

from __future__ import annotations

from functools import cache

from winnow import package_data

LANGUAGES = {"en": "en", "zh": "zh-Hans"}


@cache
def words(language: str) -> dict[str, str]:
    """The page's words by key in one of :data:`LANGUAGES`."""
    return {row["key"]: row[language] for row in package_data.rows("serve/words.csv")}
