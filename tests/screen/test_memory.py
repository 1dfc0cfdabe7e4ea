"""The screening page remembers the ledgers it has read; whatever is done to them, that changes nothing that it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from small_review import small_review
from winnow.decisions import append, ledger
from winnow.decisions.kinds import KINDS
from winnow.errors import WinnowError
from winnow.review import Review
from winnow.screen import state

__all__ = ["small_review"]

SCREENING, RETRIEVAL = KINDS["screening"], KINDS["retrieval"]
ROW = {"stage": "title_abstract", "role": "reviewer"}

#: What may happen to the ledgers between two looks: who, and what.
people = st.sampled_from(["wang", "li"])
events = st.one_of(
    st.tuples(st.just("append"), people, st.sampled_from("1249"), st.sampled_from(["include", "exclude", "unclear"])),
    st.tuples(st.just("type"), people, st.sampled_from("1249"), st.sampled_from(["include", "perhaps", 'a "b'])),
    st.tuples(st.just("retrieve"), people, st.sampled_from("124"), st.sampled_from(["obtained", "sought"])),
    st.tuples(st.just("cut"), people, st.integers(0, 3)),
    st.tuples(st.just("change"), people),
    st.tuples(st.just("bytes"), people, st.sampled_from([b"\n", b"\r\n", b"\r", b"\xff", b',,"', b"\xe8\x8c\xb6"])),
    st.tuples(st.just("remove"), people),
)


def happen(root: Path, event: tuple[str, ...], day: int) -> None:
    """Do to the ledgers what people and their programs do; some of it is a fault."""
    what, who, *how = event
    path = root / SCREENING.path.replace("*", who)
    content = path.read_bytes() if path.exists() else b""
    if what == "append":
        cells = ROW | {"date": f"2026-01-{day:02}", "id": how[0], "decision": how[1]}

        def row(now: ledger.Ledger) -> dict[str, str]:
            again = any(cells["id"] == how[0] for cells in now.rows)
            return cells | {"supersedes": "previous" if again else ""}

        append.append(path, SCREENING, row)
    elif what == "retrieve":
        cells = {"date": "2026-01-01", "id": how[0], "status": how[1], "by": who}
        append.append(root / RETRIEVAL.path, RETRIEVAL, cells)
    elif what == "remove":
        path.unlink(missing_ok=True)
    elif content and what == "type":
        path.write_bytes(content + f"2026-01-{day:02},{how[0]},title_abstract,{how[1]},,reviewer,,,,,\n".encode())
    elif content and what == "cut":
        path.write_bytes(b"".join(content.splitlines(keepends=True)[: -int(how[0]) or None]))
    elif content and what == "change":
        path.write_bytes(content.replace(b"include", b"exclude", 1))
    elif content and what == "bytes":
        path.write_bytes(content + how[0])  # type: ignore[arg-type]


def look(review: Review, known: state.Known, rules: state.Judged, memory: state.Memory | None) -> object:
    """What the ledgers come to, or the faults that stop it."""
    try:
        now = state.standing(review, known, rules, memory)
    except WinnowError as error:
        return error.line
    return now.to_decide, [step.row for step in now.steps], now.judgements, now.unmatched


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=st.lists(events, min_size=1, max_size=9))
@example(happened=[("append", "li", "1", "include"), ("append", "wang", "1", "include"), ("bytes", "li", b"\xff")])
def test_what_is_remembered_changes_nothing(small_review: Review, happened: list[tuple[str, ...]]) -> None:
    """After any rows, edits, cuts, broken bytes and removals a look with memory says what a first look says, faults included."""
    for kind in (SCREENING, RETRIEVAL):
        for path in ledger.paths(small_review.root, kind):
            path.unlink()
    known, rules, memory = state.known(small_review), state.judged(small_review), state.Memory()
    for day, event in enumerate(happened, 1):
        try:
            happen(small_review.root, event, day)
        except WinnowError:
            continue  # a faulty ledger takes no row
        assert look(small_review, known, rules, memory) == look(small_review, known, rules, None)


def test_a_ledger_that_grew_is_read_from_where_it_ended(small_review: Review) -> None:
    """Rows above are the same objects, rows below have the lines of the file, and the chain goes on."""
    path = small_review.decisions / "screening" / "wang.csv"
    first = ROW | {"date": "2026-01-01", "id": "1", "decision": "include", "note": "two\nlines"}
    append.append(path, SCREENING, first)
    before = ledger.read(path, SCREENING)
    append.append(path, SCREENING, first | {"id": "2"}, earlier={path: before})
    now = ledger.read(path, SCREENING, earlier={path: before})
    assert now.rows[0] is before.rows[0] and now.linked == before.links
    fresh = ledger.read(path, SCREENING)
    assert (now.rows, now.lines, now.links, now.verify()) == (fresh.rows, (2, 4), fresh.links, [])


@pytest.mark.parametrize("row", [b"2026-01-01,2,title_abstract\n", b'2026-01-01,"2\n', b"\xff"])
def test_a_broken_row_that_was_added_is_named_by_its_place(small_review: Review, row: bytes) -> None:
    """A fault in what was added stands at the line or byte that it has in the file."""
    path = small_review.decisions / "screening" / "wang.csv"
    append.append(path, SCREENING, ROW | {"date": "2026-01-01", "id": "1", "decision": "include"})
    before = ledger.read(path, SCREENING)
    with path.open("ab") as out:
        out.write(row)
    with pytest.raises(WinnowError) as fresh:
        ledger.read(path, SCREENING)
    with pytest.raises(WinnowError) as again:
        ledger.read(path, SCREENING, earlier={path: before})
    assert again.value.line == fresh.value.line
