"""How long a decision takes on a large review: what the page does between a key and the next record.

    python benchmarks/screening_desk.py [--reports 5000] [--decided 2000]

Writes a made-up review into a temporary folder, appends decisions, and prints CPU milliseconds (the median
over nine decisions).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from winnow import tables
from winnow.decisions import seals
from winnow.decisions.kinds import KINDS
from winnow.review import Review, load
from winnow.screen import stage
from winnow.serve.desk import Desk, key_of

CONFIG = """\
review: {title: Made up}
searches: [{id: first, years: [1990, 2020], databases: [pubmed]}]
screening: {reviewers: {title_abstract: {people: [wang, li]}, full_text: {people: [wang, li]}}}
"""
CRITERIA = "criteria: [{id: about_teapots, met: [teapot*], not_met: [kettle*]}]\n"


def made_up(root: Path, reports: int, decided: int) -> Review:
    """A review with so many reports, of which one reviewer has decided so many."""
    (root / "config").mkdir()
    (root / "config/config.yaml").write_text(CONFIG, encoding="utf-8")
    (root / "config/criteria.yaml").write_text(CRITERIA, encoding="utf-8")
    records = [
        {"record_id": f"pubmed:{n}", "pmid": str(n), "title": f"Teapot {n}", "abstract": f"Teapots of kind {n}. " * 60}
        for n in range(1, reports + 1)
    ]
    tables.write_rows(root / "results/records/records.csv", records, tables.RECORDS)
    tables.write_rows(root / "results/deduplicate/merged.csv", records, tables.MERGED)
    own = [{"record_id": row["record_id"], "report_id": row["record_id"]} for row in records]
    tables.write_rows(root / "results/deduplicate/reports.csv", own, tables.REPORTS)
    columns = KINDS["screening"].columns
    basic = dict.fromkeys(columns, "") | {"date": "2026-01-01", "stage": "title_abstract", "role": "reviewer"}
    rows = [basic | {"id": str(n), "decision": "exclude"} for n in range(1, decided + 1)]
    tables.write_rows(root / "decisions/screening/wang.csv", seals.sealed("screening/wang", rows), columns)
    return load(root=root)


def milliseconds(what: Callable[[], object], times: int) -> float:
    """The median of so many calls."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        what()
        taken.append(time.process_time() - start)
    return 1000 * statistics.median(taken)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=5000)
    parser.add_argument("--decided", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        review = made_up(Path(folder), given.reports, given.decided)
        stage_ms = milliseconds(lambda: stage.run(review), 1)
        start = time.process_time()
        desk = Desk(review, "wang")
        opened_ms = 1000 * (time.process_time() - start)

        def decide() -> None:
            key = key_of(desk.queue()[0])
            if not desk.decide(key, "exclude", "", "abstract", "", ""):
                raise RuntimeError("the decision was not written")
            desk.item(key_of(desk.queue()[0]))

        decided_ms = milliseconds(decide, 9)
    print("reports,decided,stage_ms,page_opens_ms,decision_to_next_record_ms")
    print(f"{given.reports},{given.decided},{stage_ms:.0f},{opened_ms:.0f},{decided_ms:.0f}")


if __name__ == "__main__":
    main()
