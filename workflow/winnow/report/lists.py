"""The lists behind the boxes: one CSV per box and per part, named after it, with exactly as many rows as the number says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from winnow import tables
from winnow.report.boxes import COLUMNS, Box
from winnow.report.flow import Flow


def every_box(flow: Flow) -> Iterator[Box]:
    """Each box and each of its parts."""
    for box in flow.boxes.values():
        yield box
        yield from box.parts


def write(flow: Flow, folder: Path) -> None:
    """Write the lists into ``folder``."""
    lines: dict[str, dict[int, bytes]] = defaultdict(dict)  # boxes of one unit share rows and columns
    for box in {box.key: box for box in every_box(flow) if box.rows is not None}.values():
        tables.write_rows(folder / f"{box.key}.csv", box.rows or (), COLUMNS[box.unit], lines[box.unit])


def as_json(flow: Flow, folder: str) -> dict[str, dict[str, Any]]:
    """``prisma.json``: each box with its number and the path of its list, relative to the review's folder."""

    def entry(box: Box) -> dict[str, Any]:
        return {"n": box.n, "list": None if box.rows is None else f"{folder}/{box.key}.csv"}

    return {
        key: entry(box) | ({"parts": [{"label": part.label} | entry(part) for part in box.parts]} if box.parts else {})
        for key, box in flow.boxes.items()
    }
