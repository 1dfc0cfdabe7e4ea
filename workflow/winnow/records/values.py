"""What a raw value of one tag means: each function turns it into clean values, and none of them guesses.

The tag table (``tags.csv``) names the function in its column ``how``; :data:`HOW` is the list of them. A value that is not
what its tag promises (an ISBN under ISSN, a link without a DOI) gives nothing.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from winnow import text
from winnow.tables import split

How = Callable[[str], list[str]]

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"^\s*[<＜〈]正[>＞〉]\s*|\(#br\)")
_YEAR = re.compile(r"(?<!\d)((?:1[5-9]|20|21)\d\d)(?=\d{2}(?!\d)|\d{4}(?!\d)|\D|$)")
_ISSN = re.compile(r"(?<![\dA-Za-z-])(\d{4})-?(\d{3}[\dXx])(?![\dA-Za-z-])")
_DIGITS = re.compile(r"[1-9]\d{0,8}")
_LABELLED_PMID = re.compile(r"\b(?:PUBMED|PMID)\b\s*[:=]?\s*([1-9]\d{0,8})\b", re.IGNORECASE)
_LABELLED_DOI = re.compile(r"\bdoi\b[\s:]*(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\d+\b")
_WINNOW_ID = re.compile(r"[A-Za-z0-9][\w.-]*:(?:\d{1,9}|[0-9a-f]{12})(?:-\d+)?")
_LIST = re.compile(r"[;；]+")
_COMMA = re.compile(r"[,，、]")
_HAN_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]{1,5}(?:[·•・][\u4e00-\u9fff·•・]{1,12})?")
_INITIALS = re.compile(r"([^\W\d_][^,]*?) ((?:[A-Z](?:\.-?|-)?){1,4})(,? (?:Jr|Sr|II|III|2nd|3rd)\.?)?")
_SCOPUS_ID = re.compile(r" \(\d{6,}\)")
_MONTHS = dict(
    zip(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], range(1, 13), strict=True)
)
_NUMERIC_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?(?!\d)")
_PACKED_DATE = re.compile(r"(?<!\d)((?:1[5-9]|20|21)\d\d)([01]\d)([0-3]\d)(?!\d)")
_NAMED_DATE = re.compile(r"(\d{4})[\s/]+([A-Za-z]{3})[A-Za-z]*\.?(?:[\s/]+(\d{1,2})(?!\d))?")
_NAMED_LAST = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3})[A-Za-z]*\.?(?:\s+(\d{1,2}),?)?\s+(\d{4})(?!\d)")


def clean(value: str) -> str:
    """One line of text: entities resolved once, control characters dropped, white space single."""
    if not value.isprintable():
        value = _CONTROL.sub("", value)
    if "&" in value:
        value = _CONTROL.sub("", _ENTITY.sub(lambda found: html.unescape(found.group()), value))
    return " ".join(value.split())


def _text(value: str) -> list[str]:
    return [cleaned] if (cleaned := clean(value)) else []


def _abstract(value: str) -> list[str]:
    return _text(_MARKUP.sub(" ", value) if "正" in value[:8] or "(#br)" in value else value)


def _list(value: str) -> list[str]:
    value = clean(value)
    if ";" not in value and "；" not in value:
        return [value] if value else []
    return [part for part in (piece.strip() for piece in _LIST.split(value)) if part]


def name(value: str) -> str:
    """One person: ``Wang DX`` as ``Wang, DX``; every other spelling as it stands."""
    value = clean(value).strip(" ;,，；")
    found = _INITIALS.fullmatch(value) if " " in value and "," not in value else None
    return f"{found.group(1)}, {found.group(2)}{found.group(3) or ''}" if found else value


def _name(value: str) -> list[str]:
    return [one] if (one := name(value)) else []


def _names(value: str) -> list[str]:
    """People parted by semicolons, or by commas where every part is a Han name."""
    if value.isascii() and ";" not in value:
        return _name(value)
    found = []
    for piece in _list(value):
        parts = [part.strip() for part in _COMMA.split(piece)] if "，" in piece or "、" in piece or "," in piece else []
        parts = [part for part in parts if part]
        if len(parts) > 1 and all(_HAN_NAME.fullmatch(part.replace(" ", "")) for part in parts):
            found.extend(parts)
        elif one := name(piece):
            found.append(one)
    return found


def _names_and(value: str) -> list[str]:
    return [one for piece in re.split(r"\s+and\s+", value) for one in _names(piece)]


def _table_names(value: str) -> list[str]:
    """People in one cell: parted by ``;``, ``|`` or `` and ``; by commas where each part is a whole name (``Wang DX, Li M``)."""
    value = _SCOPUS_ID.sub("", clean(value))
    if ";" in value or "；" in value:
        return _names(value)
    if "|" in value:
        return [one for piece in value.split("|") if (one := name(piece))]
    if " and " in value:
        return _names_and(value)
    parts = [part.strip() for part in value.rstrip(".").split(",") if part.strip()]
    if len(parts) > 1 and all(" " in part for part in parts):
        return [name(part) for part in parts]
    return _names(value)


def _list_or_commas(value: str) -> list[str]:
    """Keywords parted by semicolons or, where there are none, by commas."""
    value = clean(value)
    if ";" in value or "；" in value:
        return _list(value)
    return [part for part in (piece.strip() for piece in re.split("[,，]", value)) if part]


def _pipes(value: str) -> list[str]:
    return [part for piece in value.split("|") for part in _list(piece)]


#: A citation as PubMed's CSV has it: ``Clin Rheumatol. 2012 May;31(5):801-6. doi: ...``
_CITATION = re.compile(
    r"\b(?P<date>\d{4}(?: [A-Z][a-z]{2}(?: \d{1,2})?)?);(?P<volume>[^():;]*)(?:\((?P<issue>[^)]*)\))?:(?P<pages>[^.]*)\."
)


def _cited(part: str) -> How:
    def cited(value: str) -> list[str]:
        found = _CITATION.search(clean(value))
        return [found.group(part)] if found and found.group(part) else []

    return cited


def _cited_date(value: str) -> list[str]:
    return [iso for date in _cited("date")(value) for iso in _date(date)]


def _pages(value: str) -> list[str]:
    return _text(value.replace("--", "-"))


def _pmid_url(value: str) -> list[str]:
    found = re.search(r"(?<!\d)([1-9]\d{0,8})/?\s*$", value)
    return [found.group(1)] if found else []


def _year(value: str) -> list[str]:
    found = _YEAR.search(value)
    return [found.group(1)] if found else []


def _date(value: str) -> list[str]:
    """ISO, as precise as it is given: ``2021-01-19`` or ``2021-01``; a year alone gives nothing."""
    for pattern, order in ((_NUMERIC_DATE, (1, 2, 3)), (_PACKED_DATE, (1, 2, 3)), (_NAMED_DATE, (1, 2, 3))):
        if found := pattern.search(value):
            return _iso(*(found.group(index) or "" for index in order))
    if found := _NAMED_LAST.search(value):
        day, month, other_day, year = found.groups(default="")
        return _iso(year, month, day or other_day)
    return []


def _iso(year: str, month: str, day: str) -> list[str]:
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    if not (1 <= number <= 12 and _YEAR.fullmatch(year)):
        return []
    if day and 1 <= int(day) <= 31:
        return [f"{year}-{number:02}-{int(day):02}"]
    return [f"{year}-{number:02}"]


def _issn(value: str) -> list[str]:
    found: dict[str, None] = {}
    for first, second in _ISSN.findall(value.translate({0xFF0D: 0x2D, 0x2013: 0x2D})):
        found[f"{first}-{second.upper()}"] = None
    return list(found)


def _doi(value: str) -> list[str]:
    return [found] if (found := text.doi(value)) else []


def _labelled_doi(value: str) -> list[str]:
    return [text.doi(found.group(1))] if (found := _LABELLED_DOI.search(value)) else []


def _pmid(value: str) -> list[str]:
    value = value.strip()
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
    rows = csv.DictReader(
        resources.files("winnow.records").joinpath("types.csv").read_text(encoding="utf-8").splitlines()
    )
    return {(row["how"], row["given"].lower()): row["type"] for row in rows}


@cache
def languages() -> dict[str, str]:
    """A language as databases write it (lower case), and its ISO 639-2 code as PubMed writes it."""
    rows = csv.DictReader(
        resources.files("winnow.records").joinpath("languages.csv").read_text(encoding="utf-8").splitlines()
    )
    return {row["given"]: row["code"] for row in rows}


def _typed(kind: str, *, keep: bool) -> How:
    def types(value: str) -> list[str]:
        known = _types()
        return [
            known.get((kind, part.lower()), part if keep else "")
            for part in _list(value)
            if (kind, part.lower()) in known or (keep and not text.doi(part))
        ]

    return types


def _language(value: str) -> list[str]:
    known = languages()
    return [known.get(part.lower(), part) for piece in _list(value) for part in split(piece.replace("|", ";"))]


def _medline_date(value: str) -> list[str]:
    """As :mod:`winnow.records.pubmed_xml` has it: ISO as far as it goes, a season or a range as printed."""
    value = clean(value)
    if re.fullmatch(r"\d{4}", value) or not re.fullmatch(r"\d{4} [A-Za-z]{3}(?: \d{1,2})?", value):
        return [value] if value else []
    return _date(value) or [value]


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
    "list": _list,
    "name": _name,
    "group": _name,
    "exact_name": _text,
    "names": _names,
    "names_and": _names_and,
    "table_names": _table_names,
    "list_or_commas": _list_or_commas,
    "pipes": _pipes,
    "pages": _pages,
    "citation_volume": _cited("volume"),
    "citation_issue": _cited("issue"),
    "citation_pages": _cited("pages"),
    "citation_date": _cited_date,
    "pmid_url": _pmid_url,
    "bibtex_type": _typed("bibtex_type", keep=False),
    "year": _year,
    "date": _date,
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
    "medline_date": _medline_date,
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
