"""Citation text: GB/T 7714 and CNKI's 查新 form, one numbered citation each.

``[1]甲一,乙二,丙三等.题名[J].刊名,2008,45(05):915-924.``, or title first: ``[1]题名[J]. 甲一,乙二. 刊名. 2008(05)``. The type
mark (``[J]``, ``[D]``, ``[C]//`` ...) parts the title from what follows, because titles may hold full stops. A 查新 citation may go
on with ``摘要：`` and ``关键词：`` lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from winnow.records.mapping import Entry
from winnow.records.reading import Opened, Reading

#: How much of one citation is looked at.
_LONGEST = 5000
_START = re.compile(r"\s*[\[［]\s*(\d{1,5})\s*[\]］]\s*(.*)")
_MARK = re.compile(r"[\[［]\s*((?:J|D|C|N|M|P|S|R|G|A|Z|DB|EB|CP|OL)(?:/OL)?)\s*[\]］]\s*(?://)?\s*")
_LABEL = re.compile(r"\s*(摘要|关键词|关键字|Abstract|Keywords?|DOI)\s*[:：]\s*(.*)", re.IGNORECASE)
_LABELS = {"摘要": "abstract", "abstract": "abstract", "doi": "doi"}
_DOI = re.compile(r"\bDOI\s*[:：]?\s*(10\.\d{4,9}/\S+?)[.。]?\s*$", re.IGNORECASE)
_HAN_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[·•][\u4e00-\u9fff]+)*|[\u4e00-\u9fff]{2,4}等")
_BETWEEN = re.compile(r"\s*[,，;；、]\s*")
#: The edition of a journal, which is no journal's name.
_EDITION = re.compile(r"[^.．。,，]{0,8}(?:版|分册|增刊|专刊|特刊|专辑|副刊)\s*[.．。,，]")
_PERSON = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,4}")
_WHERE = re.compile(
    r"(?P<journal>.+?)\s*[,，.．]\s*(?P<year>(?:1[5-9]|20)\d\d)(?!\d)(?P<day>-\d\d-\d\d)?"
    r"(?:\s*[,，]\s*(?P<volume>[^,，(（:：\s]+(?:\s[^,，(（:：\s]+)?))?\s*(?:[(（](?P<issue>[^()（）]*)[)）])?"
    r"(?:\s*[:：]\s*(?P<pages>[\w+,\-–~～、 ]+))?"
)

#: What ends a citation of an article online first: the day it was looked at, which is no date of the article, and its link.
_ONLINE = re.compile(
    r"\s*(?:[\[［]20\d\d-\d\d-\d\d[\]］]\s*[.。,，]?\s*|[.。,，]\s*(?=https?://))(https?://\S+?)?[.。]?$"
)
_LINK_DAY = re.compile(r"\.(20\d\d)(?:0[1-9]|1[0-2])[0-3]\d\.\d{1,4}(?:\.\d{1,4})?\.html$")
_UNDATED = re.compile(r"(?P<journal>[^,，:：]+)\s*[,，:：]\s*(?P<pages>[A-Za-z]?\d+(?:[-–+,][A-Za-z]?\d+)*)")


def recognised(opened: Opened) -> bool:
    """Whether the text begins with a numbered citation that has a type mark, a year or labelled lines."""
    lines = opened.head.split("\n")
    starts = [line for line in lines if _START.match(line)]
    return bool(starts) and bool(_MARK.search(opened.head) or re.search(r"(?:19|20)\d\d", opened.head))


def read(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each numbered citation."""
    return entries(opened.text.lines(), reading)


def entries(lines: Iterable[str], reading: Reading) -> Iterator[Entry]:
    """The entries of numbered citations; lines before the first are reported."""
    chunk: list[str] = []
    first = 0
    for number, line in enumerate(lines, start=1):
        if _START.match(line):
            reading.starts["citation"] += 1
            if chunk:
                yield _entry(chunk, first)
            chunk, first = [line], number
        elif first:
            chunk.append(line)
            reading.inside(line)
        elif line.strip():
            reading.stray(number, line)
    if chunk:
        yield _entry(chunk, first)


def _entry(lines: list[str], first: int) -> Entry:
    while not lines[-1].strip():
        lines.pop()
    entry = Entry("citation", first, first + len(lines) - 1, raw="\n".join(lines))
    start = _START.match(lines[0])
    body: list[str] = [start.group(2) if start else lines[0]]
    tag = ""
    for line in lines[1:]:
        labelled = _LABEL.match(line)
        if labelled:
            tag = _LABELS.get(labelled.group(1).lower(), "keywords")
            entry.values.append((tag, [labelled.group(2)]))
        elif tag:
            entry.values[-1][1].append(line)
        else:
            body.append(line)
    entry.values[:0] = [(name, [value]) for name, value in parsed(" ".join(part.strip() for part in body)) if value]
    return entry


def parsed(citation: str) -> list[tuple[str, str]]:
    """The parts of one citation as (tag, text); what can't be told apart stays in the title."""
    citation = " ".join(citation.split())[:_LONGEST]
    found: list[tuple[str, str]] = []
    if doi := _DOI.search(citation):
        found.append(("doi", doi.group(1)))
        citation = citation[: doi.start()].rstrip(" .。,，")
    mark = _MARK.search(citation)
    if not mark:
        authors, title = _authors_and_title(citation)
        title, _, rest = title.partition(". ") if ". " in title else (title, "", "")
        year = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", rest)
        return [*found, ("authors", authors), ("title", title), ("year", year.group() if year else ""), ("rest", rest)]
    authors, title = _authors_and_title(citation[: mark.start()])
    found += [("authors", authors), ("title", title), ("type", mark.group(1))]
    rest = citation[mark.end() :].lstrip(" .．,，")
    if not authors and (people := _people_first(rest)):
        found[-3] = ("authors", "; ".join(filter(None, map(_without_others, _BETWEEN.split(people.group(1))))))
        rest = rest[people.end() :]
    online, link = _ONLINE.search(rest), ""
    if online:
        rest, link = rest[: online.start()], online.group(1) or ""
        found.append(("doi", link))
    if where := _WHERE.match(rest):
        parts = where.groupdict(default="")
        if mark.group(1).startswith("N") and not parts["pages"]:
            parts["pages"], parts["issue"] = parts["issue"], ""  # a newspaper's page stands where an issue would
        found += [(name, parts[name].strip(" .。")) for name in ("journal", "year", "volume", "issue", "pages")]
        if parts["day"]:
            found.append(("date", parts["year"] + parts["day"]))
    elif online and (where := _UNDATED.fullmatch(rest)):
        day = _LINK_DAY.search(link)
        found += [*where.groupdict().items(), ("year", day.group(1) if day else "")]
    else:
        year = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", rest)
        found += [("journal", rest.rstrip(" .。")), ("year", year.group() if year else "")]
    return found


def _authors_and_title(text: str) -> tuple[str, str]:
    """The names before the first full stop (or, in the 查新 form, comma) that parts names from a title."""
    for found in re.finditer(r"[.．。]", text):
        names = [name.strip() for name in re.split("[,，;；、]", text[: found.start()])]
        rest = text[found.end() :].strip()
        if rest and all(_is_person(name) for name in names if name):
            return "; ".join(_without_others(name) for name in names if _without_others(name)), rest.strip(" .")
        if found.start() > 200:
            break
    head, comma, rest = text.partition(",")
    if comma and _HAN_PERSON.fullmatch(head.strip()):
        return head.strip(), rest.strip(" .")
    head, stop, rest = text.partition(".")
    if stop and rest.strip() and len(head) < 60:
        return _without_others(head.strip()), rest.strip(" .")
    return "", text.strip(" .")


def _people_first(text: str) -> re.Match[str] | None:
    """The people that stand after the title in CNKI's older form, ``题名[J]. 甲一,乙二. 刊名. 2008(05)``: Han names, then a stop.

    Only what a journal follows is people: a name before a year is the journal's, and so is one before an edition (``上旬版``).
    """
    found = re.match(r"(?!中华|中国)([^.．。:：\d]+)[.．。]\s*(?!(?:1[5-9]|20)\d\d)(?=\S)", text)
    names = _BETWEEN.split(found.group(1)) if found else []
    if not found or (len(names) == 1 and _EDITION.match(text, found.end())):
        return None
    return found if all(_HAN_PERSON.fullmatch(name.strip()) for name in names) else None


def _is_person(name: str) -> bool:
    return bool(_HAN_PERSON.fullmatch(name) or _PERSON.fullmatch(name)) and len(name) < 60


def _without_others(name: str) -> str:
    name = re.sub(r"[,，]?\s*et al\.?$", "", name)
    return "" if name in ("等", "et al") else name.removesuffix("等")
