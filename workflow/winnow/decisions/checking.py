"""What ``winnow check`` asks of the ledgers: that each row can be read, means something, and is as it was when it was sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from winnow import config
from winnow.decisions import ledger
from winnow.decisions.kinds import KINDS, STAGES
from winnow.decisions.ledger import Ledger
from winnow.decisions.resolve import Readers
from winnow.errors import ConfigError, LedgerError, WinnowError
from winnow.review import Review


def check(review: Review, criteria: Collection[str] = ()) -> list[WinnowError]:
    """Every fault of every ledger of the review, in the order of files and lines.

    Args:
        review: the review; its results are not looked at, so that it can be checked before anything is worked out.
        criteria: the ids of the criteria; by default those of config/criteria.yaml.
    """
    known = criteria or criterion_ids(review)
    named = people_by_stage(review)
    ledgers, found = ledger.read_all(review.root)
    found = [*_unreadable(review), *_strays(review), *found]
    for one in ledgers:
        found += ledger.faults(one, criteria=known, people=named, today=tomorrow())
        found += one.verify()
    return found + _namesakes(ledgers, named)


def tomorrow() -> date:
    """No row is later than this: a day of grace, since ledgers are written in every time zone."""
    return (datetime.now(UTC) + timedelta(days=1)).date()


def _namesakes(ledgers: Iterable[Ledger], named: Mapping[str, Collection[str]]) -> list[WinnowError]:
    """Ledgers that count as two people and are called the same but for capitals, as one person's would be."""
    known = {name for names in named.values() for name in names}
    people = sorted({one.reviewer: one for one in ledgers if one.kind.name == "screening"}.items())
    return [
        LedgerError(
            f"'{name}' and '{twin}' differ in capitals only and count as two people",
            where=one.where,
            mend=f"move the one that is not meant out of decisions/, and go on as '{name if name in known else twin}'",
        )
        for place, (name, one) in enumerate(people)
        if (twin := ledger.namesake(name, [before for before, _ in people[:place]]))
    ]


#: How files end that somebody may have meant as a ledger.
_TABLES = (".csv", ".csv.txt", ".tsv", ".xls", ".xlsx", ".ods", ".numbers")


def _strays(review: Review) -> list[WinnowError]:
    """What stands in decisions/ and would be passed over in silence: a table that no ledger is called, a folder."""
    held = {path for kind in KINDS.values() for path in ledger.paths(review.root, kind)}
    names = [kind.path.removeprefix("decisions/") for kind in KINDS.values() if kind.path.startswith("decisions/")]
    folders = {name.partition("/")[0] for name in names if "/" in name}
    found: list[WinnowError] = []
    for path in sorted(
        [*review.decisions.glob("*"), *(p for name in folders for p in review.decisions.glob(f"{name}/*"))]
    ):
        name = path.relative_to(review.decisions).as_posix()
        if path.name.startswith(".") or path in held or name in folders:
            continue
        if path.is_dir():
            what, mend = "no ledger is a folder", "a ledger is a CSV file; move the folder out of decisions/"
        elif name.lower().endswith(_TABLES):
            what = "no ledger is called so, and nothing in it counts"
            near = get_close_matches(name.lower(), [one for one in names if "*" not in one], n=1)
            mend = (
                f"rename it to {near[0]}, or move it out of decisions/" if near else f"ledgers are {', '.join(names)}"
            )
        else:
            continue
        found.append(LedgerError(what, where=review.relative(path), mend=mend))
    return found


def criterion_ids(review: Review) -> tuple[str, ...]:
    """The criteria's ids in protocol order, without asking whether the rest of the file makes sense (the screen stage does)."""
    path = review.config_dir / "criteria.yaml"
    if not path.is_file():
        return ()
    value, _ = config.load_yaml(path)
    entries: Any = value.get("criteria", ()) if isinstance(value, dict) else ()
    if not isinstance(entries, list):
        return ()
    return tuple(str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry)


def people_by_stage(review: Review) -> dict[str, tuple[str, ...]]:
    """The reviewers that config.yaml names, by stage."""
    return {stage: readers(review, stage).people for stage in STAGES}


def _unreadable(review: Review) -> list[WinnowError]:
    """Stages that nobody can ever finish: more readers are needed than people are named."""
    return [
        ConfigError(
            f"{stage} needs {who.needed} readers and names {len(who.people)} people",
            where=str(review.config_files[-1]),
            mend=f"mend screening.reviewers.{stage}",
        )
        for stage in STAGES
        if (who := readers(review, stage)).people and who.needed > len(who.people)
    ]


def readers(review: Review, stage: str) -> Readers:
    """Who decides at a stage, as config.yaml says; one reader, whoever it is, if it says nothing."""
    said = review.settings.get("screening", {}).get("reviewers", {}).get(stage)
    if not said:
        return Readers()
    people = tuple(said["people"])
    return Readers(people, int(said.get("readers", len(people))), float(said.get("sample", 1.0)))
