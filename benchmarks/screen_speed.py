"""How long ``winnow screen`` takes for many records, in CPU seconds, and how much memory it needs.

    python benchmarks/screen_speed.py TABLE... [--criteria config/criteria.yaml] [--records 50000] [--folder DIR]

The tables (CSV, also gzipped, with a title and whatever other bibliographic columns) are put one after the other, from the
beginning again until there are so many records. The first row is for them as they are: a text that comes again is judged once. For
the second row every record is given a title of its own, so that nothing can be judged once for several.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from winnow import tables
from winnow.screen.verdicts import READ

if TYPE_CHECKING:
    import pandas as pd

_MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
)


def joined(paths: Sequence[Path], count: int) -> pd.DataFrame:
    """The records of all tables, repeated up to ``count``, each with an id of its own."""
    import pandas as pd

    parts = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths]
    table = pd.concat([part[[name for name in READ if name in part.columns]] for part in parts]).fillna("")
    table = pd.concat([table] * -(-count // len(table)), ignore_index=True).head(count)
    return table.assign(record_id=[f"r:{number:07d}" for number in range(count)])


def measure(records: pd.DataFrame, criteria: str, folder: Path) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of one command in a process of its own."""
    path = folder / "records.csv"
    tables.write(path, records, ("record_id", "title"))
    command = [
        sys.executable,
        "-m",
        "winnow",
        "screen",
        str(path),
        "--criteria",
        criteria,
        "-o",
        str(folder / "verdicts.csv"),
    ]
    script = [sys.executable, "-c", _MEASURED, *command]
    seconds, peak = subprocess.run(script, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(peak) / (1e6 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Print one row for the records as they are and one for as many different ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path, metavar="TABLE")
    parser.add_argument("--criteria", default="config/criteria.yaml")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    records = joined(arguments.tables, arguments.records)
    different = records.assign(title=records["title"] + " " + records["record_id"])
    print(f"{'':<12}{'records':>9}{'texts':>9}{'CPU s':>8}{'per CPU s':>11}{'peak MB':>9}")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        for kind, table in (("as they are", records), ("different", different)):
            seconds, peak = measure(table, arguments.criteria, Path(name))
            texts = len(table.drop(columns="record_id").drop_duplicates())
            print(
                f"{kind:<12}{len(table):>9}{texts:>9}{seconds:>8.1f}{len(table) / seconds:>11.0f}{peak:>9.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
