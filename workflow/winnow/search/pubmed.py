"""A PubMed search from its first hit count to its last record, as a conversation (see :mod:`winnow.search.conversation`).

1. every strategy line on its own: its hits, and what PubMed says of it;
2. the whole search with its limits: hits, QueryTranslation, warnings, and every PMID (see :mod:`winnow.search.slices`);
3. the known studies that it should have found, and for each that it misses, the lines that miss it;
4. if nothing unacknowledged was found to be wrong, every record, in batches, each checked to be what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from winnow import files
from winnow.errors import SearchError, WinnowError, raise_all
from winnow.search import answers
from winnow.search.answers import Found
from winnow.search.conversation import Forget, Request, Steps, Wait, ask
from winnow.search.known import KnownStudy
from winnow.search.slices import MOST, Disagreement, Find, Listing, Slice, listing
from winnow.search.strategy import Strategy

#: Records per EFetch: NCBI recommends several hundred; a broken answer costs so many again.
BATCH = 200
#: How often the whole listing is asked for again when its counts do not sum.
LISTINGS = 3


@dataclass(frozen=True)
class Numbered:
    """One line of the strategy: its label, its text as written and the whole term that is sent for it."""

    label: str
    text: str
    term: str


def numbered(written: Strategy) -> tuple[Numbered, ...]:
    """The lines of a strategy with the terms that are sent for them."""
    return tuple(Numbered(line.label, line.text, written.expanded(line.number)) for line in written.lines)


@dataclass(frozen=True)
class Plan:
    """What to search for: all that the conversation depends on."""

    lines: tuple[Numbered, ...]
    limits: tuple[str, ...]
    known: tuple[KnownStudy, ...] = ()
    acknowledged: frozenset[str] = frozenset()
    where: str = "config/strategy/pubmed.txt"

    @property
    def term(self) -> str:
        """The last line with the limits of the search: years, and a window or an as-of day where the search has one."""
        return " AND ".join([f"({self.lines[-1].term})", *(f"({limit})" for limit in self.limits)])


@dataclass(frozen=True)
class Missed:
    """A known study that the search does not find, and the lines that miss it (none if the limits or the lines together do)."""

    study: KnownStudy
    pmid: str
    in_pubmed: bool
    lines: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What to tell people."""
        name = f"known study {self.study.id}" + (f" ({self.study.label})" if self.study.label else "")
        if not self.in_pubmed:
            return f"{name} is not in PubMed"
        if self.lines:
            return f"{name} is not found: missed by {', '.join(self.lines)}"
        return f"{name} is not found, though every line finds it: the limits exclude it"


@dataclass(frozen=True)
class Outcome:
    """What a search came to: ``pmids`` are those whose records came; ``batches`` and ``evidence`` name the files of its answers."""

    hits: tuple[int, ...]
    whole: Found
    slices: tuple[Slice, ...]
    pmids: tuple[str, ...]
    batches: tuple[tuple[str, int], ...]
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]
    acknowledged: tuple[str, ...]
    missed: tuple[Missed, ...]
    not_given: tuple[str, ...] = ()


class _Names:
    """File names for ESearch's answers: numbered as they are asked for, with a digest of what was asked.

    An answer that an earlier run kept is then never taken for the answer to another question.
    """

    def __init__(self) -> None:
        self.used: list[str] = []

    def esearch(self, parameters: Mapping[str, str]) -> str:
        digest = files.sha256_bytes(files.canonical_json(parameters))[:8]
        self.used.append(f"esearch-{len(self.used) + 1:04d}-{digest}.xml.gz")
        return self.used[-1]


def search(plan: Plan) -> Steps[Outcome]:
    """Run a plan.

    Raises:
        SearchError, Faults: PubMed refuses, warns, contradicts itself or does not give a record that it listed.
    """
    names = _Names()

    def find(term: str, purpose: str, retmax: int) -> Steps[Found]:
        parameters = {"db": "pubmed", "term": term, "retmode": "xml", "retstart": "0", "retmax": str(retmax)}
        request = Request("esearch", parameters, names.esearch(parameters), purpose)
        return (yield from ask(request, lambda body: answers.esearch(body, retmax=retmax)))

    noticed: dict[str, str] = {}  # name: sentence; a line that repeats what a line before it said says nothing new
    hits: list[int] = []
    for line in plan.lines:
        found = yield from find(line.term, f"hits of {line.label}", 0)
        hits.append(found.count)
        _notice(noticed, found, line.label)
        if not found.count:
            noticed[f"NoHits: {line.label}"] = f"{line.label} finds nothing: {line.text}"
    whole, listed = yield from _agreed(find, plan.term)
    _notice(noticed, whole, "the whole search")
    if not whole.count and all(hits):
        noticed["NoHits: search"] = "the whole search finds nothing"
    missed = yield from _all_missed(find, plan, frozenset(listed.pmids))
    noticed |= {one.study.name: one.sentence for one in missed}
    faults = _unacknowledged(plan, noticed)
    if faults:
        yield Forget()
    raise_all(faults)
    spared = frozenset(pmid for pmid in listed.pmids if answers.not_given(pmid) in plan.acknowledged)
    batches, withheld = yield from _fetch(listed.pmids, spared)
    for pmid in withheld:
        said = f"PubMed lists PMID {pmid} and does not give its record, which is missing here"
        noticed[answers.not_given(pmid)] = said
    return Outcome(
        hits=tuple(hits),
        whole=whole,
        slices=listed.slices,
        pmids=tuple(pmid for pmid in listed.pmids if pmid not in withheld),
        batches=tuple(batches),
        evidence=tuple(names.used),
        warnings=tuple(noticed.values()),
        acknowledged=tuple(sorted(noticed)),
        missed=tuple(missed),
        not_given=tuple(withheld),
    )


def _notice(noticed: dict[str, str], found: Found, where: str) -> None:
    """Add what PubMed warned of, unless it was said before."""
    for warning in found.warnings:
        noticed.setdefault(warning, f"{where}: {warning}")


def _agreed(find: Find, term: str) -> Steps[tuple[Found, Listing]]:
    """The listing of a term, asked for anew when PubMed changes in the middle of it."""
    for attempt in range(1, LISTINGS + 1):
        whole = yield from find(term, "the whole search", MOST)
        try:
            return whole, (yield from listing(find, term, whole))
        except Disagreement as fault:
            if attempt == LISTINGS:
                yield Forget()
                raise SearchError(
                    f"PubMed's counts contradict each other ({fault})",
                    where="esearch",
                    mend="run the same command again later; nothing was filed",
                ) from None
            yield Wait(attempt * 2.0, str(fault), attempt)
    raise AssertionError("unreachable")


def _all_missed(find: Find, plan: Plan, pmids: frozenset[str]) -> Steps[list[Missed]]:
    """The known studies that are not among the PMIDs listed."""
    missed: list[Missed] = []
    for study in plan.known:
        one = yield from _missed(find, plan, study, pmids)
        if one is not None:
            missed.append(one)
    return missed


def _missed(find: Find, plan: Plan, study: KnownStudy, pmids: frozenset[str]) -> Steps[Missed | None]:
    pmid = study.pmid
    if not pmid:
        found = yield from find(f'"{study.doi}"[aid]', f"known study {study.id}", MOST)
        if len(found.pmids) != 1:
            return Missed(study, "", False, ())
        pmid = found.pmids[0]
    if pmid in pmids:
        return None
    there = yield from find(f"{pmid}[uid]", f"known study {study.id}", 0)
    if not there.count:
        return Missed(study, pmid, False, ())
    without = []
    for line in plan.lines:
        found = yield from find(f"({line.term}) AND {pmid}[uid]", f"known study {study.id} in {line.label}", 0)
        if not found.count:
            without.append(line.label)
    return Missed(study, pmid, True, tuple(without))


def _unacknowledged(plan: Plan, noticed: Mapping[str, str]) -> list[WinnowError]:
    """Whatever nobody has acknowledged, all of it at once."""
    mend = 'mend the strategy, or acknowledge it in config.yaml under entrez: acknowledged: ["{}"]'
    return [
        SearchError(sentence, where=plan.where, mend=mend.format(name))
        for name, sentence in noticed.items()
        if name not in plan.acknowledged
    ]


def _fetch(pmids: Sequence[str], spared: frozenset[str]) -> Steps[tuple[list[tuple[str, int]], list[str]]]:
    """Every record in batches; the files with their numbers of records, and which of ``spared`` did not come."""
    batches: list[tuple[str, int]] = []
    withheld: list[str] = []
    for first in range(0, len(pmids), BATCH):
        wanted = pmids[first : first + BATCH]
        name = f"records-{first // BATCH + 1:04d}.xml.gz"
        parameters = {"db": "pubmed", "id": ",".join(wanted), "retmode": "xml", "retmax": str(len(wanted))}
        purpose = f"records {first + 1} to {first + len(wanted)}"
        request = Request("efetch", parameters, name, purpose, len(wanted), len(pmids))
        missing = yield from ask(request, partial(answers.efetch, wanted=wanted, spared=spared))
        withheld += missing
        batches.append((name, len(wanted) - len(missing)))
    return batches, withheld
