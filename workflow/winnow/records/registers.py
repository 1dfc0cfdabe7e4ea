"""Trial registers beyond their tables: the XML of WHO's ICTRP and the JSON of ClinicalTrials.gov.

Both become rows as if they stood in the register's CSV: one row per trial, the same column names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from winnow.errors import InputError
from winnow.records import sheets, wrapped, xml_records
from winnow.records.mapping import Entry, known_tags
from winnow.records.reading import Opened, Reading

VARIANT = "table-trials"
_TRIAL = re.compile(r"<(Trial)(?=[\s>])")
_STUDY = re.compile(r'"protocolSection"\s*:')
#: Where ClinicalTrials.gov's JSON holds what its CSV calls so.
_PATHS = {
    "nct number": ("identificationModule", "nctId"),
    "study title": ("identificationModule", "briefTitle"),
    "brief summary": ("descriptionModule", "briefSummary"),
    "conditions": ("conditionsModule", "conditions"),
    "start date": ("statusModule", "startDateStruct", "date"),
    "study type": ("designModule", "studyType"),
}


def is_ictrp(opened: Opened) -> bool:
    """Whether the file is ICTRP's XML."""
    head = opened.head[:100_000]
    return head.lstrip().startswith("<") and bool(re.search(r"<Trial>\s*<(?:Internal_Number|TrialID)>", head))


def read_ictrp(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each Trial element."""
    for entry in xml_records.blocks(opened, reading, _TRIAL):
        element = xml_records.parsed(entry.raw)
        if element is None:
            reading.losses.append(f"the trial on lines {entry.first}-{entry.last} is damaged XML")
            continue
        values = {sheets.header_name(str(child.tag)): "".join(child.itertext()) for child in element}
        yield _as_row(entry, values, reading)


def is_clinicaltrials(opened: Opened) -> bool:
    """Whether the file is ClinicalTrials.gov's JSON."""
    return opened.head.lstrip()[:1] in ("[", "{") and bool(_STUDY.search(opened.head))


def read_clinicaltrials(opened: Opened, reading: Reading) -> Iterator[Entry]:
    """One entry for each study; its line is its place in the file."""
    text = wrapped.page(opened)
    reading.starts["json"] += len(_STUDY.findall(text))
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("not JSON, or cut short", where=opened.where, mend="download it again") from None
    studies = loaded.get("studies", [loaded]) if isinstance(loaded, dict) else loaded
    for number, study in enumerate(studies if isinstance(studies, list) else [], start=1):
        section = study.get("protocolSection") if isinstance(study, dict) else None
        if isinstance(section, dict):
            raw = json.dumps(study, ensure_ascii=False, sort_keys=True)
            found = {name: _at(section, path) for name, path in _PATHS.items()}
            yield _as_row(Entry("table", number, number, raw=raw), found, reading)


def _at(section: Any, path: tuple[str, ...]) -> str:
    for name in path:
        section = section.get(name, "") if isinstance(section, dict) else ""
    return "|".join(map(str, section)) if isinstance(section, list) else str(section)


def _as_row(entry: Entry, values: dict[str, str], reading: Reading) -> Entry:
    entry.format, entry.variant = "table", VARIANT
    for name, value in values.items():
        if value.strip():
            entry.values.append((name, [value]))
            if name not in known_tags(VARIANT):
                reading.unknown_tags[name] += 1
    return entry
