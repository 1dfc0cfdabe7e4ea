"""What was read from each file, and what was not: ``--report``, and ``records/import_report.json``.

Silence is never success: start tags are counted apart from records, unknown tags and lines not understood are listed, and a
difference between start tags and records is a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from winnow import text
from winnow.errors import InputError, WinnowError
from winnow.records.reading import Reading

#: Fields whose absence is counted.
COUNTED = ("title", "authors", "year", "journal", "pages", "doi")
#: How many lines that aren't understood are quoted for one file; the rest is counted.
QUOTED = 50


@dataclass
class FileReport:
    """The account of one file."""

    file: str
    formats: Counter[str] = field(default_factory=Counter)
    records: int = 0
    without: Counter[str] = field(default_factory=Counter)
    reading: Reading = field(default_factory=Reading)

    def add(self, record: Mapping[str, str], label: str) -> None:
        """Count one record of the format that people call ``label``."""
        self.count([column for column in COUNTED if column not in record], label)

    def count(self, without: Iterable[str], label: str) -> None:
        """Count one record that lacks these fields."""
        self.records += 1
        self.formats[label] += 1
        for column in without:
            self.without[column] += 1

    @property
    def start_tags(self) -> int:
        """How many places in the file start a record."""
        return self.reading.starts.total()

    @property
    def losses(self) -> list[str]:
        """What may mean that a record was lost, one line each."""
        if self.start_tags == self.records:
            return self.reading.losses
        return [f"{self.start_tags} records start in it, {self.records} were read", *self.reading.losses]

    @property
    def faults(self) -> list[WinnowError]:
        """The losses as faults."""
        mend = "export it again, or mend the line; the import report has the details"
        return [InputError(loss, where=self.file, mend=mend) for loss in self.losses]

    @property
    def summary(self) -> str:
        """The report in one line."""
        shown = [
            f"{self.file}: {text.counted(self.records, 'record')}",
            ", ".join(sorted(self.formats)),
            ", ".join(self.reading.encodings),
        ]
        missing = [
            f"{count} without {name}" for name, count in self.without.items() if name in ("title", "year") and count
        ]
        strays = len(self.reading.strays)
        return "; ".join(
            part
            for part in (*shown, *missing, f"{text.counted(strays, 'line')} not understood" if strays else "")
            if part
        )

    def as_json(self) -> dict[str, Any]:
        """The report as it is written: see ``schemas/import_report.schema.json``."""
        strays = self.reading.strays
        return {
            "file": self.file,
            "format": ", ".join(sorted(self.formats)),
            "encoding": ", ".join(self.reading.encodings),
            "start_tags": self.start_tags,
            "records": self.records,
            "without": {name: self.without[name] for name in COUNTED},
            "unknown_tags": dict(sorted(self.reading.unknown_tags.items())),
            "lines_not_understood": len(strays),
            "not_understood": [{"line": line, "text": text} for line, text in strays[:QUOTED]],
            "losses": self.losses,
            "problems": self.reading.problems,
        }
