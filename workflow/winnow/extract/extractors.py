"""The built-in extractors by name: each reads a passage and hands back what it found."""

from __future__ import annotations

from collections.abc import Callable

from winnow.extract import amounts, designs, outcomes, phrases, sample_size
from winnow.extract.passage import Found, Passage

#: The source of a passage that is the body of a full text begins with this.
BODY = "full text"

EXTRACTORS: dict[str, Callable[[Passage], list[Found]]] = {
    "sample_size.total": sample_size.total,
    "sample_size.arm": sample_size.arm,
    "dose": amounts.dose,
    "dose.total_g_per_kg": amounts.total_per_course,
    "frequency": amounts.frequency,
    "duration": amounts.duration,
    "percentage": outcomes.percentage,
    "event_count": outcomes.event_count,
    "age": phrases.age,
    "design": designs.design,
}
NAMES = frozenset(EXTRACTORS)
