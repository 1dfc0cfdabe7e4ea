"""The services that know of open copies: how each is asked, and how its answer is read. No network here.

Sources: PMC ID Converter API; Europe PMC RESTful web service (search, fullTextXML); Unpaywall REST API v2; Crossref REST API
(works).
What a service says beyond what we know (a missing PMID or DOI) is a proposal; no record is changed by it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from winnow import text
from winnow.search.conversation import Broken, Request

#: What a transport hands on for HTTP 404 and 410: the service does not know the id, which is an answer.
UNKNOWN = b'{"http_status": 404}'
_IDS = {"pmid": re.compile(r"[0-9]{1,9}"), "pmcid": re.compile(r"PMC[0-9]{1,9}")}

COPY, NO_COPY, NOT_KNOWN, NO_ANSWER, NOT_ASKED = "copy", "no open copy", "not known", "no answer", "not asked"


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes:
        base_url: its folder, ending in ``/``; ``fulltext.base_url`` in config.yaml may name another.
        interval: seconds between two requests.
        contact: the parameter that carries the e-mail address.
        needs_contact: whether it refuses to answer without one.
    """

    name: str
    title: str
    base_url: str
    interval: float
    contact: str
    needs_contact: bool = False


SERVICES = {
    service.name: service
    for service in (
        Service("pmc", "PMC", "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/", 0.37, "email"),
        Service("europe_pmc", "Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest/", 0.2, "email"),
        Service("unpaywall", "Unpaywall", "https://api.unpaywall.org/v2/", 0.1, "email", needs_contact=True),
        Service("crossref", "Crossref", "https://api.crossref.org/", 0.2, "mailto"),
    )
}


@dataclass(frozen=True)
class Sought:
    """A report whose full text is sought, as far as it is known."""

    report_id: str
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    title: str = ""
    year: str = ""


@dataclass(frozen=True)
class Finding:
    """What one service said about one report; ``pmid``, ``pmcid`` and ``doi`` only where the service told them."""

    service: str
    id: str = ""
    found: str = NOT_ASKED
    url: str = ""
    version: str = ""
    licence: str = ""
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    file: str = ""
    note: str = ""


Reader = Callable[[bytes], Finding]


def question(service: str, path: str, parameters: Mapping[str, str], number: int, what: str) -> Request:
    """A request to a service; its answer is kept under a name that says which one it was."""
    kind = "xml" if path.endswith("fullTextXML") else "json"
    name = f"{number:04d}-{service}-{what}.{kind}.gz"
    return Request(f"{service}/{path}", dict(parameters), name, f"{SERVICES[service].title} on {what}", 1)


def pmc(sought: Sought, number: int) -> tuple[Request, Reader] | None:
    """The PMC id, and the PMID and DOI that go with it."""
    known = sought.pmid or sought.doi
    if not known or ("," in known):
        return None
    request = question("pmc", "articles/", {"ids": known, "format": "json", "tool": "winnow"}, number, "ids")
    return request, lambda body: _pmc(body, known)


def _pmc(body: bytes, known: str) -> Finding:
    finding = Finding("pmc", known, NOT_KNOWN)
    answer = _json(body, "PMC")
    if answer is None:
        return finding
    records = _listed(answer, "records", "PMC")
    match = next((r for r in records if known.casefold() in {_word(r, "pmid"), _word(r, "doi").casefold()}), None)
    pmcid = _id(match, "pmcid") if match else ""
    if match is None or not pmcid:
        return finding
    url = f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/"
    return replace(
        finding, found=COPY, url=url, pmcid=pmcid, pmid=_id(match, "pmid"), doi=text.doi(_word(match, "doi"))
    )


def europe_pmc(sought: Sought, number: int) -> tuple[Request, Reader] | None:
    """Whether Europe PMC has it, and whether as open access."""
    if sought.pmid:
        known, query = sought.pmid, f"EXT_ID:{sought.pmid} AND SRC:MED"
    elif sought.doi and '"' not in sought.doi:
        known, query = sought.doi, f'DOI:"{sought.doi}"'
    else:
        return None
    parameters = {"query": query, "resultType": "core", "format": "json", "pageSize": "5"}
    return question("europe_pmc", "search", parameters, number, "copies"), lambda body: _europe_pmc(body, known)


def _europe_pmc(body: bytes, known: str) -> Finding:
    finding = Finding("europe_pmc", known, NOT_KNOWN)
    answer = _json(body, "Europe PMC")
    if answer is None:
        return finding
    results = _listed(_inside(answer, "resultList", "Europe PMC"), "result", "Europe PMC")
    match = next((r for r in results if known.casefold() in {_word(r, "pmid"), _word(r, "doi").casefold()}), None)
    if match is None:
        return finding
    places = match.get("fullTextUrlList")
    links = places.get("fullTextUrl", []) if isinstance(places, dict) else []
    free = [link for link in links if isinstance(link, dict) and _word(link, "availabilityCode") in ("OA", "F")]
    free.sort(key=lambda link: (_word(link, "documentStyle") != "pdf", _word(link, "url")))
    is_open = _word(match, "isOpenAccess") == "Y"
    return replace(
        finding,
        found=COPY if free or is_open else NO_COPY,
        url=_url(free[0], "url") if free else "",
        licence=_word(match, "license"),
        pmid=_id(match, "pmid"),
        pmcid=_id(match, "pmcid") if is_open else "",
        doi=text.doi(_word(match, "doi")),
    )


def full_text(pmcid: str, number: int) -> tuple[Request, Callable[[bytes], str]]:
    """The text itself, as Europe PMC gives it for its open-access subset; read to its PMC id, or empty if it has none."""
    request = question("europe_pmc", f"{quote(pmcid, safe='')}/fullTextXML", {}, number, pmcid)
    return request, lambda body: _full_text(body, pmcid)


def _full_text(body: bytes, pmcid: str) -> str:
    if body == UNKNOWN:
        return ""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise Broken("the full text is not XML") from None
    ids = {"".join(map(str, node.itertext())).removeprefix("PMC") for node in root.iter("article-id")}
    if root.tag != "article" or pmcid.removeprefix("PMC") not in ids:
        raise Broken(f"the full text is not that of {pmcid}")
    return pmcid


def unpaywall(sought: Sought, number: int) -> tuple[Request, Reader] | None:
    """The best open copy of a DOI."""
    if not sought.doi:
        return None
    request = question("unpaywall", quote(sought.doi, safe=""), {}, number, "copies")
    return request, lambda body: _unpaywall(body, sought.doi)


def _unpaywall(body: bytes, doi: str) -> Finding:
    finding = Finding("unpaywall", doi, NOT_KNOWN)
    answer = _json(body, "Unpaywall")
    if answer is None:
        return finding
    if text.doi(_word(answer, "doi")) != doi:
        raise Broken("Unpaywall answered for another DOI")
    place = answer.get("best_oa_location")
    if not isinstance(place, dict):
        return replace(finding, found=NO_COPY)
    url = next(filter(None, (_url(place, name) for name in ("url_for_pdf", "url", "url_for_landing_page"))), "")
    return replace(finding, found=COPY, url=url, version=_word(place, "version"), licence=_word(place, "license"))


def crossref(sought: Sought, number: int) -> tuple[Request, Reader] | None:
    """A DOI checked against its title; or, for a report without one, the DOI of the work with the same title and year."""
    if sought.doi:
        request = question("crossref", f"works/{quote(sought.doi, safe='')}", {}, number, "work")
        return request, lambda body: _crossref_work(body, sought)
    if not text.title_key(sought.title):
        return None
    terms = " ".join(part for part in (sought.title, sought.year) if part)
    parameters = {"query.bibliographic": terms, "rows": "5", "select": "DOI,title,issued"}
    return question("crossref", "works", parameters, number, "title"), lambda body: _crossref_search(body, sought)


def _crossref_work(body: bytes, sought: Sought) -> Finding:
    finding = Finding("crossref", sought.doi, NOT_KNOWN)
    answer = _json(body, "Crossref")
    if answer is None:
        return finding
    work = _inside(answer, "message", "Crossref")
    if text.doi(_word(work, "DOI")) != sought.doi:
        raise Broken("Crossref answered for another DOI")
    licences = [_url(entry, "URL") for entry in _dicts(work.get("license"))]
    free = next((url for url in licences if "creativecommons.org/" in url), "")
    links = [_url(entry, "URL") for entry in _dicts(work.get("link"))]
    title = " ".join(_titles(work))
    same = not title or not sought.title or text.title_key(title).startswith(text.title_key(sought.title)[:40])
    note = "" if same else f"the DOI's title is '{title}'"
    url = next(filter(None, links), f"https://doi.org/{sought.doi}") if free else ""
    return replace(finding, found=COPY if free else NO_COPY, url=url, licence=free, note=note)


def _crossref_search(body: bytes, sought: Sought) -> Finding:
    finding = Finding("crossref", sought.title, NOT_KNOWN)
    answer = _json(body, "Crossref")
    if answer is None:
        return finding
    key = text.title_key(sought.title)
    for work in _listed(_inside(answer, "message", "Crossref"), "items", "Crossref"):
        titles = {text.title_key(title) for title in _titles(work)}
        if key in titles and _near(_year(work), sought.year):
            doi = text.doi(_word(work, "DOI"))
            return replace(finding, found=NO_COPY, doi=doi, note="DOI found by title and year")
    return finding


def _titles(work: Mapping[str, Any]) -> list[str]:
    titles = work.get("title")
    return [title for title in titles if isinstance(title, str)] if isinstance(titles, list) else []


def _year(work: Mapping[str, Any]) -> str:
    issued = work.get("issued")
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    return str(parts[0][0]) if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0] else ""


def _near(one: str, other: str) -> bool:
    """Print and electronic years differ by one at most; where a year is not known, a title alone is too little."""
    return one.isdecimal() and other.isdecimal() and abs(int(one) - int(other)) <= 1


def _json(body: bytes, who: str) -> dict[str, Any] | None:
    """An answer's object; None if the service does not know the id."""
    if body == UNKNOWN:
        return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Broken(f"{who}'s answer is not JSON") from None
    if not isinstance(answer, dict):
        raise Broken(f"{who}'s answer is no object")
    try:
        json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Broken(f"{who}'s answer holds half a character") from None
    return answer


def _inside(answer: Mapping[str, Any], name: str, who: str) -> dict[str, Any]:
    value = answer.get(name)
    if not isinstance(value, dict):
        raise Broken(f"{who}'s answer has no '{name}'")
    return value


def _listed(answer: Mapping[str, Any], name: str, who: str) -> list[dict[str, Any]]:
    if not isinstance(answer.get(name), list):
        raise Broken(f"{who}'s answer has no '{name}'")
    return _dicts(answer[name])


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _id(entry: Mapping[str, Any], name: str) -> str:
    """The PMID or PMC id that a service tells."""
    return id_or_none(name, _word(entry, name))


def id_or_none(name: str, word: str) -> str:
    """The word, if it is a ``pmid`` or ``pmcid``, or empty: it becomes part of an address, and of a file's name."""
    return word if _IDS[name].fullmatch(word) else ""


def _url(entry: Mapping[str, Any], name: str) -> str:
    """An address on the web, or empty: no file of this machine, no script."""
    word = _word(entry, name)
    return word if word.lower().startswith(("https://", "http://", "ftp://")) else ""


def _word(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
