"""Each report's way through the stages: what rules and people came to, as one row per report and stage that it has reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from winnow import tables
from winnow.decisions.fingerprint import Now
from winnow.decisions.kinds import ADJUDICATOR
from winnow.decisions.resolve import (
    ADJUDICATED,
    CONFLICT,
    NO_DECISION,
    Judgement,
    Outcome,
    Readers,
    outcome,
)
from winnow.screen.judgements import Retrieval

#: The stages in order; a report starts at one of the first two.
STAGES = ("before_screening", "title_abstract", "retrieval", "full_text")


@dataclass(frozen=True)
class Settings:
    """What config.yaml and criteria.yaml say about who decides.

    Attributes:
        readers: who decides, by stage.
        criteria: the criteria's ids in protocol order.
    """

    readers: Mapping[str, Readers] = field(default_factory=dict)
    criteria: Sequence[str] = ()

    def rank_reason(self, criterion: str) -> int:
        """A criterion's place in the protocol; unknown ones come last."""
        return self.criteria.index(criterion) if criterion in self.criteria else len(self.criteria)


@dataclass(frozen=True)
class Step:
    """One report at one stage."""

    report_id: str
    stage: str
    outcome: Outcome

    @property
    def row(self) -> dict[str, str]:
        """The row of decisions.csv."""
        cells = {name: getattr(self.outcome, name) for name in tables.DECISIONS[2:]}
        return {"report_id": self.report_id, "stage": self.stage, **cells}


#: What a report's steps follow from besides what stays the same while people decide, and the steps.
Settled = dict[str, tuple[list[Judgement], Retrieval | None, list[Step]]]


def steps(
    reports: Iterable[str],
    judgements: Iterable[Judgement],
    retrievals: Mapping[str, Retrieval],
    excluded_by_rule: Mapping[str, Outcome],
    now: Callable[[str], Now],
    settings: Settings,
    before: Settled | None = None,
) -> list[Step]:
    """Every report's steps, in the order of ``reports`` and of the stages.

    Args:
        reports: the report ids.
        judgements: every screening row.
        retrievals: the last word on each full text.
        excluded_by_rule: what rules exclude on their own (empty under ``screening.rules: propose``).
        now: what can be read of a report today; asked only of reports that somebody decided.
        settings: who decides.
        before: kept between one call and the next in which only judgements and retrievals differ; a report whose own are the
            same is not worked out again.
    """
    about: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        about[judgement.report_id].append(judgement)
    settled = {} if before is None else before
    found: list[Step] = []
    for report_id in reports:
        rows, retrieval = about.get(report_id, _NO_ROWS), retrievals.get(report_id)
        known = settled.get(report_id)
        if known is None or known[0] != rows or known[1] != retrieval:
            own = _of_report(report_id, rows, retrieval, excluded_by_rule.get(report_id), now, settings)
            known = settled[report_id] = (rows, retrieval, own)
        found += known[2]
    return found


_NO_ROWS: list[Judgement] = []


def _of_report(
    report_id: str,
    judgements: Sequence[Judgement],
    retrieval: Retrieval | None,
    rule: Outcome | None,
    now: Callable[[str], Now],
    settings: Settings,
) -> list[Step]:
    rows = {stage: [row for row in judgements if row.stage == stage] for stage in ("title_abstract", "full_text")}
    if rule and not any(rows.values()):
        return [Step(report_id, "before_screening", rule)]
    readable = now(report_id) if any(rows.values()) else Now()
    return list(_by_people(report_id, rows, retrieval, readable, settings))


def _by_people(
    report_id: str,
    rows: Mapping[str, list[Judgement]],
    retrieval: Retrieval | None,
    now: Now,
    settings: Settings,
) -> Iterator[Step]:
    def settled(stage: str) -> Outcome:
        readers = settings.readers.get(stage, Readers())
        return outcome(stage, report_id, rows[stage], readers, now=now, rank_reason=settings.rank_reason)

    screened = settled("title_abstract")
    if rows["full_text"]:
        screened = _with_full_text(screened, bool(rows["title_abstract"]), rows["full_text"])
    yield Step(report_id, "title_abstract", screened)
    if screened.decision != "include":
        return
    obtained = _retrieved(retrieval, rows["full_text"])
    yield Step(report_id, "retrieval", obtained)
    if obtained.decision == "include":
        yield Step(report_id, "full_text", settled("full_text"))


def _with_full_text(screened: Outcome, decided: bool, later: Sequence[Judgement]) -> Outcome:
    """A judgement on the full text says that the report went forward; if people had excluded it, somebody must look."""
    if not decided:
        people = sorted({row.reviewer for row in later})
        return Outcome("include", by=tables.join(people), basis=_bases(later))
    if screened.decision == "exclude" and screened.agreed != ADJUDICATED:
        return replace(screened, decision="awaiting", reason="", agreed="", why=CONFLICT, waiting_for=ADJUDICATOR)
    return screened


def _retrieved(last: Retrieval | None, assessed: Sequence[Judgement]) -> Outcome:
    """Where the full text is; one that was assessed was there to be assessed."""
    if last and last.status in ("obtained", "other_basis"):
        basis = "full text" if last.status == "obtained" else _bases(assessed) or "public facts"
        return Outcome("include", by=last.by, basis=basis)
    if assessed:
        return Outcome("include", by=tables.join(sorted({row.reviewer for row in assessed})), basis=_bases(assessed))
    if last and last.status == "not_retrieved":
        return Outcome("exclude", reason=last.reason, by=last.by)
    return Outcome("awaiting", by=last.by if last else "", why=NO_DECISION)


def _bases(rows: Sequence[Judgement]) -> str:
    return tables.join(dict.fromkeys(basis for row in rows for basis in tables.split(row.basis)))
