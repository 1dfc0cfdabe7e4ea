"""How long a decision takes on a large review: what the page does between a key and the next record.

    python benchmarks/screening_desk.py [--reports 5000] [--decided 2000] [--decisions 25]

Writes a made-up review into a temporary folder (abstracts of 170 made-up words, distributed as words are, one in twenty reports
on the topic), serves the page and decides what it shows through HTTP, so that each decision is appended, everything that waits is
put in order again and the next record is drawn. Prints milliseconds per decision: CPU of the whole process, and wall time, which
other work on the machine lengthens.
"""

from __future__ import annotations

import argparse
import html
import re
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import requests

from winnow import tables
from winnow.decisions import seals
from winnow.decisions.kinds import KINDS
from winnow.review import Review, load
from winnow.screen import stage
from winnow.serve.desk import Desk
from winnow.serve.serving import prepared

CONFIG = """\
review: {title: Made up, question: "Do teapots in sunlight boil faster?"}
searches: [{id: first, years: [1990, 2020], databases: [pubmed]}]
screening: {reviewers: {title_abstract: {people: [wang]}, full_text: {people: [wang]}}}
"""
CRITERIA = "criteria: [{id: about_teapots, met: [teapot*], not_met: [kettle*]}]\n"
LENGTH, WORDS, TOPIC = 170, 20_000, ("teapots", "sunlight", "boil", "porcelain", "lid")


def made_up(root: Path, reports: int, decided: int) -> Review:
    """A review with so many reports, of which the one reviewer has decided so many."""
    (root / "config").mkdir()
    (root / "config/config.yaml").write_text(CONFIG, encoding="utf-8")
    (root / "config/criteria.yaml").write_text(CRITERIA, encoding="utf-8")
    draw = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    vocabulary = np.array(["".join(word) for word in draw.choice(letters, (WORDS, 7))])
    often = 1.0 / np.arange(1, WORDS + 1)
    records = []
    for n in range(1, reports + 1):
        text = draw.choice(vocabulary, LENGTH, p=often / often.sum())
        if n % 20 == 0:
            text[draw.choice(LENGTH, 12, replace=False)] = draw.choice(TOPIC, 12)
        title, abstract = " ".join(text[:12]), " ".join(text[12:])
        records.append({"record_id": f"pubmed:{n}", "pmid": str(n), "title": title, "abstract": abstract})
    tables.write_rows(root / "results/records/records.csv", records, tables.RECORDS)
    tables.write_rows(root / "results/deduplicate/merged.csv", records, tables.MERGED)
    own = [{"record_id": row["record_id"], "report_id": row["record_id"]} for row in records]
    tables.write_rows(root / "results/deduplicate/reports.csv", own, tables.REPORTS)
    columns = KINDS["screening"].columns
    basic = dict.fromkeys(columns, "") | {"date": "2026-01-01", "stage": "title_abstract", "role": "reviewer"}
    rows = [basic | {"id": str(n), "decision": "exclude" if n % 20 else "include"} for n in range(1, decided + 1)]
    tables.write_rows(root / "decisions/screening/wang.csv", seals.sealed("screening/wang", rows), columns)
    return load(root=root)


def decided_on(page: str) -> dict[str, str]:
    """The form of a page as a reviewer would send it who includes what is on the topic."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    said = "include" if "teapots" in page.split("<article>")[1].split("</article>")[0] else "exclude"
    return {name: html.unescape(value) for name, value in fields.items()} | {"decision": said, "basis": "abstract"}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=5000)
    parser.add_argument("--decided", type=int, default=2000)
    parser.add_argument("--decisions", type=int, default=25)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        review = made_up(Path(folder), given.reports, given.decided)
        start = time.process_time()
        stage.run(review)
        staged = time.process_time()
        desk = Desk(review, "wang")
        opened = time.process_time()
        cpu, wall = [], []
        serving = prepared(desk)
        with serving.answering(), requests.Session() as session:
            session.trust_env = False
            here = f"http://127.0.0.1:{serving.port}"
            page = session.get(serving.address).text
            for _ in range(given.decisions):
                form = decided_on(page)
                began, busy = time.perf_counter(), time.process_time()
                answer = session.post(f"{here}/decide", data=form, headers={"Origin": here})
                answer.raise_for_status()
                wall.append(1000 * (time.perf_counter() - began))
                cpu.append(1000 * (time.process_time() - busy))
                page = answer.text
    print("reports,decided,stage_ms,page_opens_ms,decision_cpu_ms,slowest_cpu_ms,decision_wall_ms")
    figures = (1000 * (staged - start), 1000 * (opened - staged), statistics.median(cpu), max(cpu))
    print(f"{given.reports},{given.decided}," + ",".join(f"{ms:.0f}" for ms in (*figures, statistics.median(wall))))


if __name__ == "__main__":
    main()
