"""Record ids: ``pubmed:<pmid>`` for PubMed's own records, else ``<source>:<12 hex>`` of the raw text's SHA-256.

The same text found again by a later search has the same id; the same text twice in one source becomes ``...-2``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

#: Formats that only PubMed writes: a PMID in them is the record's own, and not a cross-reference.
PUBMED_FORMATS = frozenset({"medline", "pubmedxml"})


class RecordIds:
    """Gives each record of a source an id of its own, in order."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def assign(self, record: Mapping[str, str], source: str) -> str:
        """The id of the next record of ``source``: by its ``format``, ``pmid`` and ``sha256``."""
        own = source == "pubmed" or record.get("format") in PUBMED_FORMATS
        wanted = f"pubmed:{record['pmid']}" if own and record.get("pmid") else f"{source}:{record['sha256'][:12]}"
        self._given[wanted] += 1
        return wanted if self._given[wanted] == 1 else f"{wanted}-{self._given[wanted]}"
