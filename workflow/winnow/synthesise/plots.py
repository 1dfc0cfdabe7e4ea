"""The plots of a synthesis: a forest plot per outcome, and years against designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from winnow.synthesise.drawing import GREY, INK, RULE, box, circle, line, picture, polygon, shortened, text, width
from winnow.synthesise.outcomes import ALL, REDUCED

_ROW, _TOP, _LEFT, _LABEL, _COUNTS, _AXIS, _ESTIMATE = 24, 96, 20, 220, 90, 320, 190


_SETS = {ALL: "all", REDUCED: "reduced"}


def forest(
    outcome: Mapping[str, Any], rows: Sequence[Mapping[str, str]], pooled: Sequence[Mapping[str, str]]
) -> str:  # fmt: skip
    """Each study's proportion with its exact interval, by group, and a diamond for each pooled estimate.

    Args:
        outcome: the outcome's entry in ``config/synthesis.yaml``.
        rows: rows of ``per_study.csv`` of this outcome; those that do not count are left out.
        pooled: rows of ``pooled.csv`` of this outcome.
    """
    lines = _lines(outcome, rows, pooled)
    wide = _LEFT + _LABEL + _COUNTS + _AXIS + _ESTIMATE
    high = _TOP + _ROW * len(lines) + 58
    left = _LEFT + _LABEL + _COUNTS
    bottom = _TOP + _ROW * len(lines)
    heading = f"{outcome['label']}: proportion with 95% confidence interval"
    parts = [
        text(_LEFT, 28, shortened(heading, wide - 2 * _LEFT, 15), size=15, bold=True),
        text(_LEFT, 46, shortened(outcome["definition"], wide - 2 * _LEFT, 11), size=11, fill=GREY),
        text(_LEFT, 61, shortened(f"{outcome['time']}; of {outcome['denominator']}", wide - 2 * _LEFT, 11), size=11, fill=GREY),
        text(_LEFT, _TOP - 10, "Study", bold=True), text(left - 12, _TOP - 10, "n/N", anchor="end", bold=True),
        text(wide - _LEFT, _TOP - 10, "% (95% CI)", anchor="end", bold=True),
        line(_LEFT, _TOP - 3, wide - _LEFT, _TOP - 3),
    ]  # fmt: skip
    for tick in range(0, 101, 25):
        x = left + _AXIS * tick / 100
        parts.append(line(x, _TOP - 3, x, bottom, stroke="#e5e7eb"))
        parts.append(line(x, bottom, x, bottom + 5))
        parts.append(text(x, bottom + 19, f"{tick}%", size=11, anchor="middle"))
    parts.append(line(left, bottom, left + _AXIS, bottom))
    for number, entry in enumerate(lines):
        parts += _drawn(entry, _TOP + _ROW * number + 15, left, wide)
    key = "Squares: studies, exact interval. Diamonds: pooled (reduced: without retracted and overlapping). Dashes: prediction."
    parts.append(text(_LEFT, high - 12, key, size=10, fill=GREY))
    counted = sum(row["counted"] == "yes" for row in rows)
    return picture(wide, high, parts, title=heading, described=f"Forest plot of {counted} studies.")


def _lines(
    outcome: Mapping[str, Any], rows: Sequence[Mapping[str, str]], pooled: Sequence[Mapping[str, str]]
) -> list[tuple[str, Mapping[str, str]]]:
    """What stands on each line of the plot: a heading, a study, a pooled estimate or a remark."""
    lines: list[tuple[str, Mapping[str, str]]] = []
    for group in outcome["groups"]:
        lines.append(("heading", {"label": group["label"]}))
        mine = [row for row in rows if row["group"] == group["id"] and row["counted"] == "yes"]
        lines += [("study", row) for row in mine]
        if not mine:
            lines.append(("remark", {"label": "no study with both numbers established"}))
        for row in pooled:
            if (
                row["group"] == group["id"]
                and not row["subgroup"]
                and row["model"] != "inverse variance, REML, Hartung-Knapp"
            ):
                if row["model"] == "none":
                    lines.append(("remark", {"label": row["note"]}))
                else:
                    lines.append(("pooled", row))
    return lines


def _drawn(entry: tuple[str, Mapping[str, str]], y: float, left: float, wide: float) -> list[str]:
    kind, row = entry
    if kind == "heading":
        return [text(_LEFT, y, shortened(row["label"], wide - 2 * _LEFT), bold=True)]
    if kind == "remark":
        return [text(_LEFT + 12, y, shortened(row["label"], wide - 2 * _LEFT - 12, 11), size=11, fill=GREY)]
    low, middle, high = (left + _AXIS * float(row[key]) for key in ("low", "proportion", "high"))
    shown = " ".join(
        (f"{100 * float(row['proportion']):.1f}", f"({100 * float(row['low']):.1f} to {100 * float(row['high']):.1f})")
    )
    label = row["study"] if kind == "study" else f"Pooled, {_SETS[row['studies_counted']]} (k = {row['k']})"
    parts = [
        text(_LEFT + 12, y, shortened(label, _LABEL - 12), bold=kind == "pooled"),
        text(left - 12, y, f"{row['events']}/{row['total']}", anchor="end"),
        text(wide - _LEFT, y, shown, anchor="end", bold=kind == "pooled"),
    ]
    centre = y - 4
    if kind == "study":
        side = 4 + min(8, float(row["total"]) ** 0.5 * 0.8)
        parts.append(line(low, centre, high, centre, thick=1.4))
        parts.append(box(middle - side / 2, centre - side / 2, side, side, INK, title=f"{row['study']}: {shown}"))
        return parts
    reach = [left + _AXIS * float(row[key]) for key in ("prediction_low", "prediction_high")]
    parts.append(line(reach[0], centre, reach[1], centre, stroke=GREY, dash="3 2"))
    parts.append(polygon([(low, centre), (middle, centre - 6), (high, centre), (middle, centre + 6)], "#1d4ed8"))
    return parts


def years_by_design(studies: Sequence[tuple[str, str, str, float | None]]) -> str:
    """Each study as a circle at its year, in a row for its design; the area shows the number of participants.

    Args:
        studies: (label, year, design, participants) of each; a study without a year is told under the plot.
    """
    dated = [
        (label, int(year), design or "not established", size)
        for label, year, design, size in studies
        if year.isdecimal()
    ]
    designs = sorted({design for _, _, design, _ in dated})
    first = min((year for _, year, _, _ in dated), default=2000)
    last = max((year for _, year, _, _ in dated), default=first)
    room = max([120.0, *(width(design) + 20 for design in designs)])
    room, high = min(room, 260), 70 + 60 * max(1, len(designs)) + 50
    wide = _LEFT + room + 560 + _LEFT
    span = max(1, last - first)

    def across(year: float) -> float:
        return _LEFT + room + 30 + 500 * (year - first) / span

    parts = [text(_LEFT, 28, "Included studies by year and design", size=15, bold=True)]
    bottom = 60 + 60 * max(1, len(designs))
    step = max(1, -(-span // 8))
    for year in range(first, last + 1, step):
        parts.append(line(across(year), 50, across(year), bottom, stroke="#e5e7eb"))
        parts.append(text(across(year), bottom + 18, str(year), size=11, anchor="middle"))
    for row, design in enumerate(designs):
        y = 60 + 60 * row + 30
        parts.append(text(_LEFT, y + 4, shortened(design, room - 8)))
        parts.append(line(_LEFT + room, y, wide - _LEFT, y, stroke=RULE, dash="2 3"))
        seen: dict[int, int] = {}
        for label, year, _, size in (each for each in dated if each[2] == design):
            # Studies of one year stand beside each other.
            beside = seen.setdefault(year, 0)
            seen[year] += 1
            radius = 4 + (min(size, 400) ** 0.5 if size else 0)
            told = f"{label}, {design}, " + (f"n = {size:g}" if size else "size not established")
            x = across(year) + 9 * beside
            parts.append(circle(x, y, radius, "#93c5fd" if size else "#ffffff", title=told, stroke="#1d4ed8"))
    undated = len(studies) - len(dated)
    note = "Area: participants; open circle: size not established." + (f" {undated} without a year." if undated else "")
    parts.append(text(_LEFT, high - 10, note, size=10, fill=GREY))
    return picture(
        wide, high, parts, title="Included studies by year and design",
        described=f"{len(dated)} studies, {first} to {last}, in {len(designs)} designs.",
    )  # fmt: skip
