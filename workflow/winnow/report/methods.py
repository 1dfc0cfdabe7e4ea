"""A methods paragraph made from what the logs prove and nothing else; each sentence names the file that proves it.

What no log shows (who wrote the protocol, why a date was chosen, whether somebody read along) is not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winnow import __version__
from winnow.report.evidence import Evidence, Row
from winnow.review import Review, Source
from winnow.tables import split


@dataclass(frozen=True)
class Sentence:
    """A sentence and what proves it (a path relative to the review's folder)."""

    text: str
    proof: str


def methods(
    review: Review, evidence: Evidence, ledger: Mapping[str, Sequence[Row]], values: Sequence[Row]
) -> list[Sentence]:
    """The sentences in the order of a methods section."""
    found = [sentence for source in review.sources if source.archived for sentence in _search(review, source)]
    return [*found, *_records(review, evidence), *_screening(review, evidence, ledger), *_extraction(review, values)]


def _n(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _search(review: Review, source: Source) -> list[Sentence]:
    manifest = source.manifest
    records = _n(int(manifest.data["records"]), "record", "records")
    proof = review.relative(source.folder / "manifest.json")
    years = manifest.data.get("years") or []
    span = f", publication years {years[0]} to {years[-1]}" if years else ""
    then = f"{span}," if span else ""
    hits = manifest.data.get("hits")
    stated = f"; the source stated {_n(hits, 'hit', 'hits')}" if hits is not None else ""
    told = {
        "entrez": f"{source.title} was searched through Entrez on {manifest.date}{span} ({records} retrieved{stated}).",
        "export": f"{source.title} was searched on {manifest.date}{then} and its export filed ({records}{stated}).",
        "assembled": f"Records of {source.title} were assembled from public bibliographic facts ({records}{span}); "
        "no search was run.",
        "not_available": f"{source.title} was planned for search {source.search_id}; no export was supplied.",
    }
    return [Sentence(told[manifest.method], proof)]


def _records(review: Review, evidence: Evidence) -> list[Sentence]:
    rows, reports = len(evidence.records), len(evidence.merged)
    text = (
        f"{_n(rows, 'record was', 'records were')} merged into {_n(reports, 'report', 'reports')} by identifiers and by "
        f"rules over bibliographic fields (winnow {__version__}); the pairs behind each merge are listed with their evidence."
    )
    return [Sentence(text, review.relative(review.result("deduplicate", "pairs.csv")))]


_STAGES = {"title_abstract": "on title and abstract", "full_text": "for eligibility"}


def _screening(review: Review, evidence: Evidence, ledger: Mapping[str, Sequence[Row]]) -> list[Sentence]:
    judged = [_judged(evidence, ledger, stage, words) for stage, words in _STAGES.items()]
    found = [Sentence(text, "decisions/screening/") for text in judged if text]
    before = sum(row["stage"] == "before_screening" for row in evidence.decisions)
    proof = review.relative(review.result("screen", "decisions.csv"))
    if before:
        found.append(Sentence(f"Rules excluded {_n(before, 'report', 'reports')} before screening.", proof))
    elif found:
        found.append(Sentence("No report was excluded by rules before screening.", proof))
    return found


def _judged(evidence: Evidence, ledger: Mapping[str, Sequence[Row]], stage: str, words: str) -> str:
    """Who judged at a stage, what they read, what else settled it and what is still open; empty where no reader judged."""
    reached = [row for row in evidence.decisions if row["stage"] == stage]
    rows = [row for row in reached if row["decision"] != "awaiting"]
    by_people = [row for row in rows if not row["by"].startswith("rule:")]
    readers = {
        report: {row["reviewer"] for row in its if row["stage"] == stage and row["role"] == "reviewer"}
        for report, its in ledger.items()
    }
    read = [len(readers.get(row["report_id"], ())) for row in by_people]
    if not any(read):
        return ""
    people = len(set().union(*readers.values()))
    twice, once, adjudicated = sum(count > 1 for count in read), read.count(1), read.count(0)
    bases = Counter(row["basis"] or "a basis not stated" for row in by_people)
    settled = sum(row["agreed"] == "adjudicated" for row in rows)
    by_rule = len(rows) - len(by_people)
    begun = sum(bool(readers.get(row["report_id"])) for row in reached if row["decision"] == "awaiting")
    said = [
        f"{_n(len(by_people), 'report was', 'reports were')} judged {words} by people "
        f"({_n(people, 'person', 'people')}; {_n(twice, 'report', 'reports')} by two or more, {once} by one"
        + (f", {adjudicated} by an adjudicator alone)" if adjudicated else ")"),
        f"what was read: {', '.join(f'{basis} ({count})' for basis, count in sorted(bases.items()))}",
    ]
    if settled:
        said.append(f"{_n(settled, 'disagreement was', 'disagreements were')} settled by an adjudicator")
    if by_rule:
        said.append(f"{_n(by_rule, 'report was', 'reports were')} decided by rules alone")
    if begun:
        said.append(f"{_n(begun, 'report that was read awaits', 'reports that were read await')} a decision")
    return "; ".join(said) + "."


def _extraction(review: Review, values: Sequence[Row]) -> list[Sentence]:
    if not values:
        return []
    people = {name for row in values for name in split(row["by"]) if not name.startswith("rule:")}
    from_people = [row for row in values if not row["by"].startswith("rule:")]
    checked = sum(bool(row["checked_by"]) for row in from_people)
    text = (
        f"{_n(len(from_people), 'value was', 'values were')} extracted by {_n(len(people), 'person', 'people')} with the words "
        f"that carry each; {_n(checked, 'was', 'were')} checked by another."
        if from_people
        else "No value was extracted by a person."
    )
    suggested = len(values) - len(from_people)
    if suggested:
        text += f" {_n(suggested, 'suggestion', 'suggestions')} by rules stand beside them, marked as such."
    return [Sentence(text, review.relative(review.result("extract", "values.csv")))]


def markdown(sentences: Sequence[Sentence]) -> str:
    """The paragraph, and under it what proves each sentence."""
    proofs = "\n".join(f"{place}. {each.text}\n   Proof: `{each.proof}`" for place, each in enumerate(sentences, 1))
    paragraph = " ".join(each.text for each in sentences)
    return (
        "# Methods, as far as the logs prove them\n\n"
        f"{paragraph}\n\n"
        "What is not written here was not recorded; the authors must state it.\n\n"
        f"## Sentence by sentence\n\n{proofs}\n"
    )
