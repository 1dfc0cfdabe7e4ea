"""What ESearch and EFetch answer, read with suspicion: XML without entities or network, every number checked."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from winnow.errors import InputError, SearchError
from winnow.records import pubmed_xml
from winnow.search.conversation import Broken, Wrong

NOT_PUBMED = "this is not PubMed; check entrez.base_url and the network"
#: ESearch's own words when it is asked for what it will never give; asking again is useless.
REFUSALS = ("cannot be larger than", "can only retrieve the first", "Invalid db name", "Empty term", "API key invalid")
#: 9,999 PMIDs and a long QueryTranslation are half a megabyte. An ESearch answer is read whole, so it must not be a flood.
LONGEST_ESEARCH = 4 << 20
#: As PubMed writes it. With zeros before it, or endless, it is the name of no record.
_PMID = re.compile(r"[1-9][0-9]{0,11}")
#: What says nothing beyond a count of 0.
_NOTHING_FOUND = "No items found."


@dataclass(frozen=True)
class Found:
    """What one ESearch found.

    ``count`` is of all hits; ``pmids`` is the whole list or, if there are more than were asked for, empty; ``warnings`` are
    named as the configuration acknowledges them (``PhraseNotFound: xyz``).
    """

    count: int
    pmids: tuple[str, ...]
    translation: str
    warnings: tuple[str, ...]


def esearch(body: bytes, *, retmax: int) -> Found:
    """Read an ESearch answer that was asked for up to ``retmax`` PMIDs.

    Raises:
        Broken: cut, garbled, or an ``<ERROR>`` that may pass.
        Wrong: the numbers contradict each other.
        SearchError: hostile, or refused for good.
    """
    if len(body) > LONGEST_ESEARCH:
        raise SearchError(f"the answer is longer than {LONGEST_ESEARCH >> 20} MB", where="esearch", mend=NOT_PUBMED)
    root = _parsed(body)
    if root.tag != "eSearchResult":
        raise Broken(f"the answer is {root.tag}, not eSearchResult{_said(root)}")
    for error in root.iter("ERROR"):
        words = " ".join("".join(error.itertext()).split())
        if any(refusal in words for refusal in REFUSALS):
            raise SearchError(f"PubMed refuses: {words[:300]}", where="esearch")
        raise Broken(f"PubMed answers with an error: {words[:300]}")
    count = _number(root.findtext("Count"), "Count")
    pmids = tuple(" ".join((element.text or "").split()) for element in root.iterfind("IdList/Id"))
    if strange := [pmid for pmid in pmids if not _PMID.fullmatch(pmid)]:
        raise Wrong(f"'{strange[0][:40]}' is no PMID")
    if len(set(pmids)) != len(pmids):
        raise Wrong(f"PMID {Counter(pmids).most_common(1)[0][0]} is listed twice")
    if retmax and len(pmids) != min(count, retmax):
        raise Wrong(f"{count} hits are stated, {len(pmids)} listed")
    if count > retmax:  # an incomplete list is of no use to anyone
        pmids = ()
    return Found(count, pmids, " ".join((root.findtext("QueryTranslation") or "").split()), _warnings(root, count))


class NotGiven(Wrong):
    """PubMed listed a record and does not give it, as when it was deleted in between."""

    def __init__(self, pmids: Sequence[str], among: int) -> None:
        super().__init__(f"{len(pmids)} of {among} records are missing: PMID {_listed(pmids)}")
        names = ", ".join(f'"{not_given(pmid)}"' for pmid in pmids[:20])
        self.mend = (
            "run the same command again later, it goes on where it stopped; a record that PubMed has withdrawn is accepted as "
            f"missing in config.yaml under entrez: acknowledged: [{names}]"
        )


def not_given(pmid: str) -> str:
    """The name by which config.yaml accepts that a listed record is missing."""
    return f"NotGiven: {pmid}"


def efetch(body: bytes, wanted: Sequence[str], spared: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Check that an EFetch answer holds exactly the records that were asked for, each once, all readable.

    Returns:
        those PMIDs of ``spared`` that are missing: somebody accepted it by name.

    Raises:
        Broken: cut, garbled, or no set of records.
        NotGiven, Wrong: records are missing, doubled or not asked for; it names them.
        SearchError: hostile.
    """
    refuse_entities(body)
    try:
        got = Counter(row["pmid"] for row in pubmed_xml.read(io.BytesIO(body)))
    except pubmed_xml.Endless as fault:
        raise SearchError(fault.what, where="efetch", mend=NOT_PUBMED) from None
    except InputError as fault:
        raise Broken(fault.what) from None
    missing = [pmid for pmid in wanted if pmid not in got]
    if unexpected := [pmid for pmid in missing if pmid not in spared]:
        raise NotGiven(unexpected, len(wanted))
    if strange := sorted(set(got) - set(wanted)):
        raise Wrong(f"records came that nobody asked for: PMID {_listed(strange)}")
    if doubled := sorted(pmid for pmid, times in got.items() if times > 1):
        raise Wrong(f"records came twice: PMID {_listed(doubled)}")
    return tuple(missing)


def _parsed(body: bytes) -> Any:
    refuse_entities(body)
    parser = etree.XMLParser(
        load_dtd=False, no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken(f"the answer is no whole XML document ({str(error)[:120]})") from None
    return root


def refuse_entities(body: bytes) -> None:
    """PubMed's answers declare no entities. Whoever sends some wants something else."""
    if b"<!ENTITY" in body or b"<\0!\0E\0N\0T\0" in body or b"\0<\0!\0E\0N\0T" in body:
        raise SearchError("the answer declares XML entities", mend=NOT_PUBMED)


def _number(text: str | None, name: str) -> int:
    words = (text or "").strip()
    if not (words.isascii() and words.isdigit() and len(words) < 12):
        raise Broken(f"{name} is '{words[:40]}', not a number")
    return int(words)


def _warnings(root: Any, count: int) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("ErrorList", "WarningList"):
        for element in root.iterfind(f"{name}/*"):
            words = " ".join("".join(element.itertext()).split())
            if words != _NOTHING_FOUND or count:
                found.append(f"{element.tag}: {words}")
    return tuple(found)


def _said(root: Any) -> str:
    words = " ".join("".join(root.itertext()).split())[:200]
    return f" ({words})" if words else ""


def _listed(pmids: Sequence[str]) -> str:
    shown = ", ".join(pmids[:20])
    return shown if len(pmids) <= 20 else f"{shown} and {len(pmids) - 20} more"
