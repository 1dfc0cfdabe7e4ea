"""Reading the ledgers: every row with its line, every fault with its line, nothing dropped.

BOM, CRLF and rows typed by hand are welcome. Cells are stripped and line ends inside a cell are LF, before anything is compared or
sealed, so that a spreadsheet that saved the file anew has changed nothing.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from winnow import tables, text
from winnow.decisions import seals
from winnow.decisions.kinds import KINDS, Kind
from winnow.errors import InputError, LedgerError, WinnowError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?")
#: Letters of any script, in one form only: no second person is made by full-width letters or another way to spell an accent.
_REVIEWER = re.compile(r"[^\W_][\w.-]*")
_PREFIX = re.compile(r"[0-9a-f]{8,64}")
#: What spreadsheets make of a long number in a narrow column.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
PREVIOUS = "previous"


@dataclass(frozen=True)
class Ledger:
    """One ledger file as it is read.

    Attributes:
        name: the chain's name, such as ``screening/wang`` or ``duplicates``.
        rows: the cells of each row, by column.
        lines: each row's first line in the file (the header is line 1).
        content: the file's bytes.
        linked: the links of the first rows, where they were worked out when the file was shorter.
    """

    kind: Kind
    name: str
    path: Path
    where: str
    rows: tuple[dict[str, str], ...]
    lines: tuple[int, ...]
    content: bytes = field(default=b"", repr=False)
    linked: Sequence[str] = field(default=(), repr=False)

    @property
    def reviewer(self) -> str:
        """Whose chain it is (screening only)."""
        return self.path.stem

    @cached_property
    def links(self) -> list[str]:
        """Each row's link: its seal, if it has one and the chain is whole."""
        return seals.links(self.name, self.rows, self.linked)

    @cached_property
    def open(self) -> int:
        """The first row, counted from 0, that neither its own seal nor a later one vouches for: from here on rows can be mended."""
        return seals.closed(self.rows)

    @property
    def head(self) -> seals.Head:
        """Where the chain has come to."""
        return seals.head(self.name, self.rows)

    def verify(self) -> list[LedgerError]:
        """What was done to the chain since it was sealed."""
        if all(cells["seal"] in ("", link) for cells, link in zip(self.rows, self.links, strict=True)):
            return []
        return seals.verify(self.name, self.rows, self.lines, self.where)

    def place(self, row: int) -> str:
        """File and line of a row, counted from 0."""
        return f"{self.where}:{self.lines[row]}"


#: No ledgers read before.
NONE: Mapping[Path, Ledger] = MappingProxyType({})


def chain_name(kind: Kind, path: Path) -> str:
    """``screening/<reviewer>``, or the kind's own name."""
    return f"{kind.name}/{path.stem}" if "*" in kind.path else kind.name


def paths(root: Path, kind: Kind) -> list[Path]:
    """The files of a kind that are there, sorted.

    Raises:
        OSError: their folder cannot be looked into, or is none. What nobody may read is not the same as nothing.
    """
    folder, _, name = kind.path.rpartition("/")
    if not os.path.lexists(root / folder):
        return []
    inside = (root / folder).iterdir()  # a search by pattern would pass over what it may not read
    return sorted(path for path in inside if path.match(name) and path.is_file() and not path.name.startswith("."))


def read(path: Path, kind: Kind, where: str = "", earlier: Mapping[Path, Ledger] = NONE) -> Ledger:
    """One ledger; a file that is absent has no rows.

    Args:
        path: the file.
        kind: which ledger it is.
        where: what it is called in a fault.
        earlier: ledgers read before. If the file still begins with the same bytes, only what follows them is worked out.

    Raises:
        InputError: not UTF-8, not CSV, a column missing, a row longer or shorter than the header.
    """
    content = path.read_bytes() if path.exists() else b""
    where = where or str(path)
    before = earlier.get(path)
    new = _added(before, content, where) if before else None
    if (
        new is None
    ):  # not known, not simply longer, or at fault: the whole file is read, and a fault is named by its place in it
        before = None
        new = tables.parse_rows(content, where, kind.columns) if path.exists() else []
    return Ledger(
        kind,
        chain_name(kind, path),
        path,
        where,
        (*(before.rows if before else ()), *({name: clean(cell) for name, cell in row.items()} for _, row in new)),
        (*(before.lines if before else ()), *(line for line, _ in new)),
        content,
        before.links if before else (),
    )


def _added(before: Ledger, content: bytes, where: str) -> list[tuple[int, dict[str, str]]] | None:
    """The rows below those of before, if the file has the same bytes and perhaps more, in whole lines that can be counted."""
    old = before.content
    header = old.split(b"\n", 1)[0] + b"\n"
    whole = old.endswith(b"\n") and old.count(b"\r") == old.count(b"\r\n")
    if not whole or b'"' in header or not content.startswith(old):
        return None
    try:
        return tables.parse_rows(
            header + content[len(old) :], where, before.kind.columns, left_out=old.count(b"\n") - 1
        )
    except InputError:
        return None


def read_all(root: Path, *names: str, earlier: Mapping[Path, Ledger] = NONE) -> tuple[list[Ledger], list[WinnowError]]:
    """The ledgers of the kinds named (all if none is), and those files that cannot be read at all."""
    found, faults = [], []
    for name in names or KINDS:
        for path in paths(root, KINDS[name]):
            try:
                found.append(read(path, KINDS[name], path.relative_to(root).as_posix(), earlier))
            except WinnowError as error:
                faults.append(error)
    return found, faults


def clean(cell: str) -> str:
    """A cell as it is compared and sealed."""
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


def faults(
    ledger: Ledger,
    *,
    criteria: Collection[str] = (),
    people: Mapping[str, Collection[str]] | None = None,
    today: date | None = None,
    since: int = 0,
) -> list[LedgerError]:
    """What is wrong in a ledger, row by row.

    Every fault can be mended: in the row, if no seal vouches for it, else by a row more or in the configuration.

    Args:
        ledger: the ledger as read.
        criteria: the ids of config/criteria.yaml; empty: not checked.
        people: the reviewers that config.yaml names for each stage; a stage without any is not checked.
        today: no row that can be mended may be later than this day; None: not checked.
        since: the first row to be looked at, counted from 0; those above it are known to be good.
    """
    found: list[LedgerError] = []
    for row, cells in list(enumerate(ledger.rows))[since:]:
        where = ledger.place(row)
        wrong = _cell_faults(ledger.kind, cells)
        if row >= ledger.open:
            wrong += _slips(ledger.kind, cells, today)
        found += [LedgerError(what, where=where, mend=mend) for what, mend in wrong]
    if ledger.kind.name == "screening":
        found += _screening_faults(ledger, criteria, people or {}, since)
    elif ledger.kind.name == "duplicates":
        found += [
            LedgerError("a record is compared with itself", where=ledger.place(row), mend="name two records")
            for row, cells in list(enumerate(ledger.rows))[since:]
            if text.same_id(cells["id_1"]) == text.same_id(cells["id_2"])
        ]
    elif ledger.kind.name == "retrieval":
        found += [
            LedgerError("not retrieved, but no reason", where=ledger.place(row), mend="say why in the column 'reason'")
            for row, cells in list(enumerate(ledger.rows))[since:]
            if cells["status"] == "not_retrieved" and not cells["reason"]
        ]
    return sorted(found, key=lambda fault: _line(fault.where))


def _line(where: str) -> int:
    last = where.rpartition(":")[2]
    return int(last) if last.isdecimal() else 0


def _cell_faults(kind: Kind, cells: dict[str, str]) -> list[tuple[str, str]]:
    found = [(f"'{name}' is empty", f"fill in '{name}'") for name in kind.required if not cells[name]]
    for name, allowed in kind.allowed.items():
        said = tables.split(cells[name]) if name in kind.lists else [cells[name]] if cells[name] else []
        found += [
            (f"{name} '{word}' is unknown", f"use one of {', '.join(allowed)}") for word in said if word not in allowed
        ]
    if cells["date"] and _day(cells["date"]) is None:
        found.append((f"'{cells['date']}' is not a date", "write it as YYYY-MM-DD"))
    return found


def _slips(kind: Kind, cells: dict[str, str], today: date | None) -> list[tuple[str, str]]:
    """What a hand, a clock or a spreadsheet may have got wrong in a row that can still be mended."""
    found = [
        (f"{name} '{cells[name]}' is what a spreadsheet makes of a long number", "type it again, in a column of text")
        for name in kind.columns
        if name.startswith("id") and _SHORTENED.fullmatch(cells[name])
    ]
    day = _day(cells["date"])
    if day and today and day > today:
        found.append((f"the date {cells['date']} lies in the future", "write the day of the decision"))
    return found


def _day(cell: str) -> date | None:
    if not _DAY.fullmatch(cell):
        return None
    try:
        return datetime.fromisoformat(cell).date()
    except ValueError:
        return None


def is_reviewer(name: str) -> bool:
    """Whether a name can be a reviewer's, and so a file's."""
    one_form = unicodedata.is_normalized("NFKC", name)
    return bool(_REVIEWER.fullmatch(name)) and one_form and not name.lower().endswith(".csv")


def namesake(name: str, others: Iterable[str]) -> str:
    """The one of ``others`` that is the same name but for capitals: on many machines the same file; empty if there is none."""
    return next((other for other in others if other != name and other.casefold() == name.casefold()), "")


def _screening_faults(
    ledger: Ledger, criteria: Collection[str], people: Mapping[str, Collection[str]], since: int
) -> list[LedgerError]:
    found = []
    if not is_reviewer(ledger.reviewer):
        found.append(
            LedgerError("the file's name is no reviewer's name", where=ledger.where, mend="use letters, digits, . _ -")
        )
    latest: dict[tuple[str, str, str], int] = {}
    for row, cells in enumerate(ledger.rows):
        key = (text.same_id(cells["id"]), cells["stage"], cells["role"])
        if row >= since:
            wrong = [
                *_protocol_faults(ledger, row, criteria, people),
                *_order_faults(ledger, row, latest.get(key)),
            ]
            found += [LedgerError(what, where=ledger.place(row), mend=mend) for what, mend in wrong]
        latest[key] = row
    return found


def _protocol_faults(
    ledger: Ledger, row: int, criteria: Collection[str], people: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str]]:
    """What a row says that the protocol does not provide for, and how to mend it."""
    cells, reviewer = ledger.rows[row], ledger.reviewer
    criterion, stage = cells["criterion"], cells["stage"]
    if criterion and criteria and criterion not in criteria:
        if row >= ledger.open:
            yield f"criterion '{criterion}' is unknown", f"use one of {', '.join(sorted(criteria))}"
        elif not _decided_anew(ledger, row):  # what was replaced gives no reason to anything
            yield f"criterion '{criterion}' is unknown", "decide it again, or put it back into config/criteria.yaml"
    if cells["decision"] == "exclude" and stage == "full_text" and not criterion:
        yield "excluded at full text without a criterion", "name the primary reason"
    named = people.get(stage)
    if named and cells["role"] == "reviewer" and reviewer not in named:
        yield (
            f"reviewer '{reviewer}' is not named for {stage} in the configuration",
            f"add the name to screening.reviewers.{stage}.people",
        )


def _decided_anew(ledger: Ledger, row: int) -> bool:
    """Whether a later row takes this one's place."""
    before, link = ledger.rows[row], ledger.links[row]
    same = [text.same_id(before["id"]), before["stage"], before["role"]]
    return any(
        [text.same_id(cells["id"]), cells["stage"], cells["role"]] == same
        if word == PREVIOUS
        else bool(_PREFIX.fullmatch(word)) and link.startswith(word)
        for cells in ledger.rows[row + 1 :]
        for word in tables.split(cells["supersedes"])
    )


def _order_faults(ledger: Ledger, row: int, before: int | None) -> Iterator[tuple[str, str]]:
    """What is wrong with how a row follows the earlier ones; ``before`` is the person's last row on the same id, stage and role."""
    cells = ledger.rows[row]
    if before is not None and not cells["supersedes"]:
        yield (
            f"'{cells['id']}' was decided at {cells['stage']} before, in line {ledger.lines[before]}",
            "remove the row, or write 'previous' in the column 'supersedes'",
        )
    adjudicates = cells["role"] == "adjudicator"
    for word in tables.split(cells["supersedes"]):
        if word == PREVIOUS:
            if before is not None or adjudicates:
                continue
            what = f"there is no earlier row on '{cells['id']}' at {cells['stage']}"
        elif not _PREFIX.fullmatch(word):
            what = f"supersedes '{word}' is no seal"
        elif adjudicates or any(link.startswith(word) for link in ledger.links[:row]):
            continue
        else:
            what = f"no row above has a seal that begins with '{word}'"
        yield what, "write 'previous', or the replaced row's seal"
        return
