"""What the rules said when somebody approved it, held against what other code says now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from walkthrough_life import ROOT, STAGES, run, run_all, with_searches
from winnow import tables
from winnow.cli import main
from winnow.decisions import rule_verdicts
from winnow.screen import signals
from winnow.screen import verdicts as screen_verdicts
from winnow.screen.criteria import Criterion
from winnow.screen.signals import Judged
from winnow.wording.documents import Document


def test_other_code_that_judges_otherwise_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are held against those approved: a difference on the same text is told with its cause, one on other text is not."""
    shutil.copytree(
        ROOT / "examples/walkthrough", tmp_path, ignore=shutil.ignore_patterns("results*", ".*"), dirs_exist_ok=True
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WINNOW_CACHE", "off")
    with_searches(tmp_path, 2)
    assert main(["amend", "--verdicts", "--reason", "too early", "--results-known", "no", "--by", "li"]) == 1
    run_all()
    criteria, ledger = Path("config/criteria.yaml"), Path("config/amendments.csv")
    as_planned, before = criteria.read_bytes(), ledger.read_bytes()
    criteria.write_bytes(as_planned.replace(b"any: [lumivane, ", b"any: ["))
    assert main(["amend", "--verdicts", "--reason", "too late", "--results-known", "yes", "--by", "li"]) == 1
    assert ledger.read_bytes() == before, "verdicts of other criteria are not approved with these"
    criteria.write_bytes(as_planned)
    run("amend", "--verdicts", "--reason", "what the rules say", "--results-known", "yes", "--by", "li")
    verdicts = [row for _, row in tables.read_rows(tmp_path / "results/screen/verdicts.csv")]
    one, other = [
        row["report_id"] for row in verdicts if (row["criterion"], row["verdict"]) == ("intervention", "met")
    ][:2]
    title = {row["record_id"]: row["title"] for _, row in tables.read_rows(tmp_path / "results/deduplicate/merged.csv")}

    def other_code(criterion: Criterion, document: Document) -> Judged:
        judged = signals.judge(criterion, document)
        turned = criterion.id == "intervention" and document.text("title") in (title[one], title[other])
        return judged._replace(verdict="unclear") if turned else judged

    monkeypatch.setattr(screen_verdicts, "judge", other_code)
    (kept,) = (tmp_path / "config/history").glob("verdicts-*.csv")
    table = tables.read(kept)
    table.loc[table["report_id"] == other, "text"] = "another text"
    tables.write(kept, table, rule_verdicts.COLUMNS)
    assert main(["check"]) == 1, "an approved version that was changed by hand is a fault"
    for stage in STAGES[1:]:
        run(stage)
    told = [row for _, row in tables.read_rows(tmp_path / "results/report/changes.csv") if row["change"] == "verdict"]
    assert [(row["report_id"], row["what"], row["before"]) for row in told] == [(one, "intervention", "met")]
    assert told[0]["after"].startswith("unclear") and told[0]["note"].endswith("the criterion is as it was")
