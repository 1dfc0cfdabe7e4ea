"""Looking for open copies of the reports that are sought, recorded like a search.

Each run files ``searches/<id>/fulltext/<number>/``: ``asked.csv`` (the reports, and how they were known then), every answer as
received, ``found.csv`` and a manifest with their hashes. :func:`replay` works ``found.csv`` out again from the answers alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol, TypeVar

from winnow import __version__, files, fingerprints, manifests, tables
from winnow.errors import SearchError, WinnowError
from winnow.review import Review
from winnow.screen.fulltext import services
from winnow.screen.fulltext.services import COPY, NO_ANSWER, NOT_ASKED, SERVICES, Finding, Sought
from winnow.screen.fulltext.transport import HttpTransport
from winnow.search import archive
from winnow.search.conversation import Failure, Request, Steps, Transport, ask, converse
from winnow.search.progress import Progress

FOLDER = "fulltext"
ASKED = ("report_id", "pmid", "pmcid", "doi", "title", "year")
FOUND = (
    "report_id", "service", "id", "found", "url", "version", "licence", "pmid", "pmcid", "doi", "file", "note",
)  # fmt: skip
FAILED = "failed.json"
KEPT = ("asked.csv", "found.csv", FAILED)
#: A service that fails so many times in a row is down: the run stops, and goes on where it stopped another day.
DOWN = 3
T = TypeVar("T")


def sought(review: Review, *, again: bool = False) -> list[Sought]:
    """The reports whose full text is sought: advanced, not decided at full text, not given up.

    Args:
        review: a review whose screening stage has run.
        again: also those that every service has been asked about.

    Raises:
        InputError: the screening stage has not run.
    """
    decisions = tables.read(review.result("screen", "decisions.csv"), needs=tables.DECISIONS)
    waiting = {
        row["report_id"]
        for row in tables.rows(decisions)
        if (row["stage"], row["decision"]) == ("retrieval", "awaiting")
    }
    merged = tables.read(review.result("deduplicate", "merged.csv"), needs=("record_id", "title"), columns=ASKED[1:])
    answered = set() if again else _answered(review)
    return sorted(
        (
            Sought(row["record_id"], *(row[name] for name in ASKED[1:]))
            for row in tables.rows(merged)
            if row["record_id"] in waiting - answered
        ),
        key=lambda one: one.report_id,
    )


def _answered(review: Review) -> set[str]:
    rows = [row for folder in runs(review) for row in found_in(folder)]
    open_questions = {(row["report_id"], row["service"]) for row in rows if row["found"] == NO_ANSWER}
    closed = {(row["report_id"], row["service"]) for row in rows if row["found"] != NO_ANSWER}
    return {row["report_id"] for row in rows} - {report for report, _ in open_questions - closed}


def runs(review: Review) -> list[Path]:
    """The folders of all runs, in the order of the searches and of the runs."""
    return [
        path
        for search in review.searches
        for path in sorted((review.root / "searches" / search.id / FOLDER).glob("[0-9]*"))
        if (path / manifests.NAME).is_file()
    ]


def found_in(folder: Path) -> list[dict[str, str]]:
    """The findings of one run."""
    return [row for _, row in tables.read_rows(folder / "found.csv", FOUND)]


def found(review: Review) -> list[dict[str, str]]:
    """The latest finding of each service on each report, sorted; ``file`` is relative to the review's folder."""
    latest: dict[tuple[str, str], dict[str, str]] = {}
    for folder in runs(review):
        for row in found_in(folder):
            if row["file"]:
                row = row | {"file": f"{review.relative(folder)}/{row['file']}"}
            latest[row["report_id"], row["service"]] = row
    return [latest[key] for key in sorted(latest)]


def look_up(review: Review, asked: Sequence[Sought], transport: Transport | None = None) -> Path:
    """Ask every service about every report and file the answers; returns the new folder.

    Raises:
        ConfigError: an address in config.yaml is none.
        SearchError: a service is down. What was answered waits for the next run.
    """
    settings = review.settings.get("fulltext", {})
    over_http = HttpTransport(settings)
    base = review.root / "searches" / review.searches[-1].id / FOLDER
    number = sum(1 for path in base.glob("[0-9]*") if path.is_dir()) + 1
    folder = base / f"{number:03d}"
    identity = {"asked": [asdict(one) for one in asked], "code": fingerprints.fingerprint("screen")}
    with archive.partial(folder, identity) as part, Progress(part, "full texts") as shelf:
        contact = bool(over_http.contact) or transport is not None
        failed: dict[str, str] = {}
        rows = converse(conversation(asked, contact, failed), transport or over_http, shelf, shelf.wait)
        tables.write_rows(part.folder / "asked.csv", [asdict(one) for one in asked], ASKED)
        tables.write_rows(part.folder / "found.csv", rows, FOUND)
        files.write_json(part.folder / FAILED, failed)
        manifest = {
            "search": review.searches[-1].id,
            "source": FOLDER,
            "kind": "other",
            "name": "Open copies of full texts",
            "method": "looked_up",
            "date": part.began,
            "years": None,
            "hits": None,
            "records": 0,
            "host": "; ".join(f"{name} {url}" for name, url in over_http.hosts.items()) or None,
            "tool": {"winnow": __version__},
            "details": {"contact_given": contact},
            "note": f"{', '.join(s.title for s in SERVICES.values())} asked about {len(asked)} reports.",
        }
        answers = sorted(path.name for path in part.folder.glob("*.gz"))
        archive.finish(part, folder, manifest, [(name, "evidence", None) for name in [*answers, *KEPT]])
    return folder


def conversation(
    asked: Sequence[Sought], contact: bool, failed: dict[str, str], *, patient: bool = False
) -> Steps[list[dict[str, str]]]:
    """One row per report and service.

    Args:
        asked: the reports.
        contact: whether there is an e-mail address to give; without it a service that needs one is not asked.
        failed: takes the requests that brought no answer, by the name of their file, and why.
        patient: go on although a service is down (a replay, where what was not answered stays so).
    """
    failures: Counter[str] = Counter()
    rows: list[dict[str, str]] = []

    def tried(request: Request, read: Callable[[bytes], T]) -> Steps[T | None]:
        """What was read, or None if there was no answer."""
        service = request.utility.partition("/")[0]
        try:
            value = yield from ask(request, read)
        except SearchError as error:
            failures[service] += 1
            if failures[service] >= DOWN and not patient:
                raise
            failed[request.name] = error.what.removeprefix(f"{request.purpose}: ")
            return None
        failures[service] = 0
        return value

    for number, one in enumerate(asked, 1):
        findings = yield from _about(one, number, contact, failed, tried)
        rows += [{"report_id": one.report_id, **asdict(finding)} for finding in findings]
    return rows


class _Tried(Protocol):
    def __call__(self, request: Request, read: Callable[[bytes], T]) -> Steps[T | None]: ...


def _about(one: Sought, number: int, contact: bool, failed: Mapping[str, str], tried: _Tried) -> Steps[list[Finding]]:
    """What each service says about one report; what an earlier one told of its ids helps to ask the next."""
    findings: list[Finding] = []
    known = one
    for name, asking in _ASKING:
        question = asking(known, number)
        if question is None or (SERVICES[name].needs_contact and not contact):
            why = "no id to ask by" if question is None else "set NCBI_EMAIL: this service asks for a contact address"
            findings.append(Finding(name, found=NOT_ASKED, note=why))
            continue
        request, read = question
        finding = yield from tried(request, read)
        if finding is None:
            finding = Finding(name, found=NO_ANSWER, note=failed[request.name])
        elif (
            name == "europe_pmc"
            and finding.found == COPY
            and (pmcid := finding.pmcid or services.id_or_none("pmcid", known.pmcid))
        ):
            request, read_text = services.full_text(pmcid, number)
            text = yield from tried(request, read_text)
            note = f"full text: {failed[request.name]}" if text is None else ""
            finding = replace(finding, file=request.name if text else "", note=note)
        known = replace(
            known, pmid=known.pmid or finding.pmid, pmcid=known.pmcid or finding.pmcid, doi=known.doi or finding.doi
        )
        findings.append(_proposing(finding, one))
    return findings


_ASKING = (
    ("crossref", services.crossref),
    ("pmc", services.pmc),
    ("europe_pmc", services.europe_pmc),
    ("unpaywall", services.unpaywall),
)


def _proposing(finding: Finding, one: Sought) -> Finding:
    """Only ids that the report lacks are proposals; one that contradicts what it has is said in the note."""
    notes = [finding.note] if finding.note else []
    cells = {}
    for name in ("pmid", "pmcid", "doi"):
        told, had = getattr(finding, name), getattr(one, name)
        if told and had and told.casefold() != had.casefold():
            notes.append(f"says {name} {told}, the record has {had}")
        cells[name] = told if told and not had else ""
    return replace(finding, note="; ".join(notes), **cells)


class _Kept:
    """The answers of a run that was filed; it asks nobody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failed: dict[str, str] = json.loads((folder / FAILED).read_bytes())

    def kept(self, request: Request) -> bytes | None:
        path = self.folder / request.name
        if not path.is_file():
            return None
        with files.opened(path) as stream:
            return bytes(stream.read())

    def keep(self, request: Request, answer: bytes) -> None: ...

    def discard(self, request: Request) -> None: ...

    def forget(self) -> None: ...

    def send(self, request: Request) -> Failure:
        return Failure(self.failed.get(request.name, "no answer was filed"), final=True)


def replay(folder: Path) -> list[dict[str, str]]:
    """The findings of a run, worked out again from its answers, without the network.

    Raises:
        InputError: the folder is no run.
    """
    asked = [Sought(**{name: row[name] for name in ASKED}) for _, row in tables.read_rows(folder / "asked.csv", ASKED)]
    contact = bool(manifests.read(folder).data["details"]["contact_given"])
    kept = _Kept(folder)
    return converse(conversation(asked, contact, {}, patient=True), kept, kept, lambda pause: None)


def check(review: Review) -> list[WinnowError]:
    """Runs whose files differ from their manifests."""
    return [fault for folder in runs(review) for fault in manifests.verify(manifests.read(folder))]
