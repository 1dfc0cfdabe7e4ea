"""However the hits lie in time, all of them are listed, once, and counts that lie are found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from entrez_server import Corpus, Record
from hypothesis import given
from hypothesis import strategies as st

from winnow.search import slices
from winnow.search.answers import Found
from winnow.search.conversation import Steps


def finder(corpus: Corpus, most: int, bend: Callable[[str, int], int] = lambda term, count: count) -> Any:
    """ESearch over a corpus, without a server: a conversation that asks nothing."""

    def find(term: str, purpose: str, retmax: int) -> Steps[Found]:
        pmids = sorted(corpus.find(term)[0])
        count = bend(term, len(pmids))
        return Found(count, tuple(map(str, pmids)) if len(pmids) <= most else (), "", ())
        yield

    return find


def run(steps: Steps[Any]) -> Any:
    """What a conversation that asks nothing comes to."""
    with pytest.raises(StopIteration) as done:
        next(steps)
    return done.value.value


@given(
    st.dictionaries(
        st.integers(1, 99_999_999),
        st.sampled_from(["1945/01/01", "1996/02/29", "2010/06/01", "2010/06/02", "2024/12/31"]),
        min_size=1,
        max_size=60,
    ),
    st.integers(3, 9),
)
def test_slices_list_every_pmid_once(where: dict[int, str], most: int) -> None:
    """Cutting by day and then by PMID lists exactly the hits; no slice is larger than ESearch will list."""
    corpus = Corpus([Record(pmid, title="ivig", crdt=day) for pmid, day in where.items()])
    find = finder(corpus, most)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "MOST", most)
        whole = run(find("ivig[tiab]", "", most))
        listing = run(slices.listing(find, "ivig[tiab]", whole))
    assert listing.pmids == tuple(map(str, sorted(where)))
    assert sum(piece.hits for piece in listing.slices) == len(where)
    assert all(0 < piece.hits <= most for piece in listing.slices)


@pytest.mark.parametrize("wrong", [-1, 1])
def test_counts_that_do_not_sum_are_found_out(monkeypatch: pytest.MonkeyPatch, wrong: int) -> None:
    """A half that states one hit too many or too few is a disagreement, not a result."""
    monkeypatch.setattr(slices, "MOST", 3)
    corpus = Corpus([Record(pmid, title="ivig", crdt=f"20{pmid % 20:02d}/01/01") for pmid in range(1, 30)])
    find = finder(corpus, 3, lambda term, count: count + wrong if "crdt" in term and count > 4 else count)
    with pytest.raises(slices.Disagreement):
        run(slices.listing(find, "ivig[tiab]", Found(29, (), "", ())))
