"""The pack's own pages, without a script: box, list, report and quote by plain links, readable in any browser or text viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from winnow import __version__, package_data
from winnow.report import diagram, form, methods, notes, set_aside
from winnow.report.evidence import Evidence, Row
from winnow.report.flow import Flow
from winnow.report.lists import every_box
from winnow.report.page_data import ENDED
from winnow.report.sections import sections
from winnow.report.story import Story
from winnow.report.svg import svg
from winnow.review import Review


def pages(
    review: Review, evidence: Evidence, flow: Flow, story: Story, hashes: Mapping[str, str], left_out: Sequence[Row]
) -> dict[str, str]:
    """``index.html`` and ``reports.html`` as text, by name."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    words = notes.notes(evidence, flow)
    picture = diagram.draw(flow, words, evidence.plan.criteria)
    values = [row for its in story.values.values() for row in its]
    shared: dict[str, Any] = {"notes": words, "version": __version__, "style": Markup(_template("pack.css"))}
    called = form.names(flow, evidence.plan.criteria)
    index = environment.from_string(_template("index.html.jinja")).render(
        **shared,
        diagram=Markup(svg(picture, lambda key: f"#list-{key}")),
        boxes=[_box(box.key, called[box.key], box.unit, box.rows) for box in every_box(flow) if box.rows is not None],
        methods=methods.methods(review, evidence, story.ledger, values),
        sections=[
            each for each in sections(review) if each.id in ("searches", "decisions", "amendments", "reproduction")
        ],
        hashes=sorted(hashes.items()),
        left_out=left_out,
    )
    told = [_report(report, evidence, flow, story) for report in sorted(evidence.merged)]
    reports = environment.from_string(_template("reports.html.jinja")).render(**shared, reports=told)
    return {"index.html": index, "reports.html": reports}


def _template(name: str) -> str:
    return package_data.text(f"audit/templates/{name}")


def _box(key: str, label: str, unit: str, rows: Sequence[Row]) -> dict[str, Any]:
    """A list with one line per row: what it names and which reports that is."""
    lines = []
    for row in rows:
        reports = row["report_ids"].split("; ") if unit == "study" else [row["report_id"]]
        text = row["label"] if unit == "study" else row["title"]
        name = row["study_id"] if unit == "study" else row.get("record_id", row["report_id"])
        lines.append({"name": name, "text": text, "reports": reports, "why": row.get("reason", "")})
    return {"key": key, "label": label, "n": len(rows), "lines": lines}


def _report(report: str, evidence: Evidence, flow: Flow, story: Story) -> dict[str, Any]:
    """One report's journey."""
    place = flow.places[report]
    return {
        "id": report,
        "title": evidence.merged[report]["title"] or "(no title)",
        "citation": set_aside.citation(evidence.merged[report]),
        "ended": ENDED[place.state],
        "reason": evidence.plan.criteria.get(place.reason, place.reason),
        "found": [row for row in evidence.records if evidence.reports[row["record_id"]] == report],
        "pairs": story.pairs.get(report, ()),
        "verdicts": story.verdicts.get(report, ()),
        "ledger": story.ledger.get(report, ()),
        "decisions": [row for row in evidence.decisions if row["report_id"] == report],
        "values": story.values.get(report, ()),
    }
