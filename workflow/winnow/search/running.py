"""One source of one search of the configuration, run through Entrez into its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from winnow import __version__, fingerprints
from winnow.errors import InputError, raise_all
from winnow.review import Review, Search, Source
from winnow.search import archive, known, lint, strategy
from winnow.search.conversation import Transport, converse
from winnow.search.progress import Progress
from winnow.search.pubmed import Outcome, Plan, numbered, search
from winnow.search.transport import EntrezTransport, Settings, settings


@dataclass(frozen=True)
class Filed:
    """What was filed: how many records, how many answers an earlier run had kept, and what was noticed without stopping."""

    records: int
    resumed: int
    notes: tuple[str, ...]


def run_source(review: Review, wanted: Search, source: Source, transport: Transport | None = None) -> Filed:
    """Search PubMed for one source and write its folder.

    Raises:
        ConfigError, Faults: the strategy or the settings are at fault.
        SearchError, Faults: the search cannot be trusted. Nothing is filed; what was fetched waits for the next run.
    """
    configured = review.settings.get("entrez", {})
    acknowledged = frozenset(configured.get("acknowledged", ()))
    written = strategy.load(source.strategy)
    found = lint.findings(written)
    raise_all([finding.fault for finding in found if finding.stops and finding.name not in acknowledged])
    plan = planned(review, wanted, source, written, acknowledged)
    server = settings(configured)
    transport = transport or EntrezTransport(server)
    identity = {
        "query": plan.term,
        "strategy": written.sha256,
        "host": server.host,
        "known": [study.id for study in plan.known],
        "code": fingerprints.fingerprint("search"),
    }
    with archive.partial(source.folder, identity) as part, Progress(part, f"{wanted.id} {source.name}") as shelf:
        outcome = converse(search(plan), transport, shelf, shelf.wait)
        manifest = _manifest(wanted, source, plan, outcome, part.began, server)
        advice = [finding for finding in found if not finding.stops or finding.name in acknowledged]
        notes = tuple(f"{finding.line}: {finding.what} - {finding.mend}" for finding in advice)
        manifest["details"]["lint"] = list(notes)
        manifest["acknowledged"] += [finding.name for finding in advice if finding.stops]
        archive.finish(part, source.folder, manifest, _names(outcome), written.content)
    return Filed(len(outcome.pmids), part.resumed, notes + outcome.warnings)


def planned(
    review: Review, wanted: Search, source: Source, written: strategy.Strategy, acknowledged: frozenset[str]
) -> Plan:
    """What a search comes down to: terms, limits, and the studies that it must find."""
    studies = [
        study
        for study in known.load(review.config_dir)
        if study.expected(wanted.id, source.name) and (study.pmid or study.doi)
    ]
    return Plan(numbered(written), limits(wanted), tuple(studies), acknowledged, review.relative(source.strategy))


def limits(wanted: Search) -> tuple[str, ...]:
    """The limits of a search as PubMed terms: publication years; entry or indexing in a window; records of an earlier day.

    Publication years are [dp], print or electronic. A window takes entry ([crdt]) or indexing ([mhda]) dates, never [edat], which
    NLM sets back to the publication date for records that arrive late.
    """
    terms = ["{}:{}[dp]".format(*wanted.years)]
    if window := wanted.settings.get("window"):
        span = "{from}:{to}".format(**window).replace("-", "/")
        terms.append(f"{span}[crdt] OR {span}[mhda]")
    if as_of := wanted.settings.get("as_of"):
        terms.append(f"1800:{as_of.replace('-', '/')}[crdt]")
    return tuple(terms)


def no_api(source: Source) -> InputError:
    """What to say of a source that only a person can search."""
    return InputError(
        f"{source.title} has no public interface, so a person exports its records",
        where=f"searches/{source.search_id}/{source.name}",
        mend=f"winnow add {source.search_id} {source.name} FILE... --hits N --date YYYY-MM-DD",
    )


def _names(outcome: Outcome) -> list[tuple[str, str, int | None]]:
    return [
        *((name, "evidence", None) for name in outcome.evidence),
        *((name, "records", records) for name, records in outcome.batches),
    ]


def _manifest(
    wanted: Search, source: Source, plan: Plan, outcome: Outcome, began: str, server: Settings
) -> dict[str, Any]:
    import Bio

    lines = [
        {"line": line.label, "text": line.text, "hits": hits}
        for line, hits in zip(plan.lines, outcome.hits, strict=True)
    ]
    last = plan.lines[-1].label
    lines.append(
        {
            "line": f"#{int(last[1:]) + 1}",
            "text": " AND ".join([last, *(f"({limit})" for limit in plan.limits)]),
            "hits": outcome.whole.count,
        }
    )
    return {
        "search": wanted.id,
        "source": source.name,
        "kind": source.kind,
        "name": source.title,
        "platform": "PubMed",
        "method": "entrez",
        "date": began,
        "years": list(wanted.years),
        "lines": lines,
        "query": plan.term,
        "query_translation": outcome.whole.translation,
        "warnings": list(outcome.warnings),
        "acknowledged": list(outcome.acknowledged),
        "hits": outcome.whole.count,
        "records": len(outcome.pmids),
        "host": server.host,
        "tool": {"winnow": __version__, "biopython": Bio.__version__},
        "details": {
            "limits": list(plan.limits),
            "slices": [{"limits": piece.limits, "hits": piece.hits} for piece in outcome.slices],
            **({"not_given": list(outcome.not_given)} if outcome.not_given else {}),
            "known_studies": [{"id": study.id, "label": study.label} for study in plan.known],
            "known_studies_missed": [
                {"id": one.study.id, "pmid": one.pmid, "in_pubmed": one.in_pubmed, "missed_by": list(one.lines)}
                for one in outcome.missed
            ],
        },
    }
