"""Risk of bias: what people judged, domain by domain, as a table and as traffic lights.

``decisions/risk_of_bias.csv`` holds one judgement a row, with the words it rests on; tools and domains are data
(``risk_of_bias_tools.csv``): RoB 2, ROBINS-I and the JBI checklist for case series. Nothing is judged by a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from winnow import package_data, tables
from winnow.errors import LedgerError, WinnowError
from winnow.synthesise.drawing import GREY, circle, picture, shortened, text, width

LEDGER = tables.RISK_OF_BIAS_LEDGER
COLUMNS = ("study_id", "tool", "domain", "label", "judgement", "quote", "source", "by", "checked_by")
WHERE = "decisions/risk_of_bias.csv"
TOOLS = {"rob2": "RoB 2", "robins_i": "ROBINS-I", "jbi_case_series": "JBI checklist for case series"}

#: Colour and sign of each judgement: colour alone would not do in print.
_LIGHTS = {
    "low": ("#2e7d32", "+"), "yes": ("#2e7d32", "+"), "some concerns": ("#f9a825", "–"), "moderate": ("#f9a825", "–"),
    "unclear": ("#f9a825", "?"), "high": ("#c62828", "×"), "serious": ("#c62828", "×"), "no": ("#c62828", "×"),
    "critical": ("#7f0000", "!"), "no information": ("#9e9e9e", "?"), "not applicable": ("#bdbdbd", "n/a"),
    "": ("#ffffff", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Domain:
    """One domain of a tool and the judgements it allows."""

    tool: str
    id: str
    label: str
    judgements: tuple[str, ...]


@cache
def domains() -> tuple[Domain, ...]:
    """Every tool's domains, in their order."""
    return tuple(
        Domain(row["tool"], row["domain"], row["label"], tuple(tables.split(row["judgements"])))
        for row in package_data.rows("synthesise/risk_of_bias_tools.csv")
    )


def faults(ledger: Sequence[tuple[int, Mapping[str, str]]], studies: Sequence[str]) -> list[WinnowError]:
    """Rows that name no included study, no domain or no judgement, or that rest on no words."""
    known = {(domain.tool, domain.id): domain for domain in domains()}
    found: list[WinnowError] = []
    for line, row in ledger:
        at = f"{WHERE}:{line}"
        domain = known.get((row["tool"], row["domain"]))
        if row["study"] not in studies:
            found.append(LedgerError(f"no included study '{row['study']}'", where=at, mend="see extract/studies.csv"))
        if domain is None:
            found.append(
                LedgerError(
                    f"no domain '{row['domain']}' of '{row['tool']}'", where=at, mend=f"tools are {', '.join(TOOLS)}"
                )
            )
        elif row["judgement"] not in domain.judgements:
            found.append(
                LedgerError(
                    f"'{row['judgement']}' is no judgement", where=at, mend=f"use {', '.join(domain.judgements)}"
                )
            )
        if not row["quote"].strip() or not row["by"].strip():
            found.append(LedgerError("no quote or nobody named", where=at, mend="say who judged, and on which words"))
    return found


def table(ledger: Sequence[tuple[int, Mapping[str, str]]]) -> list[dict[str, str]]:
    """The judgements that stand (the last row on each study, tool and domain), by study and in the tool's order."""
    last = {(row["study"], row["tool"], row["domain"]): row for _, row in ledger}
    rows = []
    for study in sorted({study for study, _, _ in last}):
        for domain in domains():
            row = last.get((study, domain.tool, domain.id))
            if row:
                rows.append(
                    {
                        "study_id": study, "tool": domain.tool, "domain": domain.id, "label": domain.label,
                        **{name: row[name] for name in ("judgement", "quote", "source", "by", "checked_by")},
                    }
                )  # fmt: skip
    return rows


def traffic_lights(tool: str, rows: Sequence[Mapping[str, str]], labels: Mapping[str, str]) -> str:
    """One tool's judgements as lights, a study per row; a domain that nobody judged is an empty circle."""
    asked = [domain for domain in domains() if domain.tool == tool]
    judged = {(row["study_id"], row["domain"]): row for row in rows if row["tool"] == tool}
    studies = sorted({study for study, _ in judged}, key=lambda study: (labels.get(study, study), study))
    room, cell = 200, 44
    legend = [f"D{number} {domain.label}" for number, domain in enumerate(asked, start=1)]
    wide = max(20 + room + cell * len(asked) + 20, 40 + max(width(entry, 11) for entry in legend))
    top = 70
    bottom = top + 40 * len(studies)
    parts = [text(20, 28, f"Risk of bias ({TOOLS[tool]})", size=15, bold=True)]
    for column, _ in enumerate(asked):
        parts.append(text(20 + room + cell * column + cell / 2, top - 12, f"D{column + 1}", anchor="middle", bold=True))
    for line, study in enumerate(studies):
        y = top + 40 * line + 20
        parts.append(text(20, y + 4, shortened(labels.get(study, study), room - 10)))
        for column, domain in enumerate(asked):
            judgement = judged.get((study, domain.id), {}).get("judgement", "")
            colour, sign = _LIGHTS[judgement]
            x = 20 + room + cell * column + cell / 2
            told = f"{labels.get(study, study)}, {domain.label}: {judgement or 'not judged'}"
            parts.append(circle(x, y, 14, colour, title=told, stroke=GREY))
            parts.append(
                text(x, y + 5, sign, anchor="middle", bold=True, fill="#ffffff", size=13 if len(sign) < 3 else 9)
            )
    for line, entry in enumerate(legend):
        parts.append(text(20, bottom + 24 + 16 * line, entry, size=11, fill=GREY))
    used = dict.fromkeys(judgement for domain in asked for judgement in domain.judgements)
    parts.append(
        text(
            20,
            bottom + 30 + 16 * len(legend),
            "  ".join(f"{_LIGHTS[name][1]} {name}" for name in used),
            size=11,
            fill=GREY,
        )
    )
    return picture(
        wide, bottom + 46 + 16 * len(legend), parts, title=f"Risk of bias ({TOOLS[tool]})",
        described=f"Traffic lights for {len(studies)} studies in {len(asked)} domains.",
    )  # fmt: skip
