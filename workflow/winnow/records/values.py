"""What a raw value of one tag means: each function turns it into clean values, and none of them guesses.

The tag table (``tags.csv``) names the function in its column ``how``; :data:`HOW` is the list of them. A value that is not
what its tag promises (an ISBN under ISSN, a link without a DOI) gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from winnow import package_data, text
from winnow.records import dates, people
from winnow.records.cleaning import clean, listed
from winnow.tables import split

How = Callable[[str], list[str]]

_MARKUP = re.compile(r"^\s*[<＜〈]正[>＞〉]\s*|\(#br\)")
_ISSN = re.compile(r"(?<![\dA-Za-z-])(\d{4})-?(\d{3}[\dXx])(?![\dA-Za-z-])", re.ASCII)
_DIGITS = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_LABELLED_PMID = re.compile(r"\b(?:PUBMED|PMID)\b\s*[:=]?\s*([1-9]\d{0,8})\b", re.IGNORECASE)
_LABELLED_DOI = re.compile(r"\bdoi\b[\s:]*(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\d+\b")
_WINNOW_ID = re.compile(r"[A-Za-z0-9][\w.-]*:(?:\d{1,9}|[0-9a-f]{12})(?:-\d+)?")


def _text(value: str) -> list[str]:
    return [cleaned] if (cleaned := clean(value)) else []


def _abstract(value: str) -> list[str]:
    if value.strip().lower() == "[no abstract available]":  # so Scopus says that there is none
        return []
    return _text(_MARKUP.sub(" ", value) if "正" in value[:8] or "(#br)" in value else value)


def _list_or_commas(value: str) -> list[str]:
    """Keywords parted by semicolons or, where there are none, by commas."""
    value = clean(value)
    if ";" in value or "；" in value:
        return listed(value)
    return [part for part in (piece.strip() for piece in re.split("[,，]", value)) if part]


def _pipes(value: str) -> list[str]:
    return [part for piece in value.split("|") for part in listed(piece)]


def _pages(value: str) -> list[str]:
    return _text(value.replace("--", "-"))


def _pmid_url(value: str) -> list[str]:
    found = re.search(r"(?<!\d)([1-9]\d{0,8})/?\s*$", value)
    return [found.group(1)] if found else []


def _issn(value: str) -> list[str]:
    found: dict[str, None] = {}
    for first, second in _ISSN.findall(value if value.isascii() else text.fold(value)):
        found[f"{first}-{second.upper()}"] = None
    return list(found)


def _doi(value: str) -> list[str]:
    if "10." not in value and value.isascii():
        return []
    return [found] if (found := text.doi(value)) else []


def _labelled_doi(value: str) -> list[str]:
    return [text.doi(found.group(1))] if (found := _LABELLED_DOI.search(value)) else []


def _pmid(value: str) -> list[str]:
    value = text.fold(value)
    return [value] if _DIGITS.fullmatch(value) else _labelled_pmid(value)


def _labelled_pmid(value: str) -> list[str]:
    return [found.group(1)] if (found := _LABELLED_PMID.search(value)) else []


def _pmcid(value: str) -> list[str]:
    return [found.group()] if (found := _PMCID.search(value)) else []


def _url(value: str) -> list[str]:
    value = re.sub(r"^(https?):\s+//", r"\1://", clean(value))
    return [value] if value.startswith(("http://", "https://", "ftp://", "www.")) else []


def _winnow_id(value: str) -> list[str]:
    return [value] if _WINNOW_ID.fullmatch(value := value.strip()) else []


@cache
def _types() -> dict[tuple[str, str], str]:
    return {(row["how"], row["given"].lower()): row["type"] for row in package_data.rows("records/types.csv")}


@cache
def languages() -> dict[str, str]:
    """A language as databases write it (lower case), and its ISO 639-2 code as PubMed writes it."""
    return {row["given"]: row["code"] for row in package_data.rows("records/languages.csv")}


def _typed(kind: str, *, keep: bool) -> How:
    def types(value: str) -> list[str]:
        known = _types()
        return [
            known.get((kind, part.lower()), part if keep else "")
            for part in listed(value)
            if (kind, part.lower()) in known or (keep and not text.doi(part))
        ]

    return types


def _language(value: str) -> list[str]:
    known = languages()
    return [known.get(part.lower(), part) for piece in listed(value) for part in split(piece.replace("|", ";"))]


def _mesh(value: str) -> list[str]:
    """``Lung/*drug effects`` as ``Lung / drug effects*``."""
    parts = [part.strip() for part in clean(value).replace(";", ",").split("/")]
    return [" / ".join(part[1:] + "*" if part.startswith("*") else part for part in parts)] if any(parts) else []


def _pubmed_url(value: str) -> list[str]:
    return [f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" for pmid in _pmid(value)]


def _notice(wording: str) -> How:
    def notice(value: str) -> list[str]:
        pmid = _labelled_pmid(value)
        cited = clean(value).replace(";", ",")
        return [f"{wording} pubmed:{pmid[0]}" if pmid else f"{wording} {cited}".strip()]

    return notice


HOW: dict[str, How] = {
    "": lambda value: [],
    "text": _text,
    "abstract": _abstract,
    "list": listed,
    "name": people.one_name,
    "group": people.one_name,
    "exact_name": _text,
    "names": people.names,
    "names_and": people.names_and,
    "table_names": people.table_names,
    "list_or_commas": _list_or_commas,
    "pipes": _pipes,
    "pages": _pages,
    "citation_volume": partial(dates.cited, "volume"),
    "citation_issue": partial(dates.cited, "issue"),
    "citation_pages": partial(dates.cited, "pages"),
    "citation_date": lambda value: [iso for date in dates.cited("date", value) for iso in dates.date(date)],
    "pmid_url": _pmid_url,
    "bibtex_type": _typed("bibtex_type", keep=False),
    "year": dates.year,
    "date": dates.date,
    "issn": _issn,
    "doi": _doi,
    "doi_labelled": _labelled_doi,
    "pmid": _pmid,
    "pmid_labelled": _labelled_pmid,
    "pmcid": _pmcid,
    "url": _url,
    "language": _language,
    "type": _typed("type", keep=True),
    "ris_type": _typed("ris_type", keep=False),
    "citation_type": _typed("citation_type", keep=False),
    "cnki_type": _typed("cnki_type", keep=False),
    "winnow_id": _winnow_id,
    "medline_date": dates.medline_date,
    "mesh": _mesh,
    "pubmed_url": _pubmed_url,
    "retracted_in": _notice("retracted in"),
    "retraction_of": _notice("retraction of"),
    "partial_in": _notice("partially retracted in"),
    "partial_of": _notice("partial retraction of"),
    "republished_in": _notice("retracted and republished in"),
    "republished_from": _notice("retracted and republished from"),
    "erratum_in": _notice("erratum in"),
    "erratum_for": _notice("erratum for"),
    "concern_in": _notice("expression of concern in"),
    "concern_for": _notice("expression of concern for"),
    "corrected_in": _notice("corrected and republished in"),
    "corrected_from": _notice("corrected and republished from"),
}
