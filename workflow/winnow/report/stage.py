"""``winnow report``: the flow, proved, then every result that shows it."""

from __future__ import annotations

import shutil
from dataclasses import asdict

from winnow import config, files, tables
from winnow.report import (
    changes,
    changes_told,
    checklist,
    database,
    diagram,
    evidence,
    lists,
    methods,
    page,
    pdf,
    prisma_csv,
    set_aside,
    story,
    svg,
)
from winnow.report import flow as flows
from winnow.report import notes as words
from winnow.report.evidence import Evidence
from winnow.report.story import Story, optional
from winnow.review import Review
from winnow.search import pages


def run(review: Review) -> None:
    """Write everything under ``results/report``. After a fault nothing is there: missing, never stale.

    Raises:
        InputError: a table of an earlier stage is missing.
        IdentityError, Faults: the flow does not add up.
        RenderError: the diagram cannot be drawn faithfully.
    """
    shutil.rmtree(review.results / "report", ignore_errors=True)
    (review.results / "review.sqlite").unlink(missing_ok=True)
    gathered = evidence.read(review)
    flow = flows.flow(gathered)
    told = story.read(review, gathered)
    notes = words.notes(gathered, flow)
    picture = diagram.draw(flow, notes, gathered.plan.criteria)
    drawn = svg.svg(picture)
    folder = review.results / "report"
    lists.write(flow, folder / "lists")
    files.write_json(folder / "prisma.json", lists.as_json(flow, review.relative(folder / "lists")))
    files.write_json(folder / "flow.json", _about(flow, notes))
    files.write_text(folder / "prisma.svg", drawn)
    files.write_bytes(folder / "prisma.png", svg.png(drawn))
    files.write_bytes(folder / "prisma.pdf", pdf.pdf(picture))
    tables.write_rows(folder / "prisma2020.csv", prisma_csv.rows(flow, gathered.plan.criteria), prisma_csv.COLUMNS)
    _reproduce(review)
    _tables(review, gathered, flow, told)
    _changed(review, gathered, flow, told)
    files.write_text(folder / "index.html", page.build(review, gathered, flow, notes, picture, told))
    rows = database.rows_of(gathered, told, flow, review.relative(folder / "lists"))
    database.write(review.results / "review.sqlite", rows)


def _tables(review: Review, gathered: Evidence, flow: flows.Flow, told: Story) -> None:
    """What PRISMA's items 8, 9 and 16b ask for, the checklist, and the data dictionary."""
    folder = review.results / "report"
    noted = set_aside.full_text_notes(told.ledger)
    ledger = optional(review.decisions / "studies.csv", tables.STUDIES_LEDGER)
    for name, rows in {
        "excluded_full_text": set_aside.excluded_full_text(gathered, flow, noted),
        "awaiting_classification": set_aside.awaiting(gathered, flow),
        "ongoing_studies": set_aside.ongoing(gathered, flow, ledger),
    }.items():
        tables.write_rows(folder / f"{name}.csv", rows, set_aside.COLUMNS)
    values = [row for its in told.values.values() for row in its]
    files.write_text(folder / "methods.md", methods.markdown(methods.methods(review, gathered, told.ledger, values)))
    tables.write_rows(folder / "prisma_checklist.csv", checklist.checklist(review), checklist.COLUMNS)
    dictionary = [dict(zip(database.DICTIONARY, vars(column).values(), strict=True)) for column in database.columns()]
    tables.write_rows(folder / "data_dictionary.csv", dictionary, database.DICTIONARY)


def _changed(review: Review, gathered: Evidence, flow: flows.Flow, told: Story) -> None:
    """What the latest search changed; of a single search an empty table, and a document that says why."""
    folder = review.results / "report"
    found = changes.changes(review, gathered, flow, told)
    tables.write_rows(folder / "changes.csv", found.rows, changes.COLUMNS)
    files.write_text(folder / "changes.md", pages.markdown(changes_told.document(found)))


def _reproduce(review: Review) -> None:
    """Set the published figures beside what this review establishes; without ``config/published.yaml`` there are none."""
    from winnow.synthesise.reproduction import COLUMNS, reproduction

    path, target = review.config_dir / "published.yaml", review.result("report", "reproduction.csv")
    if not path.is_file():
        tables.write_rows(target, [], COLUMNS)
        return
    published = config.load_yaml(path)[0] or {}
    named = published.get("members")
    members = [row["study_id"] for _, row in tables.read_rows(review.root / named, ("study_id",))] if named else []
    rows = reproduction(
        published,
        tables.read(review.result("extract", "values.csv"), columns=tables.VALUES),
        tables.read(review.result("extract", "studies.csv"), columns=tables.STUDIES),
        tables.read(review.result("screen", "decisions.csv"), columns=tables.DECISIONS),
        members,
    )
    tables.write(target, rows, COLUMNS)


def _about(flow: flows.Flow, notes: words.Notes) -> dict[str, object]:
    """What the diagram says beside its numbers, and the equations that hold between them."""
    return {
        "updated": flow.updated,
        "other_methods": flow.other_methods,
        "draft": flow.draft,
        **asdict(notes),
        "footnotes": [note.text for note in notes.footnotes],
        "identities": [asdict(identity) for identity in flow.identities],
    }
