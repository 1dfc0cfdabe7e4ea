"""Record ids: ``pubmed:<pmid>`` for PubMed's own records, else ``<source>:<12 hex>`` of the raw text's SHA-256.

The same text found again by a later search has the same id; the same text twice in one source becomes ``...-2``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

#: Formats that only PubMed writes: a PMID in them is the record's own, and not a cross-reference.
PUBMED_FORMATS = frozenset({"medline", "pubmedxml"})


def record_ids(records: Iterable[Mapping[str, str]], source: str) -> list[str]:
    """One id for each record of one source, in order, all different."""
    seen: Counter[str] = Counter()
    ids = []
    for record in records:
        own = source == "pubmed" or record.get("format") in PUBMED_FORMATS
        if own and record.get("pmid"):
            wanted = f"pubmed:{record['pmid']}"
        else:
            wanted = f"{source}:{record['sha256'][:12]}"
        seen[wanted] += 1
        ids.append(wanted if seen[wanted] == 1 else f"{wanted}-{seen[wanted]}")
    return ids
