"""Seals: a change inside a chain is named; what a chain cannot show, a recorded head does."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.decisions import seals

cells = st.fixed_dictionaries({"id": st.text(max_size=6), "note": st.text(max_size=6)})


def chain(rows: list[dict[str, str]], name: str = "screening/wang") -> list[dict[str, str]]:
    return seals.sealed(name, [row | {"seal": ""} for row in rows])


def faults(rows: list[dict[str, str]], name: str = "screening/wang") -> list[str]:
    return [fault.line for fault in seals.verify(name, rows, list(range(2, len(rows) + 2)), "wang.csv")]


ROWS = chain([{"id": str(n), "note": "n"} for n in range(8)])


@given(st.lists(cells, max_size=8))
def test_a_sealed_chain_is_whole(rows: list[dict[str, str]]) -> None:
    """Whatever the cells hold, sealing makes a chain in which verifying finds nothing."""
    assert faults(chain(rows)) == []


@given(st.lists(cells, min_size=1, max_size=8), st.data())
def test_one_changed_cell_is_found_at_its_line(rows: list[dict[str, str]], data: st.DataObject) -> None:
    """Changing one cell of one row makes exactly that row a fault."""
    sealed = chain(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    sealed[at] = sealed[at] | {"note": sealed[at]["note"] + "!"}
    assert [line.split(": ")[0] for line in faults(sealed)] == [f"wang.csv:{at + 2}"]


@pytest.mark.parametrize("at", range(len(ROWS) - 1))
def test_a_removed_row_is_found_where_it_was(at: int) -> None:
    """Removing a row inside the chain is named at the row that now stands in its place."""
    (found,) = faults(ROWS[:at] + ROWS[at + 1 :])
    assert found.startswith(f"wang.csv:{at + 2}: ") and "removed" in found


@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 3), (6, 7), (1, 5)])
def test_swapped_rows_are_both_named(one: int, other: int) -> None:
    """Two rows that changed places are named, both and no others, as swapped."""
    rows = list(ROWS)
    rows[one], rows[other] = rows[other], rows[one]
    found = faults(rows)
    assert [line.split(": ")[0] for line in found] == [f"wang.csv:{one + 2}", f"wang.csv:{other + 2}"]
    assert all("swapped" in line for line in found)


@given(st.randoms(use_true_random=False))
def test_any_other_order_is_found(shuffle: random.Random) -> None:
    """Every permutation but the true one has faults, and only rows that stand elsewhere than before are named."""
    rows = list(ROWS)
    shuffle.shuffle(rows)
    moved = {f"wang.csv:{at + 2}" for at, row in enumerate(rows) if row is not ROWS[at]}
    assert {line.split(": ")[0] for line in faults(rows)} == moved


def test_an_inserted_copy_is_found() -> None:
    """A sealed row that is pasted in again names the row that it copies."""
    (found, *_) = faults([*ROWS, ROWS[2]])
    assert found.startswith("wang.csv:10: ") and "line 4" in found


def test_rows_typed_by_hand_are_no_fault_and_sealing_them_changes_no_other_row() -> None:
    """Unsealed rows stand anywhere in a chain; sealing fills their empty cell and leaves every other byte."""
    by_hand = [dict(row) for row in ROWS]
    by_hand[3]["seal"] = by_hand[7]["seal"] = ""
    assert faults(by_hand) == []
    assert seals.sealed("screening/wang", by_hand) == ROWS


def test_a_row_typed_by_hand_is_vouched_for_by_the_sealed_row_below_it() -> None:
    """Once a sealed row stands below it, even an unsealed row cannot change unseen."""
    rows = [dict(row) for row in ROWS]
    rows[3] |= {"seal": "", "note": "changed"}
    (found,) = faults(rows)
    assert found.startswith("wang.csv:6: ") and "unsealed row above it" in found


def test_one_reviewers_chain_cannot_pass_for_anothers() -> None:
    """The chain is bound to its name: the same rows under another reviewer's name are a fault."""
    assert faults(ROWS, "screening/li")


def test_what_a_chain_cannot_show_a_recorded_head_shows() -> None:
    """A cut tail, a chain sealed anew and a missing chain pass verify, and are found against the heads."""
    head = seals.head("screening/wang", ROWS)
    cut = ROWS[:6]
    anew = chain([{"id": row["id"], "note": "another"} for row in ROWS])
    longer = chain([{"id": str(n), "note": "n"} for n in range(9)])
    assert faults(cut) == faults(anew) == []
    for rows, said in ((cut, "2 of 8 rows were cut off"), (anew, "not those whose head was recorded"), (None, "gone")):
        (found,) = seals.against([head], {} if rows is None else {"screening/wang": rows})
        assert said in found.line
    assert seals.against([head], {"screening/wang": longer}) == []


def test_the_spelling_of_a_seal_is_fixed() -> None:
    """Seals outlive releases of this program: the same row has had this seal since the first one."""
    assert seals.link(seals.start("screening/wang"), {"id": "1", "note": "观察", "empty": "", "seal": "x"}) == (
        "d5c4014c9c7cb0e3b5598f2c44140dca8172d6948069a744b6bd5d23d22e294a"
    )
