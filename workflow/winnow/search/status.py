"""What became of the reports that are already included or awaiting: retracted, corrected, under concern?

Each search asks PubMed and Crossref afresh, and files the answers in ``searches/<id>/status/`` with a table, ``status.csv``: one
row per report and service. Replaying the review reads that folder and needs no network.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from winnow import __version__, fingerprints, tables
from winnow.errors import InputError
from winnow.records import pubmed_xml
from winnow.review import Review, Search
from winnow.search import archive, crossref
from winnow.search.answers import refuse_entities
from winnow.search.conversation import Broken, Failure, Request, Steps, Transport, ask, converse
from winnow.search.notices import FOLDER, RETRACTED, TABLE, is_retracted, retracts
from winnow.search.progress import Progress
from winnow.search.pubmed import BATCH
from winnow.search.transport import EntrezTransport, settings

COLUMNS = ("report_id", "service", "id", "found", "notices")


@dataclass(frozen=True)
class Report:
    """A report whose status is wanted, and how the services know it."""

    report_id: str
    pmid: str
    doi: str


def reports(review: Review) -> list[Report]:
    """The reports that the last decisions include or leave awaiting, from ``results/``; none before there are any."""
    decisions, merged = review.result("screen", "decisions.csv"), review.result("deduplicate", "merged.csv")
    if not (decisions.is_file() and merged.is_file()):
        return []
    last: dict[str, dict[str, str]] = {}
    for row in tables.rows(tables.read(decisions, needs=("report_id", "stage", "decision"))):
        if _STAGES[row["stage"]] >= _STAGES[last.get(row["report_id"], row)["stage"]]:
            last[row["report_id"]] = row
    wanted = {report_id for report_id, row in last.items() if row["decision"] in {"include", "awaiting"}}
    known = tables.read(merged, needs=("record_id",), columns=("pmid", "doi"))
    return sorted(
        (Report(row["record_id"], row["pmid"], row["doi"]) for row in tables.rows(known) if row["record_id"] in wanted),
        key=lambda report: report.report_id,
    )


_STAGES = {"before_screening": 0, "title_abstract": 1, "retrieval": 2, "full_text": 3}


def fetch(review: Review, wanted: Search, transport: Transport | None = None) -> int | None:
    """Fetch and file the status of every such report; returns how many, or None if the folder is there or nothing is to ask.

    Raises:
        ConfigError, SearchError: PubMed or Crossref cannot be asked. What was fetched waits for the next run.
    """
    folder = review.root / "searches" / wanted.id / FOLDER
    asked = reports(review)
    if (folder / archive.MANIFEST).is_file() or not asked:
        return None
    server = settings(review.settings.get("entrez", {}))
    transport = transport or _Both(EntrezTransport(server), crossref.CrossrefTransport(timeout=server.timeout))
    identity = {"reports": [vars(report) for report in asked], "code": fingerprints.fingerprint("search")}
    with archive.partial(folder, identity) as part, Progress(part, f"{wanted.id} status") as shelf:
        rows = converse(conversation(asked), transport, shelf, shelf.wait)
        tables.write_rows(part.folder / TABLE, rows, COLUMNS)
        manifest = {
            "search": wanted.id,
            "source": FOLDER,
            "kind": "other",
            "name": "Status in PubMed and Crossref",
            "method": "entrez",
            "date": part.began,
            "years": None,
            "hits": None,
            "records": 0,
            "host": server.host,
            "tool": {"winnow": __version__},
            "note": f"Retractions, corrections and expressions of concern about {len(asked)} reports included or awaiting.",
        }
        answers = sorted(path.name for path in part.folder.glob("*.gz"))
        archive.finish(part, folder, manifest, [(name, "evidence", None) for name in [*answers, TABLE]])
    return len(asked)


def conversation(asked: Sequence[Report]) -> Steps[list[dict[str, str]]]:
    """One row per report and service that knows it by an id, sorted."""
    rows: list[dict[str, str]] = []
    pmids = sorted({report.pmid for report in asked if report.pmid}, key=lambda pmid: (len(pmid), pmid))
    in_pubmed: dict[str, list[str]] = {}
    for first in range(0, len(pmids), BATCH):
        batch = pmids[first : first + BATCH]
        parameters = {"db": "pubmed", "id": ",".join(batch), "retmode": "xml", "retmax": str(len(batch))}
        name = f"pubmed-{first // BATCH + 1:04d}.xml.gz"
        request = Request("efetch", parameters, name, "status in PubMed", len(batch), len(asked))
        in_pubmed |= yield from ask(request, partial(_pubmed, wanted=batch))
    for report in asked:
        if report.pmid:
            found = "yes" if report.pmid in in_pubmed else "no"
            rows.append(_row(report, "pubmed", report.pmid, found, in_pubmed.get(report.pmid, [])))
    for number, doi in enumerate(sorted({report.doi for report in asked if crossref.askable(report.doi)}), start=1):
        question = crossref.request(doi, f"crossref-{number:04d}.json.gz")
        notices = yield from ask(question, partial(crossref.notices, doi=doi))
        rows += [_row(report, "crossref", doi, "yes", notices) for report in asked if report.doi == doi]
    return sorted(rows, key=lambda row: (row["report_id"], row["service"]))


def _row(report: Report, service: str, known_as: str, found: str, notices: Sequence[str]) -> dict[str, str]:
    return {
        "report_id": report.report_id,
        "service": service,
        "id": known_as,
        "found": found,
        "notices": tables.join(notices),
    }


def _pubmed(body: bytes, wanted: Sequence[str]) -> dict[str, list[str]]:
    """The notices of each record that PubMed still has; one that it no longer has is told by its absence."""
    refuse_entities(body)
    found: dict[str, list[str]] = {}
    try:
        for row in pubmed_xml.read(io.BytesIO(body)):
            notices = tables.split(row["notices"])
            if is_retracted(row["publication_types"]) and not any(map(retracts, notices)):
                notices.append(RETRACTED)
            found[row["pmid"]] = notices
    except InputError as fault:
        raise Broken(fault.what) from None
    if strange := sorted(set(found) - set(wanted)):
        raise Broken(f"records came that nobody asked for: PMID {strange[0]}")
    return found


class _Both:
    """Sends each request to the service that it is for."""

    def __init__(self, entrez: Transport, works: Transport) -> None:
        self.entrez = entrez
        self.works = works

    def send(self, request: Request) -> bytes | Failure:
        """The answer's bytes, or why there are none."""
        return (self.works if request.utility == "works" else self.entrez).send(request)
