"""Made-up reviews of any shape, in memory and on disk, from a seed."""

from __future__ import annotations

import random
from pathlib import Path

import yaml

from winnow import tables
from winnow.report.evidence import Evidence, Plan, Row, SourcePlan

REASONS = ("population", "intervention", "设计不符", "not an original study, or a letter; see protocol")
TITLES = (
    "Immunoglobulin in invented myositis", "静脉注射免疫球蛋白治疗皮肌炎的虚构研究", "<script>alert(1)</script> & trial",
    "=HYPERLINK(\"http://x\")", "\u202eright to left\u202c", "A" * 300, "", "Ünïcode ß ① Part II",
)  # fmt: skip
KINDS = (("pubmed", "database"), ("cnki", "database"), ("ictrp", "register"), ("web-pages", "other"), ("refs", "other"))


def _decisions(chance: random.Random, report: str, settled: bool) -> list[Row]:
    """One report's way through the stages."""
    rows: list[Row] = []

    def add(stage: str, decision: str, by: str = "ann; bo") -> None:
        reason = chance.choice(REASONS) if decision == "exclude" else ""
        rows.append(
            {"report_id": report, "stage": stage, "decision": decision, "reason": reason, "by": by,
             "basis": chance.choice(("title", "abstract", "full text")), "agreed": "yes", "stale": ""}
        )  # fmt: skip

    if chance.random() < 0.1:
        add("before_screening", "exclude", "rule:population")
        return rows
    choices = ("include", "include", "exclude") if settled else ("include", "include", "exclude", "awaiting")
    for stage in ("title_abstract", "retrieval", "full_text"):
        decision = chance.choice(choices)
        by = "rule:population" if stage == "title_abstract" and chance.random() < 0.1 else "ann; bo"
        add(stage, decision, by)
        if decision != "include":
            break
    return rows


def made_up(
    seed: int = 1, *, reports: int = 30, searches: int = 1, settled: bool = False, kinds: int = 5, abstract: str = ""
) -> Evidence:
    """A review whose tables are consistent and whose shape depends on the seed alone."""
    chance = random.Random(seed)
    names = tuple(f"s{number}" for number in range(1, searches + 1))
    used = KINDS[:kinds]
    sources = tuple(
        SourcePlan(search, name, kind, {"pubmed": "PubMed (MEDLINE)", "cnki": "CNKI 中国知网"}.get(name, name),
                   "not_available" if name == "cnki" and seed % 3 == 0 else "export",
                   "citation searching" if name == "refs" else "websites")
        for search in names for name, kind in used
    )  # fmt: skip
    present = [source for source in sources if source.method != "not_available"]
    records: list[Row] = []
    grouped: dict[str, str] = {}
    merged: dict[str, Row] = {}
    decisions: list[Row] = []
    studies: list[Row] = []
    for number in range(reports):
        places = chance.sample(present, k=min(len(present), chance.choice((1, 1, 2, 3))))
        members = []
        for source in places:
            for copy in range(chance.choice((1, 1, 1, 2))):
                record_id = f"{source.name}:{number:05d}{'b' * copy}"
                grouped[record_id] = ""
                members.append(record_id)
                records.append(
                    dict.fromkeys(tables.RECORDS, "") | {
                        "record_id": record_id, "search_id": source.search_id, "source": source.name,
                        "title": chance.choice(TITLES), "year": str(1985 + number % 40), "abstract": abstract,
                        "authors": "Doe, Jane; 王, 东", "journal": "Journal of Invented Medicine", "line": str(number + 1),
                        "file": f"searches/{source.search_id}/{source.name}/records.ris",
                    }
                )  # fmt: skip
        report = min(members)
        for member in members:
            grouped[member] = report
        first = next(row for row in records if row["record_id"] == report)
        merged[report] = first | {"record_ids": "; ".join(sorted(set(members))), "field_sources": ""}
        way = _decisions(chance, report, settled)
        decisions += way
        if way[-1]["stage"] == "full_text" and way[-1]["decision"] == "include":
            study = chance.choice(studies)["study_id"] if studies and chance.random() < 0.3 else f"study-{number}"
            studies.append({"study_id": study, "report_id": report, "role": "", "overlaps_with": "", "note": ""})
    order = {(source.search_id, source.name): index for index, source in enumerate(sources)}
    records.sort(key=lambda row: (order[row["search_id"], row["source"]], row["record_id"]))
    plan = Plan(names, sources, title="A made-up review 虚构的综述", made_up=True)
    return Evidence(plan, records, grouped, merged, decisions, studies)


def on_disk(evidence: Evidence, root: Path) -> Path:
    """The same review as folders and tables, ready for ``winnow report``."""
    plan = evidence.plan
    config: dict[str, object] = {
        "review": {"title": plan.title, "made_up": plan.made_up},
        "searches": [
            {"id": search, "years": [1985, 2025]} | {
                key: [source.name for source in plan.of(search) if source.kind == kind]
                for key, kind in (("databases", "database"), ("registers", "register"), ("other", "other"))
            }
            for search in plan.searches
        ],
        "sources": {"refs": {"category": "citation searching"}},
    }  # fmt: skip
    (root / "config").mkdir(parents=True, exist_ok=True)
    (root / "config" / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    results = root / "results"
    tables.write_rows(results / "records" / "records.csv", evidence.records, tables.RECORDS)
    tables.write_rows(
        results / "deduplicate" / "reports.csv",
        [{"record_id": record, "report_id": report} for record, report in evidence.reports.items()],
        tables.REPORTS,
    )
    tables.write_rows(results / "deduplicate" / "merged.csv", evidence.merged.values(), tables.MERGED)
    tables.write_rows(results / "screen" / "decisions.csv", evidence.decisions, tables.DECISIONS)
    tables.write_rows(results / "extract" / "studies.csv", evidence.studies, tables.STUDIES)
    tables.write_rows(results / "extract" / "values.csv", _values(evidence), tables.VALUES)
    tables.write_rows(results / "screen" / "verdicts.csv", _verdicts(evidence), tables.VERDICTS)
    tables.write_rows(results / "screen" / "to_decide.csv", _to_decide(evidence), TO_DECIDE)
    tables.write_rows(results / "deduplicate" / "pairs.csv", _pairs(evidence), tables.PAIRS)
    tables.write_rows(
        results / "extract" / "extraction_table.csv", _table(evidence), ("study_id", "study", "n_total", "reports")
    )
    tables.write_rows(root / "decisions" / "screening" / "ann.csv", _ledger(evidence), tables.SCREENING_LEDGER)
    return root


TO_DECIDE = (
    "report_id", "stage", "why", "waiting_for", "rank", "title", "year", "journal", "authors", "proposal", "evidence",
    "other_id",
)  # fmt: skip


def _values(evidence: Evidence) -> list[Row]:
    return [
        {"study_id": row["study_id"], "report_id": row["report_id"], "field": "n_total", "value": "26", "number": "26",
         "quote": "twenty-six <b>patients</b>", "by": "ann", "source": "abstract", "confidence": "1"}
        for row in evidence.studies
    ]  # fmt: skip


def _verdicts(evidence: Evidence) -> list[Row]:
    return [
        {"report_id": report, "criterion": "population", "verdict": "met", "rule": "disease", "field": "title",
         "quote": row["title"][:10], "start": "0", "end": str(len(row["title"][:10]))}
        for report, row in sorted(evidence.merged.items())
    ]  # fmt: skip


def _to_decide(evidence: Evidence) -> list[Row]:
    return [
        {"report_id": row["report_id"], "stage": row["stage"], "why": "no decision", "rank": str(place + 1)}
        for place, row in enumerate(row for row in evidence.decisions if row["decision"] == "awaiting")
    ]


def _pairs(evidence: Evidence) -> list[Row]:
    return [
        {
            "record_id_1": report,
            "record_id_2": record,
            "verdict": "same",
            "score": "1",
            "rule": "same doi",
            "evidence": "10.1/x",
        }
        for record, report in evidence.reports.items()
        if record != report
    ]


def _table(evidence: Evidence) -> list[Row]:
    found: dict[str, list[str]] = {}
    for row in evidence.studies:
        found.setdefault(row["study_id"], []).append(row["report_id"])
    return [
        {"study_id": study, "study": f"Doe {place}", "n_total": "26", "reports": "; ".join(reports)}
        for place, (study, reports) in enumerate(sorted(found.items()))
    ]


def _ledger(evidence: Evidence) -> list[Row]:
    return [
        {"date": "2026-01-05", "id": row["report_id"], "stage": row["stage"], "decision": row["decision"],
         "criterion": "", "role": "reviewer", "basis": row["basis"], "note": "<i>said so</i>"}
        for row in evidence.decisions
        if row["stage"] in ("title_abstract", "full_text") and row["decision"] != "awaiting"
    ]  # fmt: skip
